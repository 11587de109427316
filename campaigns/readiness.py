"""What a campaign still needs: a registry of checks that this app and higher ones fill at start-up.

`approval_checks` guard in review -> approved (whole campaign, working copy);
`launch_checks` guard going live (one region, its release). Both give lines for the readiness list on
the campaign page. A check reads current rows, never a cache, and must be cheap: constant queries per
campaign, however many regions (use the Dossier it is handed).
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.models import CampaignRegion
    from campaigns.services.dossier import Dossier


class Progress(models.TextChoices):
    """How far a line is: nobody is on it, somebody is, it is done."""

    STUCK = "stuck", _("Stuck")
    IN_WORK = "in_work", _("In work")
    DONE = "done", _("Done")


@dataclass(frozen=True)
class Line:
    """One condition. `key` is stable ("briefing.service.AT"); `region` is None for the whole campaign."""

    key: str
    title: str
    progress: Progress
    detail: str = ""
    who: "User | None" = None
    due: date | datetime | None = None
    url: str = ""
    action: str = ""
    region: "CampaignRegion | None" = None
    waivable: bool = False

    @property
    def is_open(self) -> bool:
        return self.progress != Progress.DONE


# What lines are about, by the beginning of their key: for lists that cannot afford to run the checks.
TOPICS = {
    "briefing.published": _("briefings to publish"),
    "briefing.confirmed": _("confirmations of the staff"),
    "briefing.mail": _("mails that are still open"),
    "briefing": _("briefings"),
    "release": _("the release"),
    "review": _("regional reviews"),
    "period": _("the last day"),
    "stage": _("a checkpoint of the rollout"),
    "experts": _("channel experts"),
    "budget": _("the budget"),
    "flights": _("flights"),
}


def topics_of(keys: Iterable[str]) -> list[str]:
    """What lines with these keys are about, in the order of TOPICS, each once; unknown ones are left out."""
    found = {next((topic for topic in TOPICS if key.startswith(topic)), "") for key in keys}
    return [str(words) for topic, words in TOPICS.items() if topic in found]


ApprovalCheck = Callable[["Dossier"], Iterable[Line]]
LaunchCheck = Callable[["Dossier", "CampaignRegion"], Iterable[Line]]

approval_checks: Registry[ApprovalCheck] = Registry()
launch_checks: Registry[LaunchCheck] = Registry()
# Those of them that say something before there is a release, such as that a briefing is late already.
early_checks: Registry[LaunchCheck] = Registry()
# ids of campaigns -> what is late of them, in words, by id; asked once for all campaigns of a list.
late_words: Registry[Callable[[Collection[int]], dict[int, str]]] = Registry()


def approval_lines(dossier: "Dossier") -> list[Line]:
    """Every condition for approval, done ones included."""
    return [line for check in approval_checks for line in check(dossier)]


def early_lines(dossier: "Dossier", region: "CampaignRegion") -> list[Line]:
    """What is open for this region whether there is a release or not."""
    return [line for check in early_checks for line in check(dossier, region) if line.is_open]


def late_of(ids: Collection[int]) -> dict[int, list[str]]:
    """What is late of these campaigns, in words; those in which nothing is are left out."""
    found: dict[int, list[str]] = {}
    for function in late_words if ids else ():
        for pk, words in function(ids).items():
            found.setdefault(pk, []).append(words)
    return found


def launch_lines(dossier: "Dossier", region: "CampaignRegion") -> list[Line]:
    """Every condition for this region to go live with the campaign's release, done ones included."""
    return [line for check in launch_checks for line in check(dossier, region)]
