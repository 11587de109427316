"""Reading the caught mails from disk; the catcher writes them, complete or not at all."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from django.conf import settings

KEY = re.compile(r"[0-9]{20}-[0-9a-f]{8}")


class CaughtMail:
    """One mail; its file is read when a header or a body is first asked for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.key = path.stem

    @property
    def caught_at(self) -> datetime:
        """When it arrived (aware, UTC), from its file name."""
        return datetime.fromtimestamp(int(self.key[:20]) / 1e9, tz=UTC)

    @cached_property
    def message(self) -> EmailMessage:
        """The parsed mail; an empty one when the file is gone meanwhile."""
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            raw = b""
        return message_from_bytes(raw, policy=policy.default)

    @property
    def subject(self) -> str:
        """The subject, decoded; empty when there is none."""
        return self.header("Subject")

    @property
    def sender(self) -> str:
        """Who it says it is from."""
        return self.header("From") or self.header("X-Envelope-From")

    @property
    def recipients(self) -> str:
        """To whom it was really sent: the envelope, which knows hidden copies too."""
        return self.header("X-Envelope-To")

    def header(self, name: str) -> str:
        """A header as text; broken ones are shown as they came rather than failing the page."""
        try:
            return str(self.message.get(name, ""))
        except (ValueError, LookupError, IndexError, AttributeError):
            return next(
                (str(value) for key, value in self.message.raw_items() if key.lower() == name.lower()), ""
            )

    @cached_property
    def text(self) -> str:
        """The plain text body, empty when there is none."""
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML body as it came: only ever shown in a sandbox without scripts."""
        return self._body("html")

    @cached_property
    def attachments(self) -> list[str]:
        """Names of the attached files, in their order."""
        return [part.get_filename() or part.get_content_type() for part in self.message.iter_attachments()]

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        if part is None:
            return ""
        try:
            return part.get_content()
        except (LookupError, ValueError):
            return (part.get_payload(decode=True) or b"").decode("utf-8", "replace")


def folder() -> Path:
    """Where the catcher keeps the mails."""
    return settings.VAR_DIR / "mail"


def all_mails() -> list[CaughtMail]:
    """Every complete mail, newest first."""
    found = (path for path in folder().glob("*.eml") if KEY.fullmatch(path.stem))
    return [CaughtMail(path) for path in sorted(found, reverse=True)]


def mail(key: str) -> CaughtMail | None:
    """The mail with this key, or None; a key that could leave the folder finds nothing."""
    path = folder() / f"{key}.eml"
    return CaughtMail(path) if KEY.fullmatch(key) and path.is_file() else None


def delete_all() -> int:
    """Delete every mail; returns how many."""
    mails = all_mails()
    for caught in mails:
        caught.path.unlink(missing_ok=True)
    return len(mails)
