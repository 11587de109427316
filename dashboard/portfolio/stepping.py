"""What a warning suggests: a window that is really free, a longer run, somebody with room.

Pure as the judging: it looks only at the facts and limits that it is given.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
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

    def others(self, plan: Planned) -> list[Planned]:
        """All campaigns but this one."""
        return [one for one in self.plans if one.pk != plan.pk]


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
    for plan in (warned.subject, *sorted(warned.others, key=lambda one: one.order, reverse=True)):
        if plan.movable and plan.first > world.today:
            days = free_in(plan, world)
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


Own = tuple[date, date]


def _needed(own: Own, block: Block, days: int) -> int:
    """How far to go on from `days` until this block is behind."""
    first, last = own[0] + days * DAY, own[1] + days * DAY
    common = (min(last, block.last) - max(first, block.first)).days + 1
    if common <= block.shared:
        return days
    return max((block.last - own[0]).days + 1 - block.shared, days + 1)


def _blocks(plan: Planned, world: World) -> Iterator[tuple[Own, Block]]:
    """The stretches of the campaign, each with the days that stand against it later on."""
    until = plan.last + (HORIZON + 1) * DAY
    others = [one for one in world.others(plan) if one.first <= until and one.last > plan.first]
    for rule in CROWDS:
        most = limit_of(rule, world.limits)
        if most is not None:
            mine = stretches_of(rule, [plan], world.crews)
            yield from _against(mine, stretches_of(rule, others, world.crews), most)
    if world.limits.shared_days is not None:
        mine, theirs = people_of([plan]), people_of(others)
        for key in mine:
            blocks = [Block(one.first, one.last, world.limits.shared_days) for one in theirs.get(key, [])]
            yield from ((own[:2], block) for own in mine[key] for block in blocks)
    if world.limits.same_offer:
        yield from _contradictions(plan, others)


def _against(mine: Keyed, theirs: Keyed, most: int) -> Iterator[tuple[Own, Block]]:
    for key, own in mine.items():
        blocks = list(full_days(theirs.get(key, []), most))
        yield from ((one[:2], block) for one in own for block in blocks)


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
    busy = stretches_of(warned.rule, world.others(plan), world.crews)
    best: tuple[int, int, int, int] | None = None
    for channel, person, first, last in _candidates(warned, world):
        count = at_once(busy.get((person, 0, ""), []), first, last)
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
