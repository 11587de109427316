"""What can stand against publishing or confirming; each says what to do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from briefings.models import BriefingVersion


class NotPublishable(Exception):  # noqa: N818
    """The briefing cannot be published as it is; `field` names where to mend it ("" for the whole)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotAddressed(Exception):  # noqa: N818
    """The briefing is not, or no longer, for this person."""


class Superseded(Exception):  # noqa: N818
    """A newer version has taken the place of the one that was confirmed; `current` is it."""

    def __init__(self, current: "BriefingVersion") -> None:
        super().__init__(_("There is a newer version of this briefing. Please read and confirm that one."))
        self.current = current
