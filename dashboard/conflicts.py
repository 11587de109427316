"""What gets in each other's way, and how much is going on at once: for the calendar and the portfolio alike.

The one place that decides it: two campaigns that reach the same target group in the same region on the same
day, with flights also on the same channel, for more days than the limits allow (dashboard.models.LoadRules).
`meetings`, `clashes`, `peaks` and `load` look only at what they are given.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import Phase
from core import formats
from dashboard.calendar.rows import CAMPAIGN, Entry

OVER = (Phase.CANCELLED, Phase.EVALUATED, Phase.FINISHED)
WEEK = 7


class Stretch(NamedTuple):
    """Days, both included, of something that belongs to the campaign `who` (an id)."""

    first: date
    last: date
    who: int
    item: Any


class Meeting(NamedTuple):
    """Two stretches of different campaigns that share days; `later` begins later."""

    key: Hashable
    earlier: Stretch
    later: Stretch
    first: date
    last: date


class Clash(NamedTuple):
    """Something else that reaches the same people on the same days."""

    entry: Entry
    other: Entry
    target_id: int
    code: str
    first: date
    last: date


def meetings(stretches: Mapping[Hashable, list[Stretch]], shared: int = 0) -> Iterator[Meeting]:
    """Every pair below the same key that shares more than `shared` days."""
    for key, found in stretches.items():
        running: list[Stretch] = []
        for one in sorted(found, key=lambda one: (one.first, one.who, one.last)):
            running = [other for other in running if other.last >= one.first]
            for other in running:
                last = min(one.last, other.last)
                if other.who != one.who and (last - one.first).days >= shared:
                    yield Meeting(key, other, one, one.first, last)
            running.append(one)


def clashes(entries: Iterable[Entry], shared: int | None = 0) -> dict[str, list[Clash]]:
    """For each entry (by key) what it meets, at most once per other entry; nothing without a limit."""
    if shared is None:
        return {}
    found: dict[str, dict[str, Clash]] = defaultdict(dict)
    for key, earlier, later, first, last in meetings(_by_people(entries), shared):
        target, code, _channel = key
        for mine, theirs in ((later.item, earlier.item), (earlier.item, later.item)):
            found[mine.key].setdefault(theirs.key, Clash(mine, theirs, target, code, first, last))
    return {key: list(others.values()) for key, others in found.items()}


def _by_people(entries: Iterable[Entry]) -> dict[tuple[int, str, int], list[Stretch]]:
    """Stretches of days by target group, region and (for flights) channel."""
    found: dict[tuple[int, str, int], list[Stretch]] = defaultdict(list)
    for entry in entries:
        if entry.phase in OVER:
            continue
        channel = entry.channel.pk if entry.channel else 0
        who = _campaign_of(entry).pk
        for where in entry.regions:
            first, last = max(entry.first, where.first), min(entry.last, where.last)
            if first <= last:
                for target in entry.targets:
                    found[target, where.code, channel].append(Stretch(first, last, who, entry))
    return found


def _campaign_of(entry: Entry) -> Entry:
    return entry.campaign or entry


def mark(entries: Iterable[Entry], shared: int | None = 0) -> int:
    """Write on each entry what it clashes with, in short; how many entries do.

    A flight clashes on its own. A campaign with flights clashes by them; without any by its own days.
    """
    entries = list(entries)
    flights = [entry for entry in entries if entry.kind != CAMPAIGN]
    bare = [entry for entry in entries if entry.kind == CAMPAIGN and not entry.flights]
    found = clashes(flights, shared) | clashes(bare, shared)
    for entry in entries:
        met = [clash for part in entry.flights for clash in found.get(part.key, [])]
        met = met or found.get(entry.key, [])
        entry.clash = words(met)
    return sum(bool(entry.clash) for entry in entries)


def words(met: list[Clash]) -> str:
    """`Same people as Winter in AT, 21 Sept – 26 Sept`, and how many others; empty without any."""
    if not met:
        return ""
    nearest = min(met, key=lambda clash: (clash.first, clash.other.kind, clash.other.pk))
    params = {
        "campaign": _campaign_of(nearest.other).name,
        "region": nearest.code,
        "days": formats.date_range(nearest.first, nearest.last),
    }
    more = len({_campaign_of(clash.other).pk for clash in met}) - 1
    if not more:
        return _("Reaches the same people as “%(campaign)s” in %(region)s, %(days)s") % params
    text = ngettext(
        "Reaches the same people as “%(campaign)s” in %(region)s, %(days)s, and as %(more)s other campaign",
        "Reaches the same people as “%(campaign)s” in %(region)s, %(days)s, and as %(more)s other campaigns",
        more,
    )
    return text % (params | {"more": more})


def peaks(
    stretches: Mapping[Hashable, Iterable[Stretch]], first: date, weeks: int
) -> dict[Hashable, list[int]]:
    """For each key and each week from `first` on: the most campaigns on one day. A campaign counts once."""
    return {key: _peaks(found, first, weeks) for key, found in stretches.items()}


def _peaks(stretches: Iterable[Stretch], first: date, weeks: int) -> list[int]:
    days = weeks * WEEK
    changes = [0] * (days + 1)
    for one in merged(stretches):
        at, until = max((one.first - first).days, 0), min((one.last - first).days, days - 1)
        if at <= until:
            changes[at] += 1
            changes[until + 1] -= 1
    at_once = list(accumulate(changes))
    return [max(at_once[week * WEEK : (week + 1) * WEEK]) for week in range(weeks)]


def merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The days of each campaign, stretches of it that share days as one."""
    by_campaign: dict[int, list[Stretch]] = defaultdict(list)
    for one in stretches:
        by_campaign[one.who].append(one)
    for found in by_campaign.values():
        found.sort(key=lambda one: (one.first, one.last))
        now = found[0]
        for one in found[1:]:
            if one.first > now.last:
                yield now
                now = one
            elif one.last > now.last:
                now = now._replace(last=one.last)
        yield now


def load(campaigns: Iterable[Entry], first: date, weeks: int) -> list[int]:
    """For each week from `first` on: the most campaigns at once for one target group in one region."""
    found: dict[Hashable, list[Stretch]] = defaultdict(list)
    for campaign in campaigns:
        if campaign.phase != Phase.CANCELLED:
            for where in campaign.regions:
                for target in campaign.targets:
                    found[target, where.code].append(Stretch(where.first, where.last, campaign.pk, campaign))
    by_week = zip(*peaks(found, first, weeks).values(), strict=True)
    return [max(counts) for counts in by_week] or [0] * weeks
