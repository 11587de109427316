"""Hits of a search: entries that the person may see, each with its stage and its place in it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Region, User
from accounts.rights import PLANNERS
from briefings.models import InboxItem
from campaigns.enums import Running
from campaigns.querysets import IDLE
from desk.means import listed
from desk.models import SearchEntry
from desk.offers import Stage

_STATE = ("campaign_region__running", "starts_at", "ends_at", "campaign_region__ended_at")
_HIT = ("pk", "campaign_region", "release", *_STATE, "head")


class Hit(NamedTuple):
    """An entry that was found: where, by which release, and what its stage and its place follow from."""

    entry: int
    row: int
    release: int
    running: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    head: str

    @property
    def last(self) -> datetime:
        """The end that counts: earlier than planned when somebody finished it."""
        return min(self.ends_at, self.ended_at or self.ends_at)

    def stage(self, now: datetime) -> Stage | None:
        """By the release's own period and the state of this moment; None if it never started and is over."""
        over = self.ends_at <= now
        if self.running == Running.WAITING:
            return None if over else Stage.COMING
        return Stage.EXPIRED if self.running == Running.FINISHED or over else Stage.LIVE

    def when(self, stage: Stage) -> tuple[float, int]:
        """Sorts within a stage: soonest end, soonest start, latest end."""
        if stage is Stage.EXPIRED:
            return -self.last.timestamp(), self.row
        return (self.ends_at if stage is Stage.LIVE else self.starts_at).timestamp(), self.row


def seen_by(user: User, regions: list[Region], ids: list[int]) -> list[Hit]:
    """Of these entries in his regions those of the release that the person sees there, or of his briefings.

    As desk.reach.visible_to and desk.offers.release_of say for rows: launched, the release in force; coming,
    the release approved last for who plans there, else the one from which he was briefed. One query, none
    without ids.
    """
    if not ids:
        return []
    here = SearchEntry.objects.filter(pk__in=listed(ids), region__in=[region.pk for region in regions])
    found = _seen(user, here).order_by("pk")
    return [Hit(*values) for values in found.values_list(*_HIT)]


def _seen(user: User, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    inbox = InboxItem.objects.of(user)
    his = Q(briefing__isnull=True) | Exists(inbox.filter(version__briefing=OuterRef("briefing")))
    row = "campaign_region__"
    running = Q(**{f"{row}launch__isnull": False, "release": F(f"{row}release")})
    coming = Q(
        **{
            f"{row}launch__isnull": True,
            f"{row}running": Running.WAITING,
            f"{row}campaign__release__isnull": False,
        }
    ) & ~Q(**{f"{row}campaign__state__in": IDLE})
    told = inbox.filter(
        version__briefing__campaign_region=OuterRef("campaign_region"), version__release=OuterRef("release")
    )
    planned = user.rights.regions(*PLANNERS)
    plans = Q(release=F(f"{row}campaign__release"))
    if planned is None:
        return entries.filter(his, running | coming & plans)
    return entries.filter(his, running | coming & (plans & Q(region__in=planned) | Q(Exists(told))))
