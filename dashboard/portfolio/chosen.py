"""What the pages of the portfolio show, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import NamedTuple, Self
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns.enums import Phase
from dashboard.calendar.chosen import EARLIEST, LATEST, MINE, _date, _number, monday
from dashboard.enums import Rule

SPANS = (1, 2, 4)
WITHOUT = "none"
MONTHS = 3
WEEKS = (13, 26, 52)
# What the load is counted by, in the order of the page.
LOADED = (Rule.TARGET, Rule.REGION, Rule.CHANNEL, Rule.TEAM, Rule.EXPERT, Rule.OWNER)


class Quarter(NamedTuple):
    """A quarter of a year; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter in which the day lies."""
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @classmethod
    def read(cls, text: str) -> "Quarter | None":
        """From `2026-4`; None for anything else."""
        year, _dash, number = text.partition("-")
        plain = year.isascii() and year.isdecimal() and len(year) == 4
        if plain and EARLIEST.year <= int(year) < LATEST.year and number in ("1", "2", "3", "4"):
            return cls(int(year), int(number))
        return None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * MONTHS + 1, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.plus(1).first - timedelta(days=1)

    def plus(self, quarters: int) -> "Quarter":
        """So many quarters later."""
        at = self.year * 4 + self.number - 1 + quarters
        return Quarter(at // 4, at % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-{self.number}"


def quarter_words(quarter: Quarter) -> str:
    """`Q4 2026`."""
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}


@dataclass(frozen=True)
class Filtered:
    """What all pages of the portfolio share. What the address says wrongly is left out, never an error."""

    today: date
    region: int | None = None
    channel: int | None = None
    state: str = ""
    owner: str = ""

    @staticmethod
    def shared(query: Mapping[str, str]) -> dict[str, object]:
        """The filters of an address."""
        owner = query.get("owner", "")
        return {
            "region": _number(query.get("region", "")),
            "channel": _number(query.get("channel", "")),
            "state": query.get("state", "") if query.get("state") in Phase.values else "",
            "owner": owner if owner == MINE or _number(owner) else "",
        }

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        names = ("region", "channel", "state", "owner")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name)}

    def query(self, **changes: object) -> str:
        """The address behind the question mark for this, with changes; a default is not named."""
        changed, found = replace(self, **changes), {}
        for item in fields(self):
            value = getattr(changed, item.name)
            if item.name != "today" and value and value != item.default:
                found[item.name] = str(value)
        return urlencode(found)

    def address(self, name: str, **changes: object) -> str:
        """The address of a page with this, with changes."""
        query = self.query(**changes)
        return reverse(name) + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Chosen(Filtered):
    """The portfolio: so many quarters from one on; `goal` is one of them, or WITHOUT."""

    start: Quarter | None = None
    quarters: int = SPANS[-1]
    goal: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str], today: date) -> Self:
        """Read the part of an address behind the question mark."""
        quarters, goal = _number(query.get("quarters", "")) or 0, query.get("goal", "")
        return cls(
            today=today,
            start=Quarter.read(query.get("start", "")),
            quarters=quarters if quarters in SPANS else SPANS[-1],
            goal=goal if goal == WITHOUT or _number(goal) else "",
            page=min(_number(query.get("page", "")) or 1, 100000),
            **cls.shared(query),
        )

    @property
    def begin(self) -> Quarter:
        """The first quarter: the current one unless another one is asked for."""
        return self.start or Quarter.of(self.today)

    @property
    def columns(self) -> list[Quarter]:
        """The quarters."""
        return [self.begin.plus(at) for at in range(self.quarters)]

    @property
    def period(self) -> tuple[date, date]:
        """First and last day."""
        return self.begin.first, self.columns[-1].last

    def url(self, **changes: object) -> str:
        """The address of this, with changes; another period or filter begins at the first page."""
        return self.address("portfolio", **({"page": 1} | changes))

    def stepped(self, steps: int) -> str:
        """The address of the period so many periods later."""
        other = self.begin.plus(steps * self.quarters)
        inside = other.first >= EARLIEST and other.plus(self.quarters).last < LATEST
        return self.url(start=other) if inside else ""


@dataclass(frozen=True)
class LoadChosen(Filtered):
    """The heat map: weeks from a Monday on; a cell (`open`, `week`) whose campaigns are listed."""

    by: str = LOADED[0].value
    on: date | None = None
    weeks: int = WEEKS[0]
    open: str = ""
    week: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str], today: date) -> Self:
        """Read the part of an address behind the question mark."""
        weeks, by = _number(query.get("weeks", "")) or 0, query.get("by", "")
        return cls(
            today=today,
            by=by if by in LOADED else LOADED[0].value,
            on=_date(query.get("on", "")),
            weeks=weeks if weeks in WEEKS else WEEKS[0],
            open=query.get("open", "") if _number(query.get("open", "")) else "",
            week=_date(query.get("week", "")),
            **cls.shared(query),
        )

    @property
    def rule(self) -> Rule:
        """What is counted."""
        return Rule(self.by)

    @property
    def first(self) -> date:
        """The Monday that it begins with."""
        return monday(self.on or self.today)

    @property
    def last(self) -> date:
        """The last Sunday."""
        return self.first + timedelta(days=self.weeks * 7 - 1)

    @property
    def mondays(self) -> list[date]:
        """The first day of each week."""
        return [self.first + timedelta(days=7 * at) for at in range(self.weeks)]

    def url(self, **changes: object) -> str:
        """The address of this, with changes; a cell stays open only where it is named."""
        return self.address("portfolio_load", **({"open": "", "week": None} | changes))

    def stepped(self, steps: int) -> str:
        """The address of the same number of weeks, so many times later."""
        day = self.first + timedelta(days=7 * self.weeks * steps)
        return self.url(on=min(max(day, EARLIEST), LATEST))
