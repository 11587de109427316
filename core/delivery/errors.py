"""What can go wrong on the way out, told apart by what must happen next."""


class RouteDown(Exception):  # noqa: N818
    """The way itself does not work (unreachable, TLS, sign-in): wait, and charge no message for it."""


class Refused(Exception):  # noqa: N818
    """This message was refused in words. `permanent` ones are not tried again."""

    def __init__(self, text: str, *, permanent: bool) -> None:
        super().__init__(text)
        self.permanent = permanent


class InDoubt(Exception):  # noqa: N818
    """It may have arrived or not; nobody sends it again by himself."""
