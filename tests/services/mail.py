"""An SMTP server that keeps what it gets and misbehaves on demand."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Caught:
    """One accepted mail with its envelope."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The parsed mail."""
        return message_from_bytes(self.raw, policy=policy.default)


@dataclass
class SmtpCatcher:
    """What the server got and how it shall behave; change the answers at any time from the test.

    `rcpt_answers` maps an address to the answer it gets instead of 250. `data_answer` replaces the answer
    after the final dot. `drop_before_data`, `drop_after_dot`: cut the connection before 354, or after the
    dot without an answer; with `keep_dropped` the mail was taken nevertheless. `delay`: seconds before
    the answer to the dot. `mail_answer` replaces the answer to MAIL FROM.
    """

    port: int = 0
    mails: list[Caught] = field(default_factory=list)
    connections: int = 0
    mail_answer: str = ""
    rcpt_answers: dict[str, str] = field(default_factory=dict)
    data_answer: str = ""
    drop_before_data: bool = False
    drop_after_dot: bool = False
    keep_dropped: bool = False
    delay: float = 0
    # Set as soon as a final dot has been read: the moment between the dot and the answer.
    dot_seen: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def recipients(self) -> list[str]:
        """Every recipient of every kept mail, in order of arrival."""
        return [address for mail in list(self.mails) for address in mail.recipients]

    def behave(self) -> None:
        """Take everything again; keeps the mails."""
        self.mail_answer = self.data_answer = ""
        self.rcpt_answers = {}
        self.drop_before_data = self.drop_after_dot = self.keep_dropped = False
        self.delay = 0
        self.dot_seen.clear()

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        if self.mail_answer:
            return self.mail_answer
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO."""
        if address in self.rcpt_answers:
            return self.rcpt_answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer the final dot."""
        self.dot_seen.set()
        if self.delay:
            await asyncio.sleep(self.delay)
        taken = not (self.data_answer or self.drop_after_dot) or self.keep_dropped
        if taken:
            self.mails.append(
                Caught(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content)
            )
        if self.drop_after_dot:
            server.transport.abort()
            return ""
        return self.data_answer or "250 kept"


class _Server(SMTP):
    """Counts connections and can hang up when the client wants to send its data."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self.event_handler.drop_before_data:
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


@contextmanager
def smtp_catcher(port: int = 0) -> Iterator[SmtpCatcher]:
    """Yield a catcher that listens on a spare loopback port (or on `port`) until the block ends."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(64)
    catcher = SmtpCatcher(port=listener.getsockname()[1])
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    thread = threading.Thread(target=_serve, args=(loop, listener, catcher, ready), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield catcher
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


def _serve(
    loop: asyncio.AbstractEventLoop, listener: socket.socket, catcher: SmtpCatcher, ready: threading.Event
) -> None:
    asyncio.set_event_loop(loop)

    def session() -> SMTP:
        catcher.connections += 1
        return _Server(catcher, enable_SMTPUTF8=True, hostname="catcher.example", loop=loop)

    server = loop.run_until_complete(loop.create_server(session, sock=listener))
    ready.set()
    loop.run_forever()
    server.close()
    open_tasks = asyncio.all_tasks(loop)
    for task in open_tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        loop.run_until_complete(asyncio.gather(*open_tasks, return_exceptions=True))
    loop.close()
