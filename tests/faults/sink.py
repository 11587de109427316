"""A mail server as a process of its own that misbehaves by plan and writes down what it did.

    python -m tests.faults.sink PORT JOURNAL [CERTIFICATE]

Orders come as JSON lines on stdin, each answered by "ok": {"seed": ..., "chances": {behaviour: share}},
{"rules": {address: [behaviour of the 1st, 2nd ... transaction]}}, {"release": address}, {"up": false},
{"tls": false}, {"delay": s, "hang": s}. What a message meets depends on seed, address and the number of the
transaction only, so that a run can be repeated; what MAIL meets (no address is known yet) on its number only.

The journal is one JSON line per event, written by one `write` before the client gets to know it, so that it
is complete whoever is killed afterwards: "accepted" is the moment from which the message counts as arrived.
"""

import json
import os
import random
import socket
import socketserver
import ssl
import sys
import threading
import time
from collections import Counter, defaultdict
from email import message_from_bytes
from pathlib import Path

HOLD_SECONDS = 120.0


class Plan:
    """How the server behaves now, and its journal."""

    def __init__(self, journal: Path) -> None:
        self.seed, self.chances, self.rules = "0", {}, {}
        self.delay, self.hang, self.tls = 0.0, 9.0, True
        self.turns: Counter = Counter()
        self.holds: dict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(0))
        self.lock = threading.Lock()
        self._journal = os.open(journal, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def note(self, event: str, **facts: object) -> None:
        """Append one event to the journal."""
        line = json.dumps({"t": time.time(), "event": event, **facts}) + "\n"
        os.write(self._journal, line.encode())

    def at_mail(self) -> str:
        """The answer to the next MAIL."""
        with self.lock:
            self.turns["mail"] += 1
            turn = self.turns["mail"]
        drawn = self._draw(f"mail|{turn}", {k: v for k, v in self.chances.items() if k.startswith("mail")})
        return drawn.removeprefix("mail ") if drawn else ""

    def for_message(self, address: str) -> str:
        """The behaviour towards this transaction with `address`; empty for taking it."""
        with self.lock:
            turn = self.turns[address]
            self.turns[address] += 1
            planned = self.rules.get(address)
        if planned is not None:
            return planned[turn] if turn < len(planned) else ""
        later = {k: v for k, v in self.chances.items() if not k.startswith("mail")}
        return self._draw(f"{address}|{turn}", later)

    def _draw(self, key: str, chances: dict[str, float]) -> str:
        point = random.Random(f"{self.seed}|{key}").random()
        for behaviour, share in chances.items():
            point -= share
            if point < 0:
                return behaviour
        return ""

    def held(self, address: str) -> threading.Semaphore:
        """What holds transactions with `address`: an order of release lets one of them go on."""
        with self.lock:
            return self.holds[address]


class HungUp(Exception):
    """We, or the client, ended the connection."""


class Session(socketserver.StreamRequestHandler):
    """One connection."""

    server: "Server"

    def handle(self) -> None:
        self.plan, self.peer = self.server.plan, self.client_address[1]
        self.phase, self.to = "hello", ""
        self.server.sessions.add(self)
        try:
            self._say("220 sink.example ready")
            while True:
                self._command(self._line().decode("utf-8", "replace").strip())
        except (HungUp, OSError, ValueError):
            if self.phase in ("offer", "data", "dot"):
                self.plan.note("cut", to=self.to, port=self.peer, phase=self.phase)
        finally:
            self.server.sessions.discard(self)

    def _line(self) -> bytes:
        line = self.rfile.readline()
        if not line:
            raise HungUp
        return line

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")

    def _command(self, line: str) -> None:
        verb = line.split(" ")[0].partition(":")[0].upper()
        action = getattr(self, f"_{verb.lower()}", None)
        if action is None or verb not in ("EHLO", "STARTTLS", "MAIL", "RCPT", "DATA", "RSET", "NOOP", "QUIT"):
            self._say("500 what?")
        else:
            action(line)

    def _ehlo(self, _line: str) -> None:
        # Pipelining is offered: whoever uses it must still pass the fence before DATA.
        words = ["sink.example", "PIPELINING", "8BITMIME"]
        if self.server.context and not isinstance(self.connection, ssl.SSLSocket):
            words.append("STARTTLS")
        self._say("\r\n".join(f"250{'-' if word != words[-1] else ' '}{word}" for word in words))

    def _starttls(self, _line: str) -> None:
        if not self.plan.tls or self.server.context is None:
            self.plan.note("refused", phase="tls", port=self.peer)
            self._say("454 no TLS today")
            return
        self._say("220 go ahead")
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = socketserver._SocketWriter(self.connection)

    def _mail(self, _line: str) -> None:
        words = self.plan.at_mail()
        if words:
            self.plan.note("refused", phase="mail", port=self.peer, words=words)
        self._say(f"{words} refused at MAIL" if words else "250 ok")
        if words.startswith("421"):
            raise HungUp

    def _rcpt(self, line: str) -> None:
        self.to = line.partition("<")[2].partition(">")[0]
        self.behaviour = self.plan.for_message(self.to)
        self.phase = "rcpt"
        self.plan.note("rcpt", to=self.to, port=self.peer)
        if self.behaviour == "rcpt hold":
            self._hold()
        if self.behaviour == "rcpt drop":
            raise HungUp
        if words := self._refusal("rcpt"):
            self._say(words)
            return
        self.phase = "offer"
        self._say("250 ok")

    def _hold(self) -> None:
        self.plan.note("held", to=self.to, port=self.peer, phase=self.phase)
        self.plan.held(self.to).acquire(timeout=HOLD_SECONDS)

    def _refusal(self, phase: str) -> str:
        words = self.behaviour.removeprefix(f"{phase} ")
        if words == self.behaviour or not words.isdigit():
            return ""
        self.plan.note("refused", phase=phase, to=self.to, port=self.peer, words=words)
        return f"{words} refused at {phase}"

    def _data(self, _line: str) -> None:
        self.phase = "data"
        self.plan.note("data", to=self.to, port=self.peer)
        if self.behaviour == "data hold":
            self._hold()
        if self.behaviour in ("data drop", "data hold"):
            raise HungUp
        if words := self._refusal("data"):
            self.phase = "done"
            self._say(words)
            return
        self._say("354 go on")
        lines = []
        while (line := self._line()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b".") else line)
        self._after_the_dot(b"".join(lines))

    def _after_the_dot(self, data: bytes) -> None:
        self.phase = "dot"
        name = message_from_bytes(data)["Message-ID"]
        self.plan.note("dot", to=self.to, port=self.peer, id=name)
        time.sleep(self.plan.delay + (0.3 if self.behaviour == "dot slow" else 0))
        if words := self._refusal("dot"):
            self.phase = "done"
            self._say(words)
            return
        if self.behaviour == "dot drop lost":
            raise HungUp
        self.plan.note("accepted", to=self.to, port=self.peer, id=name)
        if self.behaviour == "dot drop kept":
            raise HungUp
        if self.behaviour == "dot hold":
            self._hold()
        if self.behaviour == "dot hang":
            self.plan.note("cut", to=self.to, port=self.peer, phase="dot")
            time.sleep(self.plan.hang)
        if self.behaviour == "dot garbage":
            self.plan.note("cut", to=self.to, port=self.peer, phase="dot")
        self._say("OK whatever" if self.behaviour == "dot garbage" else "250 kept")
        self.plan.note("answered", to=self.to, port=self.peer, id=name)
        self.phase = "done"

    def _rset(self, _line: str) -> None:
        self.phase = "done"
        self.plan.note("rset", to=self.to, port=self.peer)
        self._say("250 forgotten")

    def _noop(self, _line: str) -> None:
        self._say("250 still here")

    def _quit(self, _line: str) -> None:
        self._say("221 bye")
        raise HungUp


class Server(socketserver.ThreadingTCPServer):
    """Listens until it is told to be away."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, port: int, plan: Plan, context: ssl.SSLContext | None) -> None:
        self.plan, self.context = plan, context
        self.sessions: set[Session] = set()
        super().__init__(("127.0.0.1", port), Session)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that is killed in the middle is what this server is for."""

    def go_away(self) -> None:
        """Stop listening and hang up on everybody, in whatever phase."""
        self.shutdown()
        self.server_close()
        for session in list(self.sessions):
            try:
                session.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def main() -> None:
    """Serve until stdin ends."""
    port, plan = int(sys.argv[1]), Plan(Path(sys.argv[2]))
    context = None
    if len(sys.argv) > 3:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(sys.argv[3])
    server: Server | None = Server(port, plan, context)
    print("ok", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        for name in ("seed", "chances", "delay", "hang", "tls"):
            if name in order:
                setattr(plan, name, order[name])
        plan.rules.update(order.get("rules", {}))
        if "release" in order:
            plan.held(order["release"]).release()
        if order.get("up") is False and server:
            server.go_away()
            server = None
        if order.get("up") and server is None:
            server = Server(port, plan, context)
        print("ok", flush=True)


if __name__ == "__main__":
    main()
