"""The card on the campaign page: how far the staff have been told, per audience."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.checks import is_published, statuses
from briefings.services.due import Due, due_of
from briefings.services.lateness import late_campaigns
from briefings.services.status import AudienceStatus
from campaigns.enums import Running
from campaigns.panels import Panel, panels
from campaigns.querysets import IDLE
from campaigns.readiness import late_words
from campaigns.services.dossier import Dossier


@dataclass
class AudienceSum:
    """An audience over all regions that have not ended."""

    label: str
    present: int
    confirmed: int
    published: int
    wanted: int
    agreed: Decimal

    @property
    def share(self) -> Decimal:
        """Confirmed share of those present, cut to one decimal."""
        return Decimal(self.confirmed * 1000 // self.present) / 10 if self.present else Decimal(0)

    @property
    def segments(self) -> list[tuple[str, Decimal]]:
        """For the tag `bar`: the share, and the agreed one as a mark."""
        return [("good", self.share), ("mark", self.agreed)]


@panels.register("briefings")
def briefing_panel(dossier: Dossier, user: User) -> Panel | None:
    """Shares per audience and the days to the first start; nothing for campaigns that are over."""
    if dossier.campaign.state in IDLE or not dossier.regions:
        return None
    open_ones = [one for one in statuses(dossier) if one.region.running != Running.FINISHED]
    if not open_ones:
        return None
    agreed = dossier.campaign.confirm_share
    context: dict[str, Any] = {
        "sums": list(_sums(dossier, open_ones)),
        "agreed": agreed,
        "days": _days_to_start(open_ones),
        "due": _due(dossier, open_ones),
        "open_mails": sum(sum(one.unsettled.values()) for one in open_ones),
    }
    return Panel("briefings/panel.html", context, column="half", order=40)


def _sums(dossier: Dossier, found: list[AudienceStatus]) -> Iterable[AudienceSum]:
    for audience in {one.audience: None for one in found}:
        mine = [one for one in found if one.audience == audience]
        yield AudienceSum(
            label=str(audience.label),
            present=sum(one.present for one in mine),
            confirmed=sum(one.confirmed for one in mine),
            published=sum(is_published(dossier, one) for one in mine),
            wanted=len(mine),
            agreed=dossier.campaign.confirm_share,
        )


def _days_to_start(found: list[AudienceStatus]) -> int | None:
    starts: list[date] = [one.region.starts_on for one in found if one.region.running == Running.WAITING]
    return (min(starts) - timezone.localdate()).days if starts else None


def _due(dossier: Dossier, found: list[AudienceStatus]) -> Due | None:
    """By when the next briefing has to be published; None once all are."""
    waiting = [one.region for one in found if one.region.running == Running.WAITING]
    lacking = {one.region.pk for one in found if one.entitled and not is_published(dossier, one)}
    due = (due_of(region) for region in {one.pk: one for one in waiting}.values() if region.pk in lacking)
    return min(due, key=lambda when: when.on, default=None)


@late_words.register("briefings")
def late_briefings(ids: Collection[int]) -> dict[int, str]:
    """How late the latest briefing of each campaign is, for the list of campaigns."""
    return {pk: _("Briefing: %(late)s") % {"late": due.words} for pk, due in late_campaigns(ids).items()}
