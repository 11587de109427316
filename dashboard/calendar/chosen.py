"""What the calendar or timeline shows, as it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.dateparse import parse_date

from campaigns.enums import Phase

CALENDAR, TIMELINE = "calendar", "timeline"
MONTH, WEEK = "month", "week"
CAMPAIGN, CHANNEL, REGION, TEAM = "campaign", "channel", "region", "team"
GROUPS = (CAMPAIGN, CHANNEL, REGION, TEAM)
# Weeks that the timeline shows: a quarter, half a year, a year.
SPANS = (13, 26, 52)
MINE = "me"
# Far enough for every plan; beyond it, dates cannot be counted with.
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Chosen:
    """What is shown. What the address says wrongly is left out, never an error."""

    page: str
    today: date
    view: str = MONTH
    on: date | None = None
    weeks: int = SPANS[0]
    group: str = ""
    show: str = ""
    state: str = ""
    region: int | None = None
    channel: int | None = None
    owner: str = ""
    team: int | None = None
    target: int | None = None
    text: str = ""
    skip: int = 0

    @classmethod
    def from_query(cls, page: str, query: Mapping[str, str], today: date) -> "Chosen":
        """Read the part of an address behind the question mark."""
        weeks = _number(query.get("weeks", "")) or 0
        owner = query.get("owner", "")
        return cls(
            page=page,
            today=today,
            view=WEEK if query.get("view") == WEEK else MONTH,
            on=_date(query.get("on", "")),
            weeks=weeks if weeks in SPANS else SPANS[0],
            group=query.get("group", "") if query.get("group") in GROUPS else "",
            show=query.get("show", "") if query.get("show") in ("campaigns", "flights") else "",
            state=query.get("state", "") if query.get("state") in Phase.values else "",
            region=_number(query.get("region", "")),
            channel=_number(query.get("channel", "")),
            owner=owner if owner == MINE or _number(owner) else "",
            team=_number(query.get("team", "")),
            target=_number(query.get("target", "")),
            text=query.get("text", "").replace("\x00", "")[:200].strip(),
            skip=_number(query.get("skip", "")) or 0,
        )

    @property
    def is_grid(self) -> bool:
        """Whether weeks stand below each other, as on a wall calendar."""
        return self.page == CALENDAR and self.view == MONTH and not self.group

    @property
    def by(self) -> str:
        """How rows are grouped, where there are rows."""
        return self.group or CAMPAIGN

    @property
    def day(self) -> date:
        """The day around which is shown."""
        if self.on:
            return self.on
        # A week that is behind stays on the timeline: what began there is still running.
        return self.today - timedelta(days=7) if self.page == TIMELINE else self.today

    @property
    def period(self) -> tuple[date, date]:
        """First and last day by which the period is named: a month, a week or the weeks of the timeline."""
        if self.page == TIMELINE:
            return monday(self.day), monday(self.day) + timedelta(days=self.weeks * 7 - 1)
        if self.view == WEEK:
            return monday(self.day), monday(self.day) + timedelta(days=6)
        first = self.day.replace(day=1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def window(self) -> tuple[date, date]:
        """First and last day that are drawn: whole weeks in the grid."""
        first, last = self.period
        return (monday(first), monday(last) + timedelta(days=6)) if self.is_grid else (first, last)

    @property
    def earlier(self) -> "Chosen":
        """The period before."""
        first, last = self.period
        if self.page == TIMELINE or self.view == WEEK:
            return self._at(first - (last - first) - timedelta(days=1))
        return self._at((first - timedelta(days=1)).replace(day=1))

    @property
    def later(self) -> "Chosen":
        """The period after."""
        return self._at(self.period[1] + timedelta(days=1))

    def _at(self, day: date) -> "Chosen":
        return replace(self, on=min(max(day, EARLIEST), LATEST), skip=0)

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.filters)

    @property
    def filters(self) -> dict[str, str]:
        """The filters that are set, by name."""
        names = ("state", "region", "channel", "owner", "team", "target", "text")
        return {name: str(getattr(self, name)) for name in names if getattr(self, name)}

    def query(self, **changes: object) -> str:
        """The address behind the question mark for this, with changes; a default is not named."""
        changed = replace(self, **changes)
        found = {}
        for item in fields(Chosen):
            value = getattr(changed, item.name)
            if item.name not in ("page", "today") and value and value != item.default:
                found[item.name] = value.isoformat() if isinstance(value, date) else str(value)
        return urlencode(found)

    def url(self, **changes: object) -> str:
        """The address of this, with changes."""
        page = changes.pop("page", self.page)
        query = replace(self, page=page).query(**changes)
        return reverse(page) + (f"?{query}" if query else "")


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _date(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and EARLIEST <= day <= LATEST else None
