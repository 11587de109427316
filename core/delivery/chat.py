"""Incoming webhooks of Slack, Teams and Mattermost in two phases: offer (address, TLS), transmit (POST).

The address of a webhook is a secret: it stands in no text that this module raises, logs or keeps.
"""

import http.client
import ipaddress
import json
import re
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from core.delivery.errors import InDoubt, Refused
from core.delivery.letters import body_text, one_line

CONNECT_SECONDS = 10
ANSWER_SECONDS = 20
LONGEST_WAIT_SECONDS = 3600
LONGEST_TEXT = 3000
HTTPS = 443
# A gateway that gave up waiting does not know whether the chat took the message.
_GATEWAY = (502, 504)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SECRET_LENGTH = 6


@dataclass(frozen=True)
class ChatMessage:
    """A message for one webhook. `kind`: slack, teams or mattermost; `link`: where to read and act."""

    kind: str
    url: str
    title: str
    text: str
    link: str = ""
    label: str = ""

    def __repr__(self) -> str:
        return f"<ChatMessage {self.kind} {masked(self.url)}>"

    def body(self) -> bytes:
        """The message as the chat wants it. Words of people can neither mention anybody nor be markup."""
        title, text = one_line(self.title), body_text(self.text)[:LONGEST_TEXT].strip()
        if self.kind == "teams":
            return _json(_card(title, text, self.link, one_line(self.label)))
        if self.kind == "slack":
            lines = [f"*{_slack(title)}*", _slack(text), f"<{self.link}|{_slack(self.label)}>"]
        else:
            lines = [f"**{_markdown(title)}**", _markdown(text), f"[{_markdown(self.label)}]({self.link})"]
        return _json({"text": "\n\n".join(lines if self.link else lines[:2])})


def _json(data: object) -> bytes:
    return json.dumps(data).encode()


def _slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _markdown(text: str) -> str:
    """Without meaning as Markdown; a @ that is followed by nothing visible names nobody."""
    return re.sub(r"([\\`*_{}\[\]()#!<>|~])", r"\\\1", text).replace("@", "@\u200b")


def _card(title: str, text: str, link: str, label: str) -> dict:
    blocks = [
        {"type": "TextBlock", "text": _markdown(title), "weight": "Bolder", "size": "Medium", "wrap": True},
        {"type": "TextBlock", "text": _markdown(text), "wrap": True},
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [block for block in blocks if block["text"]],
    }
    if link:
        card["actions"] = [{"type": "Action.OpenUrl", "title": label, "url": link}]
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "attachments": [content]}


def masked(url: str) -> str:
    """The address of a webhook for eyes: its host and the last four characters."""
    return f"{urlsplit(url).hostname or '?'}/…{url[-4:]}" if url else ""


def _refuse(text: str) -> Refused:
    return Refused(text, permanent=True)


def _is_test_host(parts: SplitResult) -> bool:
    return parts.netloc in settings.CHAT_TEST_HOSTS


def _fits(place: str, entry: str) -> bool:
    entry = entry.lower() if ":" in entry else f"{entry.lower()}:{HTTPS}"
    return place.endswith(entry) if entry.startswith(".") else place == entry


def checked(url: str) -> SplitResult:
    """The parts of a webhook's address. Raises Refused (permanent), saying what is wrong with it.

    Allowed are https and the hosts of settings.CHAT_HOSTS ("host", "host:port", ".domain" for all below it).
    """
    try:
        parts = urlsplit(url)
        place = f"{(parts.hostname or '').lower()}:{parts.port or HTTPS}"
    except ValueError:
        raise _refuse(_("The chat's address is no web address.")) from None
    if _is_test_host(parts):
        return parts
    if parts.scheme != "https":
        raise _refuse(_("The chat's address must start with https://."))
    if parts.username or parts.password or any(c.isspace() or ord(c) < 33 or ord(c) > 126 for c in url):
        raise _refuse(_("The chat's address is no web address."))
    if not any(_fits(place, entry) for entry in settings.CHAT_HOSTS):
        raise _refuse(_("Chats at “%(host)s” are not allowed here.") % {"host": parts.hostname or ""})
    return parts


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        ip = inner or ip
    return ip.is_global and not ip.is_multicast


