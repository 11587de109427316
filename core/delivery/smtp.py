"""A mail server in phases: offer (MAIL, RCPT) - the engine's fence - transmit (DATA) - the answer.

Django's mail backend has no place for the fence, so this talks itself; smtplib greets, encrypts and signs
in. One recipient per transaction; the connection is kept for the next message, whose MAIL and RCPT travel
with the end of this one where the server allows it (RFC 2920).
"""

import re
import smtplib
import socket
import ssl

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.delivery.dialogue import Dialogue, Reply
from core.delivery.errors import InDoubt, Refused, RouteDown
from core.delivery.letters import Letter, is_smooth, sender
from core.delivery.server import MailServer, parse_email_url
from core.delivery.times import seconds

COMMAND_SECONDS = seconds("command")
ANSWER_SECONDS = seconds("answer")
# At MAIL these speak of us and the server, not of this message: closing down, sign-in wanted.
_ROUTE_CODES = {421, 530, 534, 535, 538}
_LINE_END = re.compile(rb"\r\n|\r|\n")


def _judge(reply: Reply) -> None:
    """Return on 2xx; raise Refused on 4xx and 5xx, InDoubt on anything that is no answer."""
    if 200 <= reply.code < 300:
        return
    if 400 <= reply.code < 600:
        raise Refused(str(reply), permanent=reply.code >= 500)
    raise InDoubt(f"The server's answer was not understood: {reply}")


def _judge_before_data(reply: Reply) -> None:
    try:
        _judge(reply)
    except InDoubt as doubt:  # nothing was transmitted yet, so there is no doubt
        raise Refused(str(doubt), permanent=False) from None


class SmtpCourier:
    """Hands letters to one mail server over one connection, opened when the first letter comes."""

    def __init__(self, server: MailServer | None = None) -> None:
        self._server = server
        self._talk: Dialogue | None = None
        self._following: Letter | None = None
        self._asked: Letter | None = None

    def offer(self, letter: Letter) -> None:
        """MAIL and RCPT. Raises RouteDown, or Refused; in both cases nothing has been transmitted."""
        reused = self._talk is not None
        try:
            try:
                self._envelope(letter)
            except RouteDown:
                self.close()
                # An idle server hangs up on a kept connection: that says nothing about the route.
                if not reused:
                    raise
                self._envelope(letter)
        except RouteDown:
            self.close()
            raise
        except Refused:
            self.reset()
            raise

    def ahead(self, letter: Letter) -> None:
        """The letter that will be offered after the one on offer; asked for together with its end."""
        if self._talk is not None and self._talk.pipelining:
            self._following = letter

    def is_answered(self, letter: Letter) -> bool:
        """True if the server has answered for a letter that was sent ahead: its offer will not wait."""
        try:
            return self._asked is letter and self._talk is not None and self._talk.is_answered()
        except OSError:
            return False

    def transmit(self, letter: Letter) -> str:
        """DATA; returns the server's words after the dot. Raises Refused, or InDoubt."""
        following, self._following = self._following, None
        talk = self._talk
        if talk is None:
            raise InDoubt("The connection was lost before DATA.")
        try:
            talk.say(b"DATA\r\n", 1, ANSWER_SECONDS)
            reply = talk.reply(ANSWER_SECONDS)
            if reply.code == 354:
                asked = _envelope_of(following) if following else b""
                talk.say(_stuffed(letter) + asked, 3 if asked else 1, ANSWER_SECONDS)
                self._asked = following
                reply = talk.reply(ANSWER_SECONDS)
                _judge(reply)
                return str(reply)
        except InDoubt:
            # Nobody knows which command the next line would answer.
            self.close()
            raise
        except OSError as error:
            self.close()
            raise InDoubt(f"No answer after DATA: {error}") from error
        self.close()
        _judge_before_data(reply)
        raise Refused(f"The server does not want the message: {reply}", permanent=False)

    def reset(self) -> None:
        """Forget the letter on offer; the connection stays if the server goes along."""
        self._asked = self._following = None
        if self._talk is None:
            return
        try:
            while self._talk.owed:
                self._talk.reply(COMMAND_SECONDS)
            self._talk.say(b"RSET\r\n", 1, COMMAND_SECONDS)
            ok = self._talk.reply(COMMAND_SECONDS).code == 250
        except OSError:
            ok = False
        if not ok:
            self.close()

    def close(self) -> None:
        """Hang up; the next offer opens a new connection."""
        talk, self._talk = self._talk, None
        self._asked = self._following = None
        if talk is not None:
            talk.close()

    def _envelope(self, letter: Letter) -> None:
        if self._asked is not None and self._asked is not letter:
            self.reset()
        fresh = self._talk is None
        talk = self._talk or self._connect()
        # Step by step over a new connection: then a server that hangs up shows at which command.
        together = self._asked is letter or (talk.pipelining and not fresh)
        try:
            if self._asked is None:
                talk.say(_envelope_of(letter) if together else _mail_from(), 1 + together, COMMAND_SECONDS)
            self._asked = None
            reply = talk.reply(COMMAND_SECONDS)
        except OSError as error:
            raise RouteDown(f"The mail server hung up: {error}") from error
        if reply.code in _ROUTE_CODES or reply.code == -1:
            raise RouteDown(str(reply))
        _judge_before_data(reply)
        try:
            if not together:
                talk.say(_rcpt_to(letter), 1, COMMAND_SECONDS)
            reply = talk.reply(COMMAND_SECONDS)
        except OSError as error:
            self.close()
            raise Refused(f"The mail server hung up at RCPT: {error}", permanent=False) from error
        _judge_before_data(reply)

    def _connect(self) -> Dialogue:
        server = self._server or configured_server()
        try:
            self._talk = Dialogue(_open(server))
        except (OSError, UnicodeError) as error:
            raise RouteDown(f"{server}: {error}"[:500]) from error
        return self._talk


