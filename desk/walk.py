"""Going through entries in the order of the lists, for words that stand nearly everywhere.

There a few steps are enough, while all that has the word would be tens of thousands. What an entry says never
changes, so it is compared here; who sees it and whether it runs is asked for those that have the words.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import NamedTuple, TypeVar

from django.db.models import F, Q, QuerySet

from accounts.models import Region
from campaigns.enums import Preparation, Running
from campaigns.models import Campaign, CampaignRegion
from desk.hits import Hit, Sight
from desk.means import listed
from desk.models import SearchEntry
from desk.offers import EXPIRED_DAYS, Stage

# Entries of each step; the last number holds for all further ones.
STEPS = (40, 160, 320)
Result = TypeVar("Result")
# Says which entries it is going to ask the person's sight about, before it does.
Asking = Generator[Sequence[int], None, Result]
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


def _entries(stage: Stage, found: QuerySet[SearchEntry]) -> list[Entry]:
    names = ("pk", "campaign_region", _SORTED_BY[stage], "head", "words")
    return [Entry(*values) for values in found.values_list(*names)]


@dataclass
class Beside:
    """Entries whose stage is not what their dates say: held past their start, or finished early."""

    regions: list[Region]
    now: datetime
    _found: dict[Stage, list[Entry]] = field(default_factory=lambda: {Stage.LIVE: []})

    @property
    def since(self) -> datetime:
        """What ended before is not shown."""
        return self.now - timedelta(days=EXPIRED_DAYS + 2)

    def of(self, stage: Stage) -> list[Entry]:
        """Those of a stage; none of the live ones."""
        if stage not in self._found:
            self._found[stage] = self._read(stage)
        return self._found[stage]

    def _read(self, stage: Stage) -> list[Entry]:
        rows = CampaignRegion.objects.order_by()
        if stage is Stage.COMING:
            rows = rows.filter(running=Running.WAITING)
            early = Q(starts_on__lte=self.now.date() + timedelta(days=1))
            period = Q(starts_at__lte=self.now, ends_at__gt=self.now)
        else:
            rows = rows.filter(running=Running.FINISHED, ended_at__gte=self.since)
            early = Q(ends_on__gte=self.now.date() - timedelta(days=2))
            period = Q(ends_at__gt=self.now)
        # Queries that each follow an index are quicker than one with an OR.
        ids = list(rows.filter(early).values_list("pk", flat=True))
        if self._changing:
            ids += rows.filter(campaign__in=listed(self._changing)).values_list("pk", flat=True)
        if not ids:
            return []
        here = SearchEntry.objects.filter(region__in=[region.pk for region in self.regions])
        return _entries(stage, here.filter(period, campaign_region__in=listed(ids)))

    @cached_property
    def _changing(self) -> list[int]:
        return list(Campaign.objects.filter(_CHANGING).order_by().values_list("pk", flat=True))


def side_by_side(sight: Sight, ways: Mapping[Stage, Asking[Result]]) -> dict[Stage, Result]:
    """What each way ends with. What they ask next is asked about together, by one query instead of three."""
    found, going = {}, dict(ways)
    while going:
        wanted = []
        for stage, way in list(going.items()):
            try:
                wanted += next(way)
            except StopIteration as end:
                found[stage] = end.value
                del going[stage]
        sight.hits(wanted)
    return found


@dataclass
class Walk:
    """One stage in the person's regions, read as far as somebody wants to know, nothing of it twice."""

    sight: Sight
    beside: Beside
    stage: Stage
    _read: list[list[Entry]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        return self.beside.now

    def first(self) -> list[Entry]:
        """What the first step comes by."""
        return next(self._steps(), [])

    def best(self, matches: Callable[[Entry], bool], most: int, far: int) -> Asking[list[Hit] | None]:
        """The hits that come first among entries that match, of at least `most` offers if there are as many.

        None if `far` entries do not suffice to tell.
        """
        ids = [entry.pk for entry in self.beside.of(self.stage) if matches(entry)]
        found, come_by = [], 0
        for step in self._steps():
            come_by += len(step)
            ids += [entry.pk for entry in step if matches(entry)]
            found += yield from self._seen(ids)
            ids, reached = [], self._key(step[-1])
            if len({hit.row for hit in found if hit.when(self.stage) <= reached}) >= most:
                return found
            if come_by >= far:
                return None
        found += yield from self._seen(ids)
        return found

    def _seen(self, ids: list[int]) -> Asking[list[Hit]]:
        yield ids
        return [hit for hit in self.sight.hits(ids) if hit.stage(self.now) is self.stage]

    # --- the way ------------------------------------------------------------------------------------------

    def _steps(self) -> Iterator[list[Entry]]:
        for number in count():
            if number == len(self._read):
                self._go_on()
            if not self._read[number]:
                return
            yield self._read[number]

    def _go_on(self) -> None:
        at = sum(map(len, self._read))
        size = STEPS[min(len(self._read), len(STEPS) - 1)]
        self._read.append(_entries(self.stage, self._ordered()[at : at + size]))

    def _ordered(self) -> QuerySet[SearchEntry]:
        """Entries of which nearly all are of the stage, those that can come first in front."""
        here = self._here(SearchEntry.objects.all())
        if self.stage is Stage.LIVE:
            return here.filter(ends_at__gt=self.now).order_by("ends_at", "campaign_region")
        if self.stage is Stage.COMING:
            return here.filter(starts_at__gt=self.now).order_by("starts_at", "campaign_region")
        over = here.filter(ends_at__lte=self.now, ends_at__gte=self.beside.since)
        return over.order_by("-ends_at", "-campaign_region")

    def _key(self, entry: Entry) -> tuple[float, int]:
        """What comes later on the way has no place before this."""
        when, row = entry.at.timestamp(), entry.row
        return (-when, -row) if self.stage is Stage.EXPIRED else (when, row)

    def _here(self, found: QuerySet) -> QuerySet:
        regions = self.sight.regions
        if len(regions) == 1:
            return found.filter(region=regions[0].pk)
        # As a sum, so that no database reads and sorts whole regions instead of following the dates.
        return found.alias(place=F("region") + 0).filter(place__in=[region.pk for region in regions])
