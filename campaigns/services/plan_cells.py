"""From the cells of a plan's table to what they name: regions, channels, people; each problem at its cell."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Region, User
from campaigns.models import Goal
from campaigns.services.costs import key_of, known_currencies
from campaigns.services.money_base import amount_of
from campaigns.services.plan_sheet import NEEDED, OF_CAMPAIGN, OF_CHANNEL, parted
from channels.models import Channel
from core.sheet_input import Cell, CellError, Row, quoted
from customers.models import TargetGroup

LENGTHS = {"name": 200, "theme": 120, "purpose": 5000}
DAY = r"\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4}"
# A region with days of its own: `AT 2026-10-01 – 2026-10-31`.
OWN_DAYS = re.compile(rf"(?P<name>.+?)\s+(?P<first>{DAY})\s*(?:-|–|—|to|bis)\s*(?P<last>{DAY})")
UNKNOWN = {
    "goal": gettext_lazy("There is no goal with the name %(value)s."),
    "owner": gettext_lazy("Nobody has the address %(value)s."),
    "expert": gettext_lazy("Nobody has the address %(value)s."),
    "channel": gettext_lazy("There is no channel %(value)s."),
    "regions": gettext_lazy("There is no region %(value)s."),
    "reach": gettext_lazy("There is no region %(value)s."),
    "target_groups": gettext_lazy("There is no target group %(value)s."),
    "partners": gettext_lazy("There is no department %(value)s."),
}
Problems = list[tuple[str, str]]


@dataclass(frozen=True)
class RegionDays:
    """A region as a cell names it; without days of its own it has the campaign's."""

    region: Region
    days: tuple[date, date] | None = None


@dataclass
class Line:
    """A row of the file: its values by field. Fields without a column are not there."""

    row: Row
    values: dict[str, Any]


@dataclass
class Known:
    """What cells can name, each table read once: by code, address, and names in both languages."""

    regions: dict[str, list[Any]] = field(default_factory=dict)
    channels: dict[str, list[Any]] = field(default_factory=dict)
    people: dict[str, list[Any]] = field(default_factory=dict)
    goals: dict[str, list[Any]] = field(default_factory=dict)
    groups: dict[str, list[Any]] = field(default_factory=dict)
    departments: dict[str, list[Any]] = field(default_factory=dict)

    @classmethod
    def now(cls) -> "Known":
        """As the database has it; five short tables and the people."""
        names = ("code", "name_de", "name_en")
        return cls(
            regions=_by(Region.objects.all(), *names),
            channels=_by(Channel.objects.all(), *names),
            people=_by(User.objects.all(), "email"),
            goals=_by(Goal.objects.all(), "title"),
            groups=_by(TargetGroup.objects.all(), "name_de", "name_en"),
            departments=_by(Department.objects.all(), *names),
        )

    def of(self, field_name: str) -> dict[str, list[Any]]:
        """What the cells of a column can name."""
        tables = {
            "goal": self.goals,
            "owner": self.people,
            "expert": self.people,
            "channel": self.channels,
            "regions": self.regions,
            "reach": self.regions,
            "target_groups": self.groups,
            "partners": self.departments,
        }
        return tables[field_name]


def _by(rows: Iterable[Any], *names: str) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        for key in {key_of(getattr(row, name)) for name in names} - {""}:
            found.setdefault(key, []).append(row)
    return found


