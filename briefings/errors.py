"""What can stand against publishing or confirming; each says what to do."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from briefings.models import BriefingVersion


class NotPublishable(Exception):
    """The briefing cannot be published as it is; `field` names where to mend it ("" for the whole)."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class NotAddressed(Exception):
    """The briefing is not, or no longer, for this person."""


class CheckOpen(Exception):
    """The check of understanding is not answered rightly yet; `keys` names the open questions."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(
            ngettext(
                "One question is still open: please answer it before you confirm.",
                "%(count)d questions are still open: please answer them before you confirm.",
                len(keys),
            )
            % {"count": len(keys)}
        )
        self.keys = keys


class NotAsShown(Exception):
    """What would be published reads differently from what its author was shown."""


class SourceChanged(Exception):
    """What was to be taken over reads differently by now."""


class Superseded(Exception):
    """A newer version has taken the place of the one that was confirmed; `current` is it."""

    def __init__(self, current: "BriefingVersion") -> None:
        super().__init__(_("There is a newer version of this briefing. Please read and confirm that one."))
        self.current = current
