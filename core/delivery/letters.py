"""A mail as bytes: text and HTML, safe headers whatever people typed into names and subjects."""

import re
import unicodedata
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, parseaddr
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from core.delivery.errors import Refused

# Headers are folded here, where needed; a folded Message-ID is legal and yet read wrongly by some.
_POLICY = policy.compat32.clone(linesep="\r\n", mangle_from_=False, max_line_length=None)
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# SMTP allows 998 bytes in a line; folding plain words would add or lose spaces in some readers.
_LONGEST_PLAIN = 900
_ATOM = re.compile(r"[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]*")


class Letter(NamedTuple):
    """One message, ready to be handed over: the envelope's address and the bytes after DATA."""

    address: str
    data: bytes


def _printable(character: str) -> str:
    return " " if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") else character


def one_line(text: str) -> str:
    """`text` for a header: control characters, line ends and broken halves of characters become spaces."""
    return " ".join("".join(map(_printable, text)).split(" ")).strip()


def body_text(text: str) -> str:
    """`text` for a body: its lines and tabs stay, other control characters become spaces."""
    lines = _LINE_ENDS.sub("\n", text)
    return "".join(c if c in "\n\t" else _printable(c) for c in lines)


def _header(text: str, name: str) -> str:
    """`text` as ASCII. What looks like an encoded word is encoded itself, so that it stays what it is."""
    if text.isascii() and "=?" not in text and len(text) < _LONGEST_PLAIN:
        return text
    return Header(text, "utf-8", header_name=name).encode()


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
    try:
        validate_email(address)
        local, _, domain = address.rpartition("@")
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except (ValidationError, UnicodeError):
        raise Refused(f"{address!r} is not an e-mail address.", permanent=True) from None


def sender() -> tuple[str, str]:
    """Name and address we write from. Raises ImproperlyConfigured if DEFAULT_FROM_EMAIL is unusable."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    try:
        return name, ascii_address(address)
    except Refused:
        raise ImproperlyConfigured("DEFAULT_FROM_EMAIL holds no e-mail address.") from None


def compose(
    *, name: str, address: str, subject: str, text: str, html: str, language: str, message_id: str
) -> Letter:
    """The mail to one person. Raises Refused (permanent) if `address` is no e-mail address."""
    envelope = ascii_address(address)
    mail = MIMEMultipart("alternative", policy=_POLICY)
    mail["From"] = mailbox(*sender(), "From")
    mail["To"] = mailbox(name, envelope, "To")
    mail["Subject"] = _header(one_line(subject), "Subject")
    mail["Date"] = formatdate()
    mail["Message-ID"] = message_id
    mail["Content-Language"] = language
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.attach(MIMEText(body_text(text), "plain", _UTF8))
    mail.attach(MIMEText(body_text(html), "html", _UTF8))
    return Letter(envelope, mail.as_bytes(policy=_POLICY))