@dataclass
class Reader:
    """Reads rows; `columns` is the place of each field, None where the file has no such column."""

    columns: Mapping[str, int | None]
    known: Known
    problems: Problems = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether the file has a column for the field."""
        return self.columns.get(name) is not None

    def place(self, row: Row, name: str) -> str:
        """The cell of a field, or the row where there is no such column."""
        return row.cell(self.columns.get(name)).address or f"{row.number}"

    def say(self, row: Row, name: str, words: str) -> None:
        """Note a problem at the field's cell."""
        self.problems.append((self.place(row, name), words))

    def line(self, row: Row) -> Line | None:
        """A row's values; None if one of its cells cannot be read."""
        values: dict[str, Any] = {}
        before = len(self.problems)
        for name in (*OF_CAMPAIGN, *OF_CHANNEL):
            if not self.has(name):
                continue
            cell = row.cell(self.columns[name])
            try:
                values[name] = self._value(name, cell)
            except CellError as error:
                self.problems.append((error.address, error.words))
            if name in NEEDED and cell.empty:
                self.problems.append((cell.address, _("This cell is empty.")))
        self._check_row(row, values)
        return Line(row, values) if len(self.problems) == before else None

    def _check_row(self, row: Row, values: dict[str, Any]) -> None:
        """What cells of one row say together."""
        first, last = values.get("from"), values.get("to")
        if bool(first) != bool(last):
            self.say(row, "to" if first else "from", _("A flight needs its first and its last day."))
        used = [name for name in OF_CHANNEL[1:] if values.get(name)]
        if used and not values.get("channel") and self.has("channel"):
            self.say(row, "channel", _("Which channel is this row about?"))

    def _value(self, name: str, cell: Cell) -> Any:
        readers: dict[str, Callable[[Cell], Any]] = {
            "id": _number,
            "starts_on": Cell.day,
            "ends_on": Cell.day,
            "from": Cell.day,
            "to": Cell.day,
            "currency": _currency,
            "budget": _amount,
            "allocation": _amount,
        }
        if name in readers:
            return readers[name](cell)
        if name in LENGTHS:
            return _words(name, cell)
        if name == "regions":
            return tuple(self._region(cell, part) for part in parted(cell.text()))
        if name in ("target_groups", "partners", "reach"):
            return tuple(self._one(name, cell, part) for part in parted(cell.text()))
        return None if cell.empty else self._one(name, cell, cell.text())

    def _region(self, cell: Cell, part: str) -> RegionDays:
        own = OWN_DAYS.fullmatch(part)
        if not own:
            return RegionDays(self._one("regions", cell, part))
        days = Cell(cell.address, own["first"]).day(), Cell(cell.address, own["last"]).day()
        return RegionDays(self._one("regions", cell, own["name"]), days)

    def _one(self, name: str, cell: Cell, text: str) -> Any:
        found = self.known.of(name).get(key_of(text), [])
        shown = quoted(text)
        if not found:
            raise CellError(cell.address, str(UNKNOWN[name]) % {"value": shown})
        if len(found) > 1 and name != "goal":
            words = _("%(value)s can mean several; please write its code.")
            raise CellError(cell.address, words % {"value": shown})
        return found if name == "goal" else found[0]


def _number(cell: Cell) -> int | None:
    text = cell.text()
    if not text:
        return None
    if not text.isdecimal() or len(text) > 15:
        raise CellError(cell.address, _("This is no number of a campaign; leave it empty for a new one."))
    return int(text)


def _words(name: str, cell: Cell) -> str:
    text = cell.text().replace("\r\n", "\n").replace("\r", "\n").replace("_x000D_", "")
    if "\x00" in text:
        raise CellError(cell.address, _("This text has a character that cannot be kept."))
    if name != "purpose":
        text = " ".join(text.split())
    if len(text) > LENGTHS[name]:
        words = _("This is too long: %(length)d characters, at most %(most)d are possible.")
        raise CellError(cell.address, words % {"length": len(text), "most": LENGTHS[name]})
    return text


def _currency(cell: Cell) -> str:
    code = cell.text().upper()
    if code and code not in known_currencies():
        raise CellError(cell.address, _("%(code)s is no currency; write EUR or CHF.") % {"code": code[:10]})
    return code


def _amount(cell: Cell) -> Decimal | None:
    value = cell.amount()
    try:
        return None if value is None else amount_of("amount", value)
    except ValidationError as error:
        raise CellError(cell.address, " ".join(error.messages)) from error