def _mail_from() -> bytes:
    return f"MAIL FROM:<{sender()[1]}>\r\n".encode("ascii")


def _rcpt_to(letter: Letter) -> bytes:
    return f"RCPT TO:<{letter.address}>\r\n".encode("ascii")


def _envelope_of(letter: Letter) -> bytes:
    return _mail_from() + _rcpt_to(letter)


def _stuffed(letter: Letter) -> bytes:
    """The message as it follows DATA: no line that could end it early, and the dot."""
    data = letter.data
    if not (letter.smooth or is_smooth(data)):
        data = (b"\r\n" + _LINE_END.sub(b"\r\n", data)).replace(b"\r\n.", b"\r\n..")[2:]
    return data + (b".\r\n" if data.endswith(b"\r\n") else b"\r\n.\r\n")


def configured_server() -> MailServer:
    """The server of EMAIL_URL; raises RouteDown when none is set or the setting is wrong."""
    if not settings.EMAIL_URL:
        raise RouteDown("EMAIL_URL is not set.")
    try:
        return parse_email_url(settings.EMAIL_URL)
    except ImproperlyConfigured as error:
        raise RouteDown(str(error)) from None


def _open(server: MailServer) -> smtplib.SMTP:
    """A connection that is greeted, encrypted and signed in. Raises OSError (smtplib's are such)."""
    name = socket.gethostname()
    # Reading the authorities' certificates takes a tenth of a second.
    context = ssl.create_default_context() if server.scheme != "smtp" else None
    if server.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, name, timeout=COMMAND_SECONDS, context=context
        )
    else:
        smtp = smtplib.SMTP(server.host, server.port, name, timeout=COMMAND_SECONDS)
    try:
        smtp.ehlo_or_helo_if_needed()
        if server.scheme == "smtp+tls":
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
    except BaseException:
        smtp.close()
        raise
    return smtp
