"""Going through entries in the order of the lists, for words that stand nearly everywhere.

There a few steps are enough, while all that has the word would be tens of thousands. What an entry says never
changes, so it is compared here; who sees it and whether it runs is asked for those that have the words.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import count
from typing import NamedTuple, TypeVar

from django.db import connection
from django.db.models import F, Q, QuerySet

from campaigns.enums import Preparation, Running
from campaigns.models import Campaign, CampaignRegion
from core.kept import Among, Kept, Place
from desk.hits import Hit, Seconds, Sight, here
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
    """What is read of an entry in passing; `at` is what the stage is sorted by, in seconds since 1970."""

    pk: int
    row: int
    at: float
    head: str
    words: str


_SORTED_BY = {Stage.LIVE: "ends_at", Stage.COMING: "starts_at", Stage.EXPIRED: "ends_at"}


def _kept(stage: Stage, found: QuerySet[SearchEntry]) -> Kept:
    return Kept(found.values_list("pk", "campaign_region", Seconds(_SORTED_BY[stage]), "head", "words"))


@dataclass
class Beside:
    """Entries whose stage is not what their dates say: held past their start, or finished early."""

    sight: Sight
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
        # Queries that each follow an index are quicker than one with an OR.
        rows = _early(stage)(day=self._day(stage), since=self.since)
        if self._changing:
            rows += _changed(stage)(campaigns=self._changing, since=self.since)
        if not rows:
            return []
        read = _of_rows(stage, len(self.sight.regions))
        return list(map(Entry._make, read(rows=[pk for (pk,) in rows], now=self.now, **self.sight.places)))

    def _day(self, stage: Stage) -> date:
        days = 1 if stage is Stage.COMING else -2
        return self.now.date() + timedelta(days=days)

    @cached_property
    def _changing(self) -> list[int]:
        return [pk for (pk,) in _changing()()]


def _rows(stage: Stage) -> QuerySet[CampaignRegion]:
    rows = CampaignRegion.objects.order_by()
    if stage is Stage.COMING:
        return rows.filter(running=Running.WAITING)
    return rows.filter(running=Running.FINISHED, ended_at__gte=Place("since"))


@lru_cache
def _early(stage: Stage) -> Kept:
    """Rows that wait though their start is near, or are finished though they would still run."""
    day = Place("day")
    near = Q(starts_on__lte=day) if stage is Stage.COMING else Q(ends_on__gte=day)
    return Kept(_rows(stage).filter(near).values_list("pk"))


@lru_cache
def _changing() -> Kept:
    return Kept(Campaign.objects.filter(_CHANGING).order_by().values_list("pk"))


@lru_cache
def _changed(stage: Stage) -> Kept:
    return Kept(_rows(stage).filter(Among("campaign", "campaigns")).values_list("pk"))


@lru_cache
def _of_rows(stage: Stage, regions: int) -> Kept:
    period = Q(ends_at__gt=Place("now"))
    if stage is Stage.COMING:
        period &= Q(starts_at__lte=Place("now"))
    found = SearchEntry.objects.filter(period, Among("campaign_region", "rows"), region__in=here(regions))
    return _kept(stage, found)


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
        return [hit for hit in self.sight.hits(ids) if hit.stage(self.now.timestamp()) is self.stage]

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
        read = _ordered(self.stage, len(self.sight.regions), at, size)
        found = read(now=self.now, since=self.beside.since, **self.sight.places)
        self._read.append(list(map(Entry._make, found)))

    def _key(self, entry: Entry) -> tuple[float, int]:
        """What comes later on the way has no place before this."""
        return (-entry.at, -entry.row) if self.stage is Stage.EXPIRED else (entry.at, entry.row)


# For each stage a query per step, up to the last that anybody goes.
@lru_cache(maxsize=512)
def _ordered(stage: Stage, regions: int, at: int, size: int) -> Kept:
    """Entries of which nearly all are of the stage, those that can come first in front."""
    found, now = _of_regions(regions), Place("now")
    if stage is Stage.LIVE:
        found = found.filter(ends_at__gt=now).order_by("ends_at", "campaign_region")
    elif stage is Stage.COMING:
        found = found.filter(starts_at__gt=now).order_by("starts_at", "campaign_region")
    else:
        found = found.filter(ends_at__lte=now, ends_at__gte=Place("since"))
        found = found.order_by("-ends_at", "-campaign_region")
    return _kept(stage, found[at : at + size])


def _of_regions(regions: int) -> QuerySet[SearchEntry]:
    if regions == 1 or connection.vendor != "sqlite":
        return SearchEntry.objects.filter(region__in=here(regions))
    # As a sum, so that SQLite does not read and sort whole regions instead of following the dates. PostgreSQL
    # knows how many entries regions have, but not how many have a sum: then it would be the one that sorts.
    return SearchEntry.objects.alias(place=F("region") + 0).filter(place__in=here(regions))
