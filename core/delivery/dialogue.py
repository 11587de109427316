"""A conversation with a mail server: what was said, which answers are owed, which are here already."""

import contextlib
import smtplib
import socket
import ssl
from collections import deque
from typing import NamedTuple

_LONGEST = 64 * 1024
_CHUNK = 16 * 1024


class Reply(NamedTuple):
    """A server's answer; code -1 stands for something that is none."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}"[:500]


class Dialogue:
    """Commands and replies over a connection that is greeted, encrypted and signed in.

    Commands may be said together where the server allows (`pipelining`); replies come in their order.
    """

    def __init__(self, smtp: smtplib.SMTP) -> None:
        self.pipelining: bool = smtp.has_extn("pipelining")
        self.owed = 0
        self._sock: socket.socket = smtp.sock
        # Short commands must not wait until the end of a message before them is acknowledged.
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""
        self._lines: list[bytes] = []
        self._replies: deque[Reply] = deque()

    def say(self, data: bytes, replies: int, seconds: float) -> None:
        """Send `data`, which the server will answer with so many replies. Raises OSError."""
        self._sock.settimeout(seconds)
        self._sock.sendall(data)
        self.owed += replies

    def reply(self, seconds: float) -> Reply:
        """The next reply. Raises OSError if none comes within `seconds` or the server hangs up."""
        while not self._replies:
            self._sock.settimeout(seconds)
            self._take(self._sock.recv(_CHUNK))
        self.owed -= 1
        return self._replies.popleft()

    def is_answered(self) -> bool:
        """True if every reply owed is here, so that nobody will have to wait for one."""
        if len(self._replies) < self.owed:
            self._sock.settimeout(0)
            with contextlib.suppress(BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                self._take(self._sock.recv(_CHUNK))
        return len(self._replies) >= self.owed

    def close(self) -> None:
        """Hang up without another word."""
        with contextlib.suppress(OSError):
            self._sock.close()

    def _take(self, data: bytes) -> None:
        if not data:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        *whole, self._buffer = (self._buffer + data).split(b"\n")
        if len(self._buffer) > _LONGEST or len(self._lines) > _LONGEST // 64:
            raise smtplib.SMTPServerDisconnected("The server's answer has no end")
        for line in whole:
            self._lines.append(line)
            if line[3:4] != b"-":
                self._replies.append(_reply(self._lines))
                self._lines = []


def _reply(lines: list[bytes]) -> Reply:
    text = b"\n".join(line[4:].strip() for line in lines).decode("utf-8", "replace")
    code = lines[-1][:3]
    return Reply(int(code) if code.isdigit() else -1, text)
