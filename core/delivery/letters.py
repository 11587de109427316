"""A mail as bytes: text and HTML, safe headers whatever people typed into names and subjects."""

import re
import time
from base64 import b64encode
from collections.abc import Iterator
from email import quoprimime
from email.header import Header
from email.utils import formatdate, parseaddr
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from django.utils.html import escape

from core.delivery.errors import Refused

# "=_" cannot stand in quoted-printable text, so no body can hold the boundary (RFC 2045, 6.7).
_BOUNDARY = "=_einklang"
_PART = (
    f'--{_BOUNDARY}\r\nContent-Type: text/%b; charset="utf-8"\r\n'
    "MIME-Version: 1.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
).encode("ascii")
_END = f"\r\n--{_BOUNDARY}--\r\n".encode("ascii")
# Unicode's classes Cc, Cs, Zl and Zp.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_UNPRINTABLE_IN_BODY = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# SMTP allows 998 bytes in a line; folding plain words would add or lose spaces in some readers.
_LONGEST_PLAIN = 900
# So many octets fit into one encoded word of at most 75 characters (RFC 2047), beside the header's name.
_SHORT = 36
_ATOM = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


# Local parts that are no trouble, which is nearly all.
_PLAIN_LOCAL = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*")
_LONGEST_LOCAL = 64


class Letter(NamedTuple):
    """One message, ready to be handed over: the envelope's address and the bytes after DATA.

    `smooth`: it is known to be made of whole lines that end in CRLF, of which none begins with a dot.
    """

    address: str
    data: bytes
    smooth: bool = False


def is_smooth(data: bytes) -> bool:
    """True if `data` ends each line with CRLF, and begins none with a dot."""
    ends = data.count(b"\r\n")
    return data.count(b"\n") == ends == data.count(b"\r") and b"\r\n." not in data and data[:1] != b"."


def one_line(text: str) -> str:
    """`text` for a header: control characters, line ends and broken halves of characters become spaces."""
    return _UNPRINTABLE.sub(" ", text).strip()


def body_text(text: str) -> str:
    """`text` for a body: its lines and tabs stay, other control characters become spaces."""
    return _UNPRINTABLE_IN_BODY.sub(" ", _LINE_ENDS.sub("\n", text))


def _header(text: str, name: str) -> str:
    """`text` as ASCII. What looks like an encoded word is encoded itself, so that it stays what it is."""
    if text.isascii() and "=?" not in text and len(text) < _LONGEST_PLAIN:
        return text
    octets = text.encode("utf-8")
    if len(octets) <= _SHORT:
        return f"=?utf-8?b?{b64encode(octets).decode('ascii')}?="
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def mailbox(name: str, address: str, header: str) -> str:
    """`name <address>` as an ASCII header value; `address` has been checked by `ascii_address`."""
    name = one_line(name)
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{_header(name, header)} <{address}>"
    quoted = name if _ATOM.fullmatch(name) else '"' + re.sub(r'([\\"])', r"\\\1", name) + '"'
    return f"{quoted} <{address}>"


def ascii_address(address: str) -> str:
    """The address with its domain in ASCII. Raises Refused (permanent) if it is no address."""
    local, _, domain = address.rpartition("@")
    try:
        # Asking Django takes a third of the time that a letter takes.
        if len(local) > _LONGEST_LOCAL or not _PLAIN_LOCAL.fullmatch(local):
            validate_email(address)
        return f"{local}@{_ascii_domain(domain)}"
    except (ValidationError, UnicodeError):
        raise Refused(f"{address!r} is not an e-mail address.", permanent=True) from None


@lru_cache(maxsize=4096)
def _ascii_domain(domain: str) -> str:
    validate_email(f"a@{domain}")
    return domain.encode("idna").decode("ascii")


def sender() -> tuple[str, str]:
    """Name and address we write from. Raises ImproperlyConfigured if DEFAULT_FROM_EMAIL is unusable."""
    return _sender(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=8)
def _from(setting: str) -> str:
    return mailbox(*_sender(setting), "From")


@lru_cache(maxsize=8)
def _sender(setting: str) -> tuple[str, str]:
    name, address = parseaddr(setting)
    try:
        return name, ascii_address(address)
    except Refused:
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL holds no e-mail address.") from None


@lru_cache(maxsize=2)
def _date(second: int) -> str:
    return formatdate(second)


class FormLetter:
    """A mail to many: what is the same for all is encoded once, each person's own words are filled in.

    `slot` stands for the person's name in `text` and `html` (there escaped, as a template would). Whoever
    is written to, the bytes are those of a mail made for him alone.
    """

    def __init__(self, *, subject: str, text: str, html: str, language: str, slot: str = "") -> None:
        """Raises ValueError if the slot stands in the subject."""
        if slot and slot in subject:
            raise ValueError("The subject of a form letter is the same for all.")
        self.subject = subject
        self._slot = slot
        self._head = (
            f"Subject: {_header(one_line(subject), 'Subject')}\r\n"
            f"Content-Language: {language}\r\n"
            "Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="{_BOUNDARY}"\r\n\r\n'
        ).encode("ascii")
        self._text, self._html = self._pieces(text), self._pieces(html)
        common = (piece for piece in (*self._text, *self._html) if isinstance(piece, bytes))
        self._smooth = all(map(is_smooth, (self._head, *common)))

    def to(self, *, name: str, address: str, message_id: str, shown: str = "") -> Letter:
        """The mail to one person; `shown` fills the slot. Raises Refused (permanent) on a wrong address."""
        envelope = ascii_address(address)
        head = (
            f"From: {_from(settings.DEFAULT_FROM_EMAIL)}\r\nTo: {mailbox(name, envelope, 'To')}\r\n"
            f"Date: {_date(int(time.time()))}\r\nMessage-ID: {message_id}\r\n"
        ).encode("ascii")
        own = [head]
        parts = (
            head,
            self._head,
            _PART % b"plain",
            *self._filled(self._text, shown, own),
            b"\r\n" + _PART % b"html",
            *self._filled(self._html, escape(shown), own),
            _END,
        )
        # Looking through the whole letter would take as long as making it.
        return Letter(envelope, b"".join(parts), self._smooth and all(map(is_smooth, own)))

    def _pieces(self, text: str) -> list[bytes | str]:
        """Encoded bytes of the lines that are the same for all; lines with the slot as they are."""
        lines = re.split(r"(?<=\n)", text) if self._slot else [text]
        found: list[bytes | str] = []
        for own, some in groupby(lines, key=lambda line: bool(self._slot) and self._slot in line):
            together = list(some)
            found += together if own else [_quoted("".join(together))]
        return found

    def _filled(self, pieces: list[bytes | str], words: str, own: list[bytes]) -> Iterator[bytes]:
        """All as bytes; those that are this person's own are put into `own` as well."""
        for piece in pieces:
            if isinstance(piece, str):
                own.append(piece := _quoted(piece.replace(self._slot, words)))
            yield piece


def _quoted(text: str) -> bytes:
    """`text` as quoted-printable; each line by itself, so that pieces of whole lines may be joined."""
    plain = body_text(text).encode("utf-8").decode("latin-1")
    return quoprimime.body_encode(plain, eol="\r\n").encode("ascii")


def compose(
    *, name: str, address: str, subject: str, text: str, html: str, language: str, message_id: str
) -> Letter:
    """The mail to one person. Raises Refused (permanent) if `address` is no e-mail address."""
    form = FormLetter(subject=subject, text=text, html=html, language=language)
    return form.to(name=name, address=address, message_id=message_id)
