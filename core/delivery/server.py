"""Where mail goes: strict reading of EMAIL_URL."""

from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_DEFAULT_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}


@dataclass(frozen=True)
class MailServer:
    """A mail server and how to talk to it; `scheme` is smtp (plain), smtps (TLS) or smtp+tls (STARTTLS)."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"

    __repr__ = __str__


def _fail(reason: str) -> ImproperlyConfigured:
    # The URL itself is not repeated: it may hold a password.
    return ImproperlyConfigured(f"EMAIL_URL: {reason} (expected smtp://user:password@host:port)")


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise _fail("the port must be a number from 1 to 65535") from None
    if port == 0:
        raise _fail("the port must be a number from 1 to 65535")
    return port or _DEFAULT_PORTS[parts.scheme]


def parse_email_url(url: str) -> MailServer:
    """The server that `url` names. Raises ImproperlyConfigured saying what is wrong, without the password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise _fail("this is no URL") from None
    if parts.scheme not in _DEFAULT_PORTS:
        raise _fail("it must start with smtp://, smtps:// or smtp+tls://")
    if not parts.hostname:
        raise _fail("the host is missing")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise _fail("nothing may follow the port; write special characters of the password as %XX")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _fail("user and password come together or not at all")
    return MailServer(parts.scheme, parts.hostname, _port(parts), user, password)
