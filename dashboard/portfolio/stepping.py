"""What a warning suggests: a window that is really free, a longer run, somebody with room.

Pure as the judging: it looks only at the facts and limits that it is given.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import NamedTuple

from dashboard.conflicts import Stretch, merged, peaks
from dashboard.enums import Rule, StepKind
from dashboard.portfolio.facts import DAY, Crew, Limits, Planned
from dashboard.portfolio.judging import (
    CROWDS,
    Keyed,
    Warned,
    difference,
    limit_of,
    people_of,
    product_key,
    stretches_of,
)

# How far ahead a free window is looked for.
HORIZON = 182
# So many campaigns of a warning are tried to be moved, before it is left to people.
TRIED = 3


class Step(NamedTuple):
    """A suggestion: what to do with which campaign; days and people where they belong to it."""

    kind: StepKind
    plan: Planned
    first: date | None = None
    last: date | None = None
    days: int = 0
    other: Planned | None = None
    channel: int = 0
    person: int = 0
    count: int = 0


Own = tuple[date, date]


class Block(NamedTuple):
    """Days on which a stretch of the campaign must not lie; up to `shared` of them it may."""

    first: date
    last: date
    shared: int


class Room(NamedTuple):
    """Who may take something over: people by channel (or 0 for owners), for (user, regions or None)."""

    experts: dict[int, list[tuple[int, frozenset[int] | None]]]
    owners: dict[int, list[int]]


NOBODY = Room({}, {})


@dataclass
class World:
    """Everything that suggestions look at."""

    plans: Sequence[Planned]
    limits: Limits
    crews: Sequence[Crew]
    today: date
    room: Room = NOBODY

    @cached_property
    def loads(self) -> dict[Rule, Keyed]:
        """What all campaigns load, by rule; put together once for all suggestions."""
        return {
            rule: stretches_of(rule, self.plans, self.crews)
            for rule in CROWDS
            if limit_of(rule, self.limits) is not None
        }

    def full_without(
        self, rule: Rule, key: Hashable, stretches: list[Stretch], most: int, mine: list[Own]
    ) -> Iterator[Block]:
        """Days on which there are `most` others: on one's own days that is one more than the others alone."""
        if (rule, key) not in self._full:
            found = list(full_days(stretches, most)), list(full_days(stretches, most + 1))
            self._full[rule, key] = found
        full, fuller = self._full[rule, key]
        for block in full:
            yield from _outside(block, mine)
        for block in fuller:
            yield from _inside(block, mine)

    @cached_property
    def _full(self) -> dict[tuple[Rule, Hashable], tuple[list[Block], list[Block]]]:
        return {}

    @cached_property
    def windows(self) -> dict[int, int | None]:
        """In how many days a campaign could start, as far as it has been asked for."""
        return {}

    @cached_property
    def people(self) -> Keyed:
        """Whom all campaigns reach where."""
        return people_of(self.plans)

    @cached_property
    def offering(self) -> list[Planned]:
        """Campaigns with an offer that can be compared."""
        return [plan for plan in self.plans if plan.offers]


def _outside(block: Block, mine: list[Own]) -> Iterator[Block]:
    """What is left of the days without those of one's own, which are sorted."""
    first = block.first
    for begin, end in mine:
        if end >= first and begin <= block.last:
            if begin > first:
                yield Block(first, begin - DAY, block.shared)
            first = max(first, end + DAY)
    if first <= block.last:
        yield Block(first, block.last, block.shared)


def _inside(block: Block, mine: list[Own]) -> Iterator[Block]:
    """The days that are one's own, too."""
    for begin, end in mine:
        if end >= block.first and begin <= block.last:
            yield Block(max(block.first, begin), min(block.last, end), block.shared)


def without(stretches: Iterable[Stretch], plan: Planned) -> list[Stretch]:
    """Those of other campaigns."""
    return [one for one in stretches if one.who != plan.pk]


def steps_for(warned: Warned, world: World) -> list[Step]:
    """What could be done, the best first, at most two; never nothing."""
    found = list(_steps(warned, world))[:2]
    return found or [Step(StepKind.TALK, warned.subject, other=next(iter(warned.others), None))]


def _steps(warned: Warned, world: World) -> Iterator[Step]:
    if warned.rule == Rule.SHORT:
        yield from _longer(warned)
        return
    if warned.rule == Rule.OFFER:
        yield Step(StepKind.AGREE, warned.subject, other=warned.others[0])
    if warned.rule in (Rule.EXPERT, Rule.OWNER):
        yield from _handed_over(warned, world)
    moved = next(_moved(warned, world), None)
    if moved:
        yield moved
    if warned.rule in (Rule.TARGET, Rule.OVERLAP):
        yield from _joined(warned)


def _longer(warned: Warned) -> Iterator[Step]:
    """As long as the limit says; regions that end with the campaign follow its last day."""
    plan = warned.subject
    if not plan.movable:
        return
    following = [spot for spot in warned.spots if spot.last == plan.last]
    last = max((spot.first + (warned.most - 1) * DAY for spot in following), default=plan.last)
    if last > plan.last:
        yield Step(StepKind.LENGTHEN, plan, plan.first, last, warned.most)


def _joined(warned: Warned) -> Iterator[Step]:
    """With a campaign that serves the same goal: fewer and longer."""
    for other in warned.others:
        if other.goal and other.goal == warned.subject.goal:
            yield Step(StepKind.JOIN, warned.subject, other=other)
            return