def resolve(parts: SplitResult) -> tuple[str, int]:
    """One address (IP, port) of the host. Raises Refused: for good if any address is not a public one."""
    port = parts.port or (HTTPS if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        words = _("%(host)s is not known to the name service.") % {"host": parts.hostname}
        raise Refused(words, permanent=False) from None
    addresses = [entry[4][0] for entry in found]
    if not _is_test_host(parts) and not all(map(_is_public, addresses)):
        raise _refuse(_("%(host)s leads into a private network.") % {"host": parts.hostname})
    return addresses[0], port


class ChatCourier:
    """Hands messages to webhooks, each over a connection of its own to the very address that was checked."""

    def __init__(
        self, connect_seconds: float = CONNECT_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._seconds = (connect_seconds, answer_seconds)
        self._connection: http.client.HTTPConnection | None = None
        self._ready_for = ""

    def offer(self, message: ChatMessage) -> None:
        """Resolve and connect. Raises Refused; nothing has been transmitted then."""
        self.close()
        parts = checked(message.url)
        address = resolve(parts)
        try:
            self._connection = self._open(parts, address)
        except (OSError, ValueError) as error:
            reason = (
                getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
            )
            raise Refused(f"{parts.hostname} cannot be reached: {reason}", permanent=False) from None
        self._ready_for = message.url

    def _open(self, parts: SplitResult, address: tuple[str, int]) -> http.client.HTTPConnection:
        wire = socket.create_connection(address, timeout=self._seconds[0])
        try:
            if parts.scheme == "https":
                wire = ssl.create_default_context().wrap_socket(wire, server_hostname=parts.hostname)
            wire.settimeout(self._seconds[1])
        except BaseException:
            wire.close()
            raise
        connection = http.client.HTTPConnection(parts.netloc, timeout=self._seconds[1])
        connection.sock, connection.auto_open = wire, 0
        return connection

    def transmit(self, message: ChatMessage) -> str:
        """POST; returns the chat's words. Raises Refused, or InDoubt when no answer came."""
        if self._connection is None or self._ready_for != message.url:
            raise InDoubt("The connection was lost before the message.")
        parts = urlsplit(message.url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        headers = {"Content-Type": "application/json", "User-Agent": "Einklang", "Connection": "close"}
        try:
            self._connection.request("POST", path, message.body(), headers)
            answer = self._connection.getresponse()
            words = _words(answer, parts)
        except (OSError, http.client.HTTPException) as error:
            raise InDoubt(f"No answer from {parts.hostname}: {type(error).__name__}") from None
        finally:
            self.close()
        _judge(answer, f"{answer.status} {words}".strip())
        return f"{answer.status} {words}".strip()

    def reset(self) -> None:
        """Nothing was said yet, so hanging up is all there is to it."""
        self.close()

    def close(self) -> None:
        """Hang up."""
        connection, self._connection, self._ready_for = self._connection, None, ""
        if connection is not None:
            connection.close()


def _words(answer: http.client.HTTPResponse, parts: SplitResult) -> str:
    """The beginning of the answer on one line, without anything of the secret path."""
    try:
        text = one_line(answer.read1(300).decode("utf-8", "replace"))
    except (OSError, http.client.HTTPException):
        return ""
    secrets: Iterable[str] = [parts.path, parts.query, *re.split(r"[/=&]", f"{parts.path}/{parts.query}")]
    for secret in secrets:
        if len(secret) >= _SECRET_LENGTH:
            text = text.replace(secret, "…")
    return text[:200]


def _judge(answer: http.client.HTTPResponse, said: str) -> None:
    """Return on 2xx; raise what any other answer means for this message."""
    status = answer.status
    if 200 <= status < 300:
        return
    if status in _GATEWAY:
        raise InDoubt(f"The chat's gateway does not know: {said}")
    after = _wait_seconds(answer.headers.get("Retry-After", ""))
    raise Refused(said, permanent=status not in (408, 425, 429) and status < 500, after=after)


def _wait_seconds(header: str) -> float:
    """Retry-After as seconds from now, whether it was given in seconds or as a date; 0 for anything else."""
    try:
        wait = (
            float(header)
            if header.strip().isdigit()
            else parsedate_to_datetime(header).timestamp() - time.time()
        )
    except (ValueError, TypeError, OverflowError):
        return 0
    return min(max(wait, 0), LONGEST_WAIT_SECONDS)
