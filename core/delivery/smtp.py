"""A mail server in phases: offer (MAIL, RCPT) - the engine's fence - transmit (DATA) - the answer.

Django's mail backend has no place for the fence, so this talks smtplib itself. One recipient per
transaction; the connection is kept for the next message.
"""

import contextlib
import smtplib
import socket
import ssl

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core.delivery.errors import InDoubt, Refused, RouteDown
from core.delivery.letters import Letter, sender
from core.delivery.server import MailServer, parse_email_url
from core.delivery.times import seconds

COMMAND_SECONDS = seconds("command")
ANSWER_SECONDS = seconds("answer")
# At MAIL these speak of us and the server, not of this message: closing down, sign-in wanted.
_ROUTE_CODES = {421, 530, 534, 535, 538}


def _said(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return f"{code} {words}"[:500]


def _judge(code: int, text: bytes | str) -> None:
    """Return on 2xx; raise Refused on 4xx and 5xx, InDoubt on anything that is no answer."""
    if 200 <= code < 300:
        return
    if 400 <= code < 600:
        raise Refused(_said(code, text), permanent=code >= 500)
    raise InDoubt(f"The server's answer was not understood: {_said(code, text)}")


class SmtpCourier:
    """Hands letters to one mail server over one connection, opened when the first letter comes."""

    def __init__(self, server: MailServer | None = None) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def offer(self, letter: Letter) -> None:
        """MAIL and RCPT. Raises RouteDown, or Refused; in both cases nothing has been transmitted."""
        reused = self._smtp is not None
        try:
            self._envelope(letter)
        except RouteDown:
            self.close()
            # An idle server hangs up on a kept connection: that says nothing about the route.
            if not reused:
                raise
            self._envelope(letter)
        except Refused:
            self.reset()
            raise

    def transmit(self, letter: Letter) -> str:
        """DATA; returns the server's words after the dot. Raises Refused, or InDoubt."""
        if self._smtp is None or self._smtp.sock is None:
            raise InDoubt("The connection was lost before DATA.")
        try:
            self._smtp.sock.settimeout(ANSWER_SECONDS)
            code, text = self._smtp.data(letter.data)
            self._smtp.sock.settimeout(COMMAND_SECONDS)
        except smtplib.SMTPDataError as error:
            self.close()
            code, text = error.smtp_code, error.smtp_error
        except OSError as error:
            self.close()
            raise InDoubt(f"No answer after DATA: {error}") from error
        _judge(code, text)
        return _said(code, text)

    def reset(self) -> None:
        """Forget the letter on offer; the connection stays if the server goes along."""
        if self._smtp is not None:
            try:
                ok = self._smtp.rset()[0] == 250
            except OSError:
                ok = False
            if not ok:
                self.close()

    def close(self) -> None:
        """Hang up; the next offer opens a new connection."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            with contextlib.suppress(OSError):
                smtp.close()

    def _envelope(self, letter: Letter) -> None:
        smtp = self._smtp or self._connect()
        try:
            code, text = smtp.mail(sender()[1])
        except OSError as error:
            raise RouteDown(f"The mail server hung up: {error}") from error
        if code in _ROUTE_CODES or code == -1:
            raise RouteDown(_said(code, text))
        self._judge_before_data(code, text)
        try:
            code, text = smtp.rcpt(letter.address)
        except OSError as error:
            self.close()
            raise Refused(f"The mail server hung up at RCPT: {error}", permanent=False) from error
        self._judge_before_data(code, text)

    @staticmethod
    def _judge_before_data(code: int, text: bytes) -> None:
        try:
            _judge(code, text)
        except InDoubt as doubt:  # nothing was transmitted yet, so there is no doubt
            raise Refused(str(doubt), permanent=False) from None

    def _connect(self) -> smtplib.SMTP:
        server = self._server or configured_server()
        try:
            self._smtp = _open(server)
        except (OSError, UnicodeError) as error:
            raise RouteDown(f"{server}: {error}"[:500]) from error
        return self._smtp


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
    context = ssl.create_default_context()
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
