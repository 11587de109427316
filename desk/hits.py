"""Hits of a search: entries that the person may see, each with its stage and its place in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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
            return -self.last.timestamp(), -self.row
        return (self.ends_at if stage is Stage.LIVE else self.starts_at).timestamp(), self.row


@dataclass
class Sight:
    """What a person sees in some of his regions. Remembers what it was asked: for one search, not longer."""

    user: User
    regions: list[Region]
    _known: dict[int, Hit | None] = field(default_factory=dict)

    def hits(self, ids: Sequence[int]) -> list[Hit]:
        """Of these entries, in their order, those that the person sees: of the release there, or of his
        briefings.

        As desk.reach.visible_to and desk.offers.release_of say for rows: launched, the release in force;
        coming, the release approved last for who plans there, else the one from which he was briefed. One
        query, none for entries that are known.
        """
        new = [pk for pk in ids if pk not in self._known]
        if new:
            found = _made(_seen(self.user, self._here(new)))
            self._known |= dict.fromkeys(new) | {hit.entry: hit for hit in found}
        return [hit for pk in ids if (hit := self._known[pk])]

    def unchecked(self, ids: Sequence[int]) -> list[Hit]:
        """These entries as far as they are of the regions, for their order alone: whoever may see them."""
        return list(_made(self._here(ids)))

    def _here(self, ids: Sequence[int]) -> QuerySet[SearchEntry]:
        places = [region.pk for region in self.regions]
        return SearchEntry.objects.filter(pk__in=listed(ids), region__in=places)


def _made(entries: QuerySet[SearchEntry]) -> Iterator[Hit]:
    return map(Hit._make, entries.order_by().values_list(*_HIT))


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
