"""Going through entries in the order of the lists, for words that stand nearly everywhere.

There a few steps are enough, while all that has the word would be tens of thousands. What an entry says never
changes, so it is compared here; who sees it and whether it runs is asked for those that have the words.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from accounts.models import Region, User
from campaigns.enums import Preparation, Running
from campaigns.models import Campaign, CampaignRegion
from desk.hits import Hit, seen_by
from desk.means import listed
from desk.models import SearchEntry
from desk.offers import EXPIRED_DAYS, Stage

# Entries of the first step; each further one is twice as long, up to the longest.
STEP, LONGEST = 40, 320
# A draft beside the release may have moved the days of its row.
_CHANGING = Q(state__in=[Preparation.DRAFT, Preparation.IN_REVIEW], release__isnull=False)


class Entry(NamedTuple):
    """What is read of an entry in passing; `at` is what the stage is sorted by."""

    pk: int
    row: int
    at: datetime
    head: str
    words: str


_SORTED_BY = {Stage.LIVE: "ends_at", Stage.COMING: "starts_at", Stage.EXPIRED: "ends_at"}


@dataclass
class Walk:
    """One stage in the person's regions, read as far as somebody wants to know, nothing of it twice."""

    user: User
    regions: list[Region]
    stage: Stage
    now: datetime
    entries: list[Entry] = field(default_factory=list)
    complete: bool = False
    _step: int = field(default_factory=lambda: STEP)
    _known: dict[int, Hit | None] = field(default_factory=dict)

    def first(self) -> list[Entry]:
        """What the first step comes by."""
        if not self.entries and not self.complete:
            self._read()
        return self.entries

    def best(self, matches: Callable[[Entry], bool], most: int, far: int | None = None) -> list[Hit] | None:
        """The hits that come first among entries that match, of at least `most` offers if there are as many.

        None if `far` entries do not suffice to tell.
        """
        found = self._seen([entry.pk for entry in self._aside() if matches(entry)])
        way = filter(matches, islice(self._way(), far))
        # An offer has two entries and more: itself, and its briefings.
        size = 2 * most
        while some := list(islice(way, size)):
            size *= 2
            found += self._seen([entry.pk for entry in some])
            reached = self._key(some[-1])
            if len({hit.row for hit in found if hit.when(self.stage) <= reached}) >= most:
                return found
        return found if self.complete and (far is None or len(self.entries) <= far) else None

    def _seen(self, ids: list[int]) -> list[Hit]:
        new = [pk for pk in ids if pk not in self._known]
        self._known |= dict.fromkeys(new) | {hit.entry: hit for hit in seen_by(self.user, self.regions, new)}
        hits = filter(None, (self._known[pk] for pk in ids))
        return [hit for hit in hits if hit.stage(self.now) is self.stage]

    # --- the way ------------------------------------------------------------------------------------------

    def _way(self) -> Iterator[Entry]:
        at = 0
        while at < len(self.entries) or not self.complete:
            if at == len(self.entries):
                self._read()
            else:
                yield self.entries[at]
                at += 1

    def _read(self) -> None:
        at = len(self.entries)
        self.entries += self._entries(self._ordered()[at : at + self._step])
        self.complete = len(self.entries) < at + self._step
        self._step = min(2 * self._step, LONGEST)

    def _entries(self, found: QuerySet[SearchEntry]) -> list[Entry]:
        names = ("pk", "campaign_region", _SORTED_BY[self.stage], "head", "words")
        return [Entry(*values) for values in found.values_list(*names)]

    def _ordered(self) -> QuerySet[SearchEntry]:
        """Entries of which nearly all are of the stage, those that can come first in front."""
        here = self._here(SearchEntry.objects.all())
        if self.stage is Stage.LIVE:
            return here.filter(ends_at__gt=self.now).order_by("ends_at", "campaign_region")
        if self.stage is Stage.COMING:
            return here.filter(starts_at__gt=self.now).order_by("starts_at", "campaign_region")
        over = here.filter(ends_at__lte=self.now, ends_at__gte=self._since)
        return over.order_by("-ends_at", "campaign_region")

    def _key(self, entry: Entry) -> tuple[float, int]:
        """What comes later on the way has no place before this."""
        when = entry.at.timestamp()
        return (-when if self.stage is Stage.EXPIRED else when), entry.row

    def _here(self, found: QuerySet) -> QuerySet:
        if len(self.regions) == 1:
            return found.filter(region=self.regions[0].pk)
        # As a sum, so that no database reads and sorts whole regions instead of following the dates.
        return found.alias(place=F("region") + 0).filter(place__in=[region.pk for region in self.regions])

    @property
    def _since(self) -> datetime:
        return self.now - timedelta(days=EXPIRED_DAYS + 2)

    # --- beside it ----------------------------------------------------------------------------------------

    def _aside(self) -> list[Entry]:
        """Entries of the stage that are not on the way: held past their start, or finished early."""
        if self.stage is Stage.LIVE:
            return []
        rows = CampaignRegion.objects.order_by()
        if self.stage is Stage.COMING:
            rows = rows.filter(running=Running.WAITING)
            early = Q(starts_on__lte=self.now.date() + timedelta(days=1))
            period = Q(starts_at__lte=self.now, ends_at__gt=self.now)
        else:
            rows = rows.filter(running=Running.FINISHED, ended_at__gte=self._since)
            early = Q(ends_on__gte=self.now.date() - timedelta(days=2))
            period = Q(ends_at__gt=self.now)
        # Queries that each follow an index are quicker than one with an OR.
        ids = list(rows.filter(early).values_list("pk", flat=True))
        changing = list(Campaign.objects.filter(_CHANGING).order_by().values_list("pk", flat=True))
        if changing:
            ids += rows.filter(campaign__in=listed(changing)).values_list("pk", flat=True)
        if not ids:
            return []
        here = SearchEntry.objects.filter(region__in=[region.pk for region in self.regions])
        return self._entries(here.filter(period, campaign_region__in=listed(ids)))
