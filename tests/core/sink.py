"""A real SMTP server on loopback whose answers a test can choose."""

import socket
import threading
import time
from collections import deque
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

DROP = "drop"


class Sink:
    """Keeps every accepted mail; `answer` sets the next words at MAIL, RCPT or DATA (or DROP)."""

    def __init__(self):
        self.mails = []
        self.connections = 0
        self.delay = 0.0
        self.pipelining = False
        self._answers = {"MAIL": deque(), "RCPT": deque(), "DATA": deque()}
        self._lock = threading.Lock()
        self._before = {}

    def answer(self, phase, *words):
        """Answer the next commands of `phase` with these words, one each; then as usual again."""
        self._answers[phase].extend(words)

    def before(self, phase, action):
        """Run `action` (in the server's thread) when the next command of `phase` comes."""
        self._before[phase] = action

    def _next(self, phase, server):
        if action := self._before.pop(phase, None):
            action()
        with self._lock:
            words = self._answers[phase].popleft() if self._answers[phase] else "250 ok"
        if words == DROP:
            server.transport.close()
        return words

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802
        self.connections += 1
        session.host_name = hostname
        if self.pipelining:
            return [responses[0], "250-PIPELINING", *responses[1:]]
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        words = self._next("MAIL", server)
        if words.startswith("250"):
            envelope.mail_from = address
        return words

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        words = self._next("RCPT", server)
        if words.startswith("250"):
            envelope.rcpt_tos.append(address)
        return words

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        time.sleep(self.delay)
        words = self._next("DATA", server)
        if words.startswith("250") or words == DROP:
            self.mails.append((tuple(envelope.rcpt_tos), envelope.content))
        return words

    @property
    def messages(self):
        """The accepted mails, parsed."""
        return [message_from_bytes(data, policy=policy.default) for _, data in self.mails]

    @property
    def recipients(self):
        """The envelope's recipients of each accepted mail."""
        return [to for to, _ in self.mails]


class running_sink:  # noqa: N801
    """Context manager: a Sink that listens; `.url` is its EMAIL_URL."""

    def __enter__(self):
        self.sink = Sink()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._controller = Controller(self.sink, hostname="127.0.0.1", port=port)
        self._controller.start()
        # The controller greets itself once to see that it runs.
        self.sink.connections = 0
        self.sink.url = f"smtp://127.0.0.1:{port}"
        return self.sink

    def __exit__(self, *_):
        self._controller.stop()