# --- a free window ----------------------------------------------------------------------------------------


def _moved(warned: Warned, world: World) -> Iterator[Step]:
    """The subject, else the latest of the others that may still be moved, to where nothing is in its way."""
    later_first = sorted(warned.others, key=lambda one: one.order, reverse=True)
    candidates = [one for one in (warned.subject, *later_first) if one.movable and one.first > world.today]
    for plan in candidates[:TRIED]:
        if plan.pk not in world.windows:
            world.windows[plan.pk] = free_in(plan, world)
        days = world.windows[plan.pk]
        if days:
            yield Step(StepKind.MOVE, plan, *plan.shifted(days), days)


def free_in(plan: Planned, world: World) -> int | None:
    """In how many days the campaign could start so that no limit is passed by it; None within HORIZON."""
    pairs = list(_blocks(plan, world))
    days = 1
    while days <= HORIZON:
        further = max((_needed(own, block, days) for own, block in pairs), default=days)
        if further == days:
            return days
        days = further
    return None


def _needed(own: Own, block: Block, days: int) -> int:
    """How far to go on from `days` until this block is behind."""
    first, last = own[0] + days * DAY, own[1] + days * DAY
    common = (min(last, block.last) - max(first, block.first)).days + 1
    if common <= block.shared:
        return days
    return max((block.last - own[0]).days + 1 - block.shared, days + 1)


def _blocks(plan: Planned, world: World) -> Iterator[tuple[Own, Block]]:
    """The stretches of the campaign, each with the days that stand against it later on."""
    for rule, theirs in world.loads.items():
        most = limit_of(rule, world.limits) or 0
        for key, own in stretches_of(rule, [plan], world.crews).items():
            mine = [one[:2] for one in merged(own)]
            full = list(world.full_without(rule, key, theirs.get(key, []), most, mine))
            yield from ((days, block) for days in mine for block in full)
    shared = world.limits.shared_days
    if shared is not None:
        for key, own in people_of([plan]).items():
            met = [Block(*one[:2], shared) for one in without(world.people.get(key, ()), plan)]
            yield from ((one[:2], block) for one in own for block in met)
    if world.limits.same_offer and plan.offers:
        yield from _contradictions(plan, [one for one in world.offering if one.pk != plan.pk])


def full_days(stretches: Iterable[Stretch], most: int) -> Iterator[Block]:
    """Runs of days on which there are `most` campaigns already."""
    changes: dict[date, int] = {}
    for one in merged(stretches):
        changes[one.first] = changes.get(one.first, 0) + 1
        changes[one.last + DAY] = changes.get(one.last + DAY, 0) - 1
    count, since = 0, None
    for day in sorted(changes):
        count += changes[day]
        if count >= most and since is None:
            since = day
        elif count < most and since is not None:
            yield Block(since, day - DAY, 0)
            since = None


def _contradictions(plan: Planned, others: Iterable[Planned]) -> Iterator[tuple[Own, Block]]:
    stays = {stay.region: stay for stay in plan.stays}
    for other in others:
        for theirs in other.offers:
            for mine in plan.offers:
                same = mine.region == theirs.region and product_key(mine.product) == product_key(
                    theirs.product
                )
                if same and mine.region in stays and difference(mine.terms, theirs.terms):
                    there = next((one for one in other.stays if one.region == mine.region), None)
                    stay = stays[mine.region]
                    if there:
                        yield (stay.first, stay.last), Block(there.first, there.last, 0)


# --- somebody with room -----------------------------------------------------------------------------------


def _handed_over(warned: Warned, world: World) -> Iterator[Step]:
    """To whoever has the fewest campaigns in these days and room for one more."""
    plan = warned.subject
    most = limit_of(warned.rule, world.limits) or 0
    busy = world.loads.get(warned.rule, {})
    best: tuple[int, int, int, int] | None = None
    for channel, person, first, last in _candidates(warned, world):
        count = at_once(without(busy.get((person, 0, ""), ()), plan), first, last)
        if count < most:
            mine = (count, channel, person, count + 1)
            best = mine if best is None else min(best, mine)
    if best and plan.movable:
        yield Step(StepKind.HAND_OVER, plan, channel=best[1], person=best[2], count=best[3])


def _candidates(warned: Warned, world: World) -> Iterator[tuple[int, int, date, date]]:
    """Channel (0: the whole campaign), person and the days that he would take over."""
    plan, person = warned.subject, warned.main.what
    if warned.rule == Rule.OWNER:
        for other in world.room.owners.get(plan.owner, []):
            yield 0, other, plan.first, plan.last
        return
    regions = {stay.region for stay in plan.stays}
    for booking in plan.bookings:
        if booking.user != person:
            continue
        for other, where in world.room.experts.get(booking.channel, []):
            if other != person and (where is None or regions <= where):
                yield booking.channel, other, booking.first, booking.last


def at_once(stretches: Iterable[Stretch], first: date, last: date) -> int:
    """The most campaigns on one day between two days."""
    inside = [one for one in stretches if one.first <= last and one.last >= first]
    weeks = (last - first).days // 7 + 1
    clipped = [one._replace(last=min(one.last, last)) for one in inside]
    return max(peaks({0: clipped}, first, weeks)[0]) if inside else 0


def horizon(last: date) -> date:
    """Until when campaigns have to be known for a window after a campaign that ends on `last`."""
    return last + timedelta(days=HORIZON + 1)
