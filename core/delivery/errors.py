"""What can go wrong on the way out, told apart by what must happen next."""

from datetime import datetime


class RouteDown(Exception):
    """The way itself does not work (unreachable, TLS, sign-in): wait, and charge no message for it."""


class Refused(Exception):
    """This message was refused in words. `permanent` ones are not tried again.

    `after`: seconds that the other side asks us to wait before the next try.
    """

    def __init__(self, text: str, *, permanent: bool, after: float = 0) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.after = after


class Later(Refused):
    """Nobody refused: the person wants nothing before `until`. No attempt is charged."""

    def __init__(self, text: str, *, until: datetime) -> None:
        super().__init__(text, permanent=False)
        self.until = until


class InDoubt(Exception):
    """It may have arrived or not; nobody sends it again by himself."""
