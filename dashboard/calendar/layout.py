"""Where bars stand: in which week, from which day, in which lane. No HTML, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil
from typing import NamedTuple

from dashboard.calendar.rows import CAMPAIGN, Entry

# Lanes that a week of the grid has; what does not fit stands in the list below it.
WEEK_LANES = 8
ROW_LANES = 40
# 24 pixels, the smallest target of WCAG 2.2, of the width that a phone has for a row; in views of up to a
# month every bar is as wide as that.
TOUCH_SHARE, LONGEST_MONTH = 0.08, 31


class Piece(NamedTuple):
    """A bar, or the part of it in one week. `start` counts days from 1; cut sides go on elsewhere."""

    entry: Entry
    first: date
    last: date
    start: int
    days: int
    lane: int
    cut_left: bool
    cut_right: bool
    movable: bool
    text: str


@dataclass
class Week:
    """A week of the grid. `hidden` entries have no lane left."""

    monday: date
    pieces: list[Piece]
    hidden: int


class Span(NamedTuple):
    """What is to be drawn: an entry, with other days or another text where a row says so."""

    entry: Entry
    first: date
    last: date
    movable: bool
    text: str


def span(entry: Entry) -> Span:
    """The entry as it is."""
    return Span(entry, entry.first, entry.last, entry.movable, entry.name)


def placed(spans: Iterable[Span], first: date, last: date, lanes: int) -> tuple[list[Piece], int]:
    """Bars between two days, each in the first lane that is free; and how many found none.

    In the given order of starts; those that begin on the same day keep their order.
    """
    pieces, hidden = [], 0
    taken: list[date] = []
    inside = [one for one in spans if one.first <= last and one.last >= first]
    dot = _days_of_a_dot(first, last)
    for one in sorted(inside, key=lambda item: max(item.first, first)):
        begin, end = max(one.first, first), min(one.last, last)
        is_dot = end - begin < dot
        before = begin - dot / 2 if is_dot else begin
        lane = next((at for at, until in enumerate(taken) if until < before), len(taken))
        if lane == lanes:
            hidden += 1
            continue
        taken[lane : lane + 1] = [begin + dot if is_dot else end]
        pieces.append(_piece(one, first, begin, end, lane + 1))
    return pieces, hidden


def _days_of_a_dot(first: date, last: date) -> timedelta:
    """Days for which the smallest bar keeps its lane to itself, so that a finger meets one and not two."""
    days = (last - first).days + 1
    return timedelta(days=ceil(days * TOUCH_SHARE) if days > LONGEST_MONTH else 0)


def _piece(one: Span, first: date, begin: date, end: date, lane: int) -> Piece:
    return Piece(
        one.entry,
        one.first,
        one.last,
        (begin - first).days + 1,
        (end - begin).days + 1,
        lane,
        begin > one.first,
        end < one.last,
        one.movable,
        one.text,
    )


def weeks(entries: Iterable[Entry], first: date, last: date) -> list[Week]:
    """The grid from a Monday to a Sunday: campaigns above their flights, longer ones above shorter ones."""
    spans = [
        span(entry)._replace(text=entry.label)
        for entry in sorted(entries, key=lambda one: (one.kind != CAMPAIGN, one.first, -one.last.toordinal()))
    ]
    found = []
    for at in range(0, (last - first).days + 1, 7):
        day = first + timedelta(days=at)
        found.append(Week(day, *placed(spans, day, day + timedelta(days=6), WEEK_LANES)))
    return found


def lanes_of(pieces: Sequence[Piece]) -> int:
    """How many lanes are taken, at least one."""
    return max((piece.lane for piece in pieces), default=1)
