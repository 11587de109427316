"""The mail catcher: `python -m supervisor.catcher SOCKET_FD FOLDER` keeps every mail as a file."""

import asyncio
import os
import secrets
import signal
import socket
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MAX_BYTES = 30_000_000


class Keeper:
    """Writes each accepted mail into the folder, complete or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Answer 250 only when the mail is safely on disk."""
        try:
            await asyncio.to_thread(keep, self.folder, envelope)
        except OSError as error:
            return f"451 cannot be kept: {error.strerror}"
        return "250 kept"


def keep(folder: Path, envelope: Envelope) -> Path:
    """Store a mail with its envelope in two leading headers; returns the file."""
    name = f"{time.time_ns():020d}-{secrets.token_hex(4)}.eml"
    sender = (envelope.mail_from or "").encode("utf-8", "surrogateescape")
    recipients = ", ".join(envelope.rcpt_tos).encode("utf-8", "surrogateescape")
    head = b"X-Envelope-From: " + sender + b"\r\nX-Envelope-To: " + recipients + b"\r\n"
    folder.mkdir(mode=0o700, exist_ok=True)
    draft = folder / f".{name}.new"
    with draft.open("wb") as file:
        file.write(head + envelope.original_content)
        file.flush()
        os.fsync(file.fileno())
    return draft.rename(folder / name)


async def serve(listener: socket.socket, folder: Path) -> None:
    """Take mails until SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()
    done = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)

    def session() -> SMTP:
        return SMTP(
            Keeper(folder), enable_SMTPUTF8=True, data_size_limit=MAX_BYTES, hostname="einklang.example"
        )

    server = await loop.create_server(session, sock=listener)
    await done.wait()
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])))
