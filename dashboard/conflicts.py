"""What gets in each other's way on the calendar, and how much is going on at once.

The one place that decides it: two campaigns that reach the same target group in the same region on the same
day; for flights also on the same channel. `clashes` and `load` look only at what they are given.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import Phase
from core import formats
from dashboard.calendar.rows import CAMPAIGN, Entry

OVER = (Phase.CANCELLED, Phase.EVALUATED, Phase.FINISHED)
# So many campaigns at once for one target group in one region are usual.
USUAL = 3


class Clash(NamedTuple):
    """Something else that reaches the same people on the same days."""

    entry: Entry
    other: Entry
    target_id: int
    code: str
    first: date
    last: date


class _Stretch(NamedTuple):
    first: date
    last: date
    entry: Entry


def clashes(entries: Iterable[Entry]) -> dict[str, list[Clash]]:
    """For each entry (by key) what it meets, at most once per other entry."""
    found: dict[str, dict[str, Clash]] = defaultdict(dict)
    for (target, code, _channel), stretches in _by_people(entries).items():
        stretches.sort(key=lambda one: (one.first, one.last, one.entry.pk))
        running: list[_Stretch] = []
        for one in stretches:
            running = [other for other in running if other.last >= one.first]
            for other in running:
                if _campaign_of(one.entry) is not _campaign_of(other.entry):
                    _note(found, one, other, target, code)
            running.append(one)
    return {key: list(others.values()) for key, others in found.items()}


def _by_people(entries: Iterable[Entry]) -> dict[tuple[int, str, int], list[_Stretch]]:
    """Stretches of days by target group, region and (for flights) channel."""
    found: dict[tuple[int, str, int], list[_Stretch]] = defaultdict(list)
    for entry in entries:
        if entry.phase in OVER:
            continue
        channel = entry.channel.pk if entry.channel else 0
        for where in entry.regions:
            first, last = max(entry.first, where.first), min(entry.last, where.last)
            if first <= last:
                for target in entry.targets:
                    found[target, where.code, channel].append(_Stretch(first, last, entry))
    return found


def _campaign_of(entry: Entry) -> Entry:
    return entry.campaign or entry


def _note(found: dict[str, dict[str, Clash]], one: _Stretch, other: _Stretch, target: int, code: str) -> None:
    first, last = max(one.first, other.first), min(one.last, other.last)
    for mine, theirs in ((one.entry, other.entry), (other.entry, one.entry)):
        found[mine.key].setdefault(theirs.key, Clash(mine, theirs, target, code, first, last))


def mark(entries: Iterable[Entry]) -> int:
    """Write on each entry what it clashes with, in short; how many entries do.

    A flight clashes on its own. A campaign with flights clashes by them; without any by its own days.
    """
    entries = list(entries)
    flights = [entry for entry in entries if entry.kind != CAMPAIGN]
    bare = [entry for entry in entries if entry.kind == CAMPAIGN and not entry.flights]
    found = clashes(flights) | clashes(bare)
    for entry in entries:
        met = [clash for part in entry.flights for clash in found.get(part.key, [])]
        met = met or found.get(entry.key, [])
        entry.clash = words(met)
    return sum(bool(entry.clash) for entry in entries)


def words(met: list[Clash]) -> str:
    """`Same people as Winter in AT, 21 Sept – 26 Sept`, and how many others; empty without any."""
    if not met:
        return ""
    nearest = min(met, key=lambda clash: (clash.first, clash.other.key))
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


def load(campaigns: Iterable[Entry], first: date, weeks: int) -> list[int]:
    """For each week from `first` on: the most campaigns at once for one target group in one region."""
    counts: list[dict[tuple[int, str], int]] = [defaultdict(int) for _week in range(weeks)]
    for campaign in campaigns:
        if campaign.phase in (Phase.CANCELLED,):
            continue
        for where in campaign.regions:
            begin = max((where.first - first) // timedelta(days=7), 0)
            end = min((where.last - first) // timedelta(days=7), weeks - 1)
            for week in range(begin, end + 1):
                for target in campaign.targets:
                    counts[week][target, where.code] += 1
    return [max(found.values(), default=0) for found in counts]
