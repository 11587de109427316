"""The supervisor: `python -m supervisor WEB_FD LOCK_FD`, started by bootstrap in the same process."""

import errno
import os
import select
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from .child import Child
from .console import fail, say
from .parts import Part, catcher, django_parts, embedded_redis
from .paths import catcher_file, mail_dir, redis_socket, run_dir, var_dir

STOP_SECONDS = 10.0
READY_SECONDS = 60.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Keeps the parts alive until it is told to stop."""

    def __init__(self, web: socket.socket) -> None:
        self.var = var_dir()
        self.web = web
        self.stops = 0
        self.backing: list[Child] = []
        self.serving: list[Child] = []
        self.wake_read, self.wake_write = (
            os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC) if hasattr(os, "pipe2") else _pipe()
        )

    def run(self) -> None:
        """Start everything, say when it is ready, keep it alive, stop it all."""
        self._listen_to_signals()
        try:
            self._start()
            self._until_ready()
            while not self.stops:
                self._tend(wait=2.0)
        finally:
            self._stop()

    def _start(self) -> None:
        logs = self.var / "log"
        if not os.environ.get("REDIS_URL"):
            self.backing.append(Child(embedded_redis(self.var), logs))
        if not os.environ.get("EMAIL_URL"):
            self.backing.append(Child(self._catcher(), logs))
        self.serving = [Child(part, logs) for part in django_parts(self.var, self.web)]
        for child in self.backing:
            child.start()
        if not os.environ.get("REDIS_URL"):
            self._await_redis()
        if not self.stops:
            for child in self.serving:
                child.start()

    def _catcher(self) -> Part:
        mail_dir(self.var).mkdir(mode=0o700, exist_ok=True)
        self.mail_socket = _listener()
        url = f"smtp://127.0.0.1:{self.mail_socket.getsockname()[1]}"
        os.environ["EINKLANG_CATCHER_URL"] = url
        path = catcher_file(self.var)
        path.with_suffix(".new").write_text(url)
        path.with_suffix(".new").replace(path)
        return catcher(self.var, self.mail_socket)

    def _await_redis(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.stops and not _redis_answers(redis_socket(self.var)):
            if time.monotonic() > deadline:
                fail(f"Redis did not answer; see {self.var / 'log' / 'redis.log'}.")
            self._tend(wait=0.1)

    def _until_ready(self) -> None:
        began = time.monotonic()
        warned = False
        while not self.stops and not self._ready():
            self._tend(wait=0.2)
            if not warned and time.monotonic() - began > READY_SECONDS:
                say(f"Still not ready; the logs in {self.var / 'log'} say why.")
                warned = True
        if not self.stops:
            self._announce()

    def _ready(self) -> bool:
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(
                f"http://127.0.0.1:{self.web.getsockname()[1]}/readyz", timeout=2
            ) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def _announce(self) -> None:
        address = f"http://127.0.0.1:{self.web.getsockname()[1]}/"
        say(f"\nEinklang is ready: {address}")
        if not any(os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")):
            say(f"Every mail it sends is caught here: {address}mailbox/")
        notice = run_dir(self.var) / "sign-ins.txt"
        if notice.exists() and notice.stat().st_size:
            say("\n" + notice.read_text().rstrip() + "\n")
        say(f"Stop with Ctrl-C. Logs are in {self.var / 'log'}")

    def _tend(self, wait: float) -> None:
        """Sleep until a signal, a due start or `wait` seconds, then look after every child."""
        children = self.backing + self.serving
        due = [
            child.due_at - time.monotonic()
            for child in children
            if child.process is None and child.started_at
        ]
        readable, _, _ = select.select([self.wake_read], [], [], max(0.0, min([wait, *due])))
        if readable:
            os.read(self.wake_read, 4096)
        for child in children:
            if not self.stops and child.started_at:
                child.tend(time.monotonic())

    def _listen_to_signals(self) -> None:
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in STOP_SIGNALS:
            signal.signal(number, self._told_to_stop)

    def _told_to_stop(self, *_: object) -> None:
        self.stops += 1
        if self.stops > 1:
            for child in self.serving + self.backing:
                child.signal_group(signal.SIGKILL)

    def _stop(self) -> None:
        """First who serves, then what they stand on."""
        say("Stopping ...")
        for group in (self.serving, self.backing):
            for child in group:
                if child.process is not None:
                    child.process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for child in group:
                child.stop(deadline)
        catcher_file(self.var).unlink(missing_ok=True)
        say("Stopped.")


def _pipe() -> tuple[int, int]:
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    return ends


def _listener() -> socket.socket:
    """A listening socket on a spare loopback port; kept here so that a restarted part finds it again."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


def _redis_answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(path))
            client.sendall(b"PING\r\n")
            return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def main() -> None:
    """Take over the reserved port and run until stopped."""
    web = socket.socket(fileno=int(sys.argv[1]))
    # Children get the port by name and never the lock, which must be free as soon as this process is gone.
    os.set_inheritable(web.fileno(), False)
    os.set_inheritable(int(sys.argv[2]), False)
    os.environ.pop("PYTHONPATH", None)
    try:
        web.listen(256)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        fail(f"port {web.getsockname()[1]} is taken; choose another one with ./run --port N.")
    Supervisor(web).run()


if __name__ == "__main__":
    main()
