"""Hits of a search: entries that the person may see, each with its stage and its place in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, F, Field, Func, OuterRef, Q, QuerySet

from accounts.models import Region, User
from accounts.rights import PLANNERS
from briefings.models import InboxItem
from campaigns.enums import Running
from campaigns.querysets import IDLE
from core.kept import Among, Kept, Place, Several
from desk.models import SearchEntry
from desk.offers import Stage


class Seconds(Func):
    """A moment in seconds since 1970, to sort by: PostgreSQL's moments take long to become Python's."""

    # Of no kind that Django would look at each value for.
    output_field = Field()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """As PostgreSQL says it."""
        return self.as_sql(compiler, connection, template="date_part('epoch', %(expressions)s)")

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """Of `2026-10-31 23:00:00.170019`, as it is kept there: to the second, and the rest."""
        template = "strftime('%%%%s', %(expressions)s) + substr(%(expressions)s, 20)"
        return self.as_sql(compiler, connection, template=template)


_STATE = (
    "campaign_region__running",
    *map(Seconds, ("starts_at", "ends_at", "campaign_region__ended_at")),
)
_HIT = ("pk", "campaign_region", "release", *_STATE, "head")


class Hit(NamedTuple):
    """An entry that was found: where, by which release, and what its stage and its place follow from.

    Moments are seconds since 1970.
    """

    entry: int
    row: int
    release: int
    running: str
    starts_at: float
    ends_at: float
    ended_at: float | None
    head: str

    @property
    def last(self) -> float:
        """The end that counts: earlier than planned when somebody finished it."""
        return min(self.ends_at, self.ended_at or self.ends_at)

    def stage(self, now: float) -> Stage | None:
        """By the release's own period and the state of this moment; None if it never started and is over."""
        over = self.ends_at <= now
        if self.running == Running.WAITING:
            return None if over else Stage.COMING
        return Stage.EXPIRED if self.running == Running.FINISHED or over else Stage.LIVE

    def when(self, stage: Stage) -> tuple[float, int]:
        """Sorts within a stage: soonest end, soonest start, latest end."""
        if stage is Stage.EXPIRED:
            return -self.last, -self.row
        return self.ends_at if stage is Stage.LIVE else self.starts_at, self.row


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
            planned = self._planned
            seen = _seen(len(self.regions), planned is None)
            found = map(Hit._make, seen(ids=new, user=self.user.pk, planned=planned, **self.places))
            self._known |= dict.fromkeys(new) | {hit.entry: hit for hit in found}
        return [hit for pk in ids if (hit := self._known[pk])]

    def unchecked(self, ids: Sequence[int]) -> list[Hit]:
        """These entries as far as they are of the regions, for their order alone: whoever may see them."""
        return list(map(Hit._make, _unchecked(len(self.regions))(ids=ids, **self.places)))

    def texts(self, ids: Sequence[int]) -> list[tuple[int, str]]:
        """The words of these entries as far as they are of the regions, by id; whoever may see them."""
        return _texts(len(self.regions))(ids=ids, **self.places)

    @cached_property
    def places(self) -> dict[str, int]:
        """The regions, for kept queries about entries `here`."""
        return {_place(number): region.pk for number, region in enumerate(self.regions)}

    @cached_property
    def _planned(self) -> list[int] | None:
        planned = self.user.rights.regions(*PLANNERS)
        return None if planned is None else list(planned)


def here(regions: int) -> Several:
    """Places for so many regions in a kept query (`region__in`)."""
    return Several(*map(_place, range(regions)))


def _place(number: int) -> str:
    return f"region{number}"


def _entries(regions: int) -> QuerySet[SearchEntry]:
    return SearchEntry.objects.filter(Among("pk", "ids"), region__in=here(regions)).order_by()


@lru_cache
def _texts(regions: int) -> Kept:
    return Kept(_entries(regions).values_list("pk", "words"))


@lru_cache
def _unchecked(regions: int) -> Kept:
    return Kept(_entries(regions).values_list(*_HIT))


@lru_cache
def _seen(regions: int, plans_everywhere: bool) -> Kept:
    entries = _entries(regions).values_list(*_HIT)
    inbox = InboxItem.objects.filter(user=Place("user")).current()
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
    plans = Q(release=F(f"{row}campaign__release"))
    if plans_everywhere:
        return Kept(entries.filter(his, running | coming & plans))
    told = inbox.filter(
        version__briefing__campaign_region=OuterRef("campaign_region"), version__release=OuterRef("release")
    )
    known = plans & Q(Among("region", "planned")) | Q(Exists(told))
    return Kept(entries.filter(his, running | coming & known))
