"""How many campaigns are going on at once, by week: for target groups, regions, channels, teams and people.

A cell says the most campaigns on one day of the week; for a target group or channel, in the region where it
is most. So it passes the limit exactly where a warning stands.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Region, Team, User
from campaigns.enums import Phase
from campaigns.models import Campaign
from channels.models import Channel
from core import formats
from core.markup import joined, markup
from customers.models import TargetGroup
from dashboard.conflicts import Stretch, peaks
from dashboard.enums import Rule
from dashboard.models import LoadRules
from dashboard.portfolio.chosen import LoadChosen
from dashboard.portfolio.facts import Crew, Planned
from dashboard.portfolio.judging import stretches_of
from dashboard.portfolio.overview import filtered
from dashboard.portfolio.reading import crews, plans_of

# Rows that are shown; the busiest come first, and the rest is counted.
MOST = 60
STEPS = 5


@dataclass(frozen=True)
class Line:
    """A row of the heat map; `cells` are its weeks as HTML, since there are thousands of them."""

    pk: int
    name: str
    peak: int
    over: bool
    cells: SafeString


@dataclass
class Map:
    """The heat map with its scale; `most` is the limit (None: there is none), `peak` the highest value."""

    chosen: LoadChosen
    lines: list[Line]
    hidden: int
    most: int | None
    peak: int
    plans: list[Planned] = field(default_factory=list)
    keyed: dict[Hashable, list[Stretch]] = field(default_factory=dict)

    @property
    def scale(self) -> list[tuple[int, str]]:
        """Step and the values that it stands for, `4 – 5` or `6 and more`."""
        return list(scale(self.most, self.peak))

    @property
    def months(self) -> list[tuple[str, int]]:
        """The names of months above the weeks, each with how many weeks begin in it."""
        found: list[tuple[str, int]] = []
        locale = formats.locale(formats.language())
        for day in self.chosen.mondays:
            name = format_date(day, "LLLL" if self.chosen.weeks < 30 else "LLL", locale=locale)
            if found and found[-1][0] == name:
                found[-1] = (name, found[-1][1] + 1)
            else:
                found.append((name, 1))
        return found


def load_map(chosen: LoadChosen, user: User) -> Map:
    """The heat map as the person sees it: of campaigns that he may open."""
    found = filtered(Campaign.objects.visible_to(user), chosen, user)
    plans = plans_of(found.exclude(phase=Phase.CANCELLED), chosen.first, chosen.last)
    most = getattr(LoadRules.current(), f"{chosen.by}_most")
    keyed = _keyed(chosen, plans)
    weekly = peaks(keyed, chosen.first, chosen.weeks)
    names = _names(chosen.rule, {key[0] for key in weekly})
    busiest: dict[int, list[tuple[int, str]]] = {}
    for (what, _region, code), counts in weekly.items():
        mine = busiest.setdefault(what, [(0, "")] * chosen.weeks)
        busiest[what] = [max(old, (count, code)) for old, count in zip(mine, counts, strict=True)]
    peak = max((count for row in busiest.values() for count, _code in row), default=0)
    rows = sorted(busiest.items(), key=lambda item: (-max(item[1])[0], names.get(item[0], "").casefold()))
    rows = [(what, counts) for what, counts in rows if what in names and max(counts)[0]]
    lines = [_line(chosen, what, names[what], counts, most, peak) for what, counts in rows[:MOST]]
    return Map(chosen, lines, max(len(rows) - MOST, 0), most, peak, plans, keyed)


def _keyed(chosen: LoadChosen, plans: list[Planned]) -> dict[Hashable, list[Stretch]]:
    """Stretches by what is loaded; with a region or channel chosen, only there."""
    teams: list[Crew] = crews() if chosen.rule == Rule.TEAM else []
    found = stretches_of(chosen.rule, plans, teams)
    if chosen.region and chosen.rule in (Rule.TARGET, Rule.REGION, Rule.CHANNEL):
        found = {key: rows for key, rows in found.items() if key[1] == chosen.region}
    if chosen.channel and chosen.rule == Rule.CHANNEL:
        found = {key: rows for key, rows in found.items() if key[0] == chosen.channel}
    return found


MODELS: dict[Rule, Any] = {
    Rule.TARGET: TargetGroup,
    Rule.REGION: Region,
    Rule.CHANNEL: Channel,
    Rule.TEAM: Team,
    Rule.EXPERT: User,
    Rule.OWNER: User,
}


def _names(rule: Rule, ids: set[int]) -> dict[int, str]:
    return {one.pk: str(one) for one in MODELS[rule].objects.filter(pk__in=ids)}


Weekly = list[tuple[int, str]]


def _line(chosen: LoadChosen, what: int, name: str, counts: Weekly, most: int | None, peak: int) -> Line:
    top = max(counts)[0]
    pairs = zip(chosen.mondays, counts, strict=True)
    cells = [_cell(chosen, what, name, monday, counted, most, peak) for monday, counted in pairs]
    return Line(what, name, top, most is not None and top > most, joined(cells))


def _cell(
    chosen: LoadChosen,
    what: int,
    name: str,
    monday: date,
    counted: tuple[int, str],
    most: int | None,
    peak: int,
) -> SafeString:
    """How many, how full (0 to STEPS; STEPS is more than allowed), and where to see the campaigns."""
    count, code = counted
    if not count:
        return markup('<td class="ek-heat ek-heat--0"><span>0</span></td>')
    over = most is not None and count > most
    where = code if chosen.rule in (Rule.TARGET, Rule.CHANNEL) else ""
    opened = chosen.open == str(what) and chosen.week == monday
    return markup(
        '<td class="ek-heat ek-heat--{}"><a id="c{}-{}" href="{}" aria-label="{}" title="{}"{}>{}{}</a></td>',
        step_of(count, most, peak),
        what,
        monday,
        chosen.url(open=what, week=monday),
        label := _label(name, monday, count, where, over=over),
        label,
        CURRENT if opened else NOTHING,
        count,
        OVER if over else NOTHING,
    )


CURRENT, NOTHING = SafeString(' aria-current="true"'), SafeString("")
OVER = SafeString('<i class="bi bi-exclamation-triangle-fill" aria-hidden="true"></i>')


def _label(name: str, monday: date, count: int, where: str, *, over: bool) -> str:
    """A cell read aloud."""
    params = {"name": name, "week": monday.isocalendar().week, "number": count, "region": where}
    if where:
        text = ngettext(
            "%(name)s, week %(week)s: %(number)s campaign in %(region)s",
            "%(name)s, week %(week)s: %(number)s campaigns at once in %(region)s",
            count,
        )
    else:
        text = ngettext(
            "%(name)s, week %(week)s: %(number)s campaign",
            "%(name)s, week %(week)s: %(number)s campaigns at once",
            count,
        )
    said = text % params
    return _("%(cell)s, more than allowed") % {"cell": said} if over else said


def _bounds(most: int | None, peak: int) -> list[int]:
    """The highest value of each step from 1 on; the last but one is the limit, or the peak without one."""
    top = most or max(peak, 1)
    return [max(round(top * step / (STEPS - 1)), 1) for step in range(1, STEPS)]


def step_of(count: int, most: int | None, peak: int) -> int:
    """0 for nothing, STEPS for more than allowed, else how full."""
    if not count:
        return 0
    return next((step for step, bound in enumerate(_bounds(most, peak), 1) if count <= bound), STEPS)


def scale(most: int | None, peak: int) -> Iterator[tuple[int, str]]:
    """What each step stands for; steps that no whole number has are left out."""
    yield 0, "0"
    low = 1
    for step, bound in enumerate(_bounds(most, peak), 1):
        if bound >= low:
            yield step, str(low) if bound == low else f"{low}–{bound}"
            low = bound + 1
    if most is not None:
        yield STEPS, _("%(number)s and more") % {"number": most + 1}


def behind(found: Map) -> list[tuple[Planned, list[str]]]:
    """The campaigns behind the open cell, each with its regions there, the earliest first."""
    chosen = found.chosen
    if not (chosen.open and chosen.week):
        return []
    last = chosen.week + timedelta(days=6)
    regions: dict[int, set[str]] = defaultdict(set)
    for (what, _region, code), stretches in found.keyed.items():
        if str(what) == chosen.open:
            for one in stretches:
                if one.first <= last and one.last >= chosen.week:
                    regions[one.who].add(code)
    inside: Iterable[Planned] = (plan for plan in found.plans if plan.pk in regions)
    return [(plan, sorted(code for code in regions[plan.pk] if code)) for plan in inside]
