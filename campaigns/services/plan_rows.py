"""Rows of a spreadsheet as plans: which campaign they mean, what its plan would be, what that changes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from campaigns.models import Campaign
from campaigns.permissions import PLANS
from campaigns.services.plan_cells import Line, Reader, RegionDays
from campaigns.services.plan_data import ZERO, ChannelPlan, Plan, RegionPlan, plan_of
from campaigns.services.plan_sheet import OF_CAMPAIGN
from core import formats
from core.sheets import as_held


class Fate(models.TextChoices):
    """What becomes of a campaign of the file."""

    NEW = "new", gettext_lazy("New")
    CHANGED = "changed", gettext_lazy("Changed")
    SAME = "same", gettext_lazy("As it is")


@dataclass
class Entry:
    """A campaign of the file: what it would become, and which parts of it change."""

    lines: list[Line]
    plan: Plan
    existing: Campaign | None
    fate: Fate
    changes: list[str]

    @property
    def rows(self) -> str:
        """Its rows in the file: `2`, or `2–5`."""
        numbers = [line.row.number for line in self.lines]
        return f"{min(numbers)}" if len(numbers) == 1 else f"{min(numbers)}–{max(numbers)}"

    @property
    def proposed(self) -> str:
        """The proposed amount as it would be."""
        if self.existing and self.plan.proposed is None:
            return formats.money(self.existing.budget.proposed, self.existing.budget.currency)
        return formats.money(self.plan.proposed or ZERO, self.plan.currency)

    @property
    def allocated(self) -> str:
        """What the file allocates to channels together; empty if it says nothing of that."""
        amount = sum((row.amount or ZERO for row in self.plan.channels), ZERO)
        budget = self.existing.budget if self.existing and self.plan.proposed is None else self.plan
        return formats.money(amount, budget.currency) if amount else ""


def groups_of(lines: Iterable[Line]) -> list[list[Line]]:
    """Rows of one campaign together, in the order of the file."""
    found: dict[tuple[Any, ...], list[Line]] = {}
    for line in lines:
        values = line.values
        key = (values["id"],) if values.get("id") else (values["name"], values["starts_on"])
        found.setdefault(key, []).append(line)
    return list(found.values())


class Finder:
    """Campaigns that the file may mean: those the person can open, by number and by name and first day."""

    def __init__(self, by: User, groups: list[list[Line]]) -> None:
        self.seen: dict[int, int] = {}
        firsts = [group[0].values for group in groups]
        numbers = {values["id"] for values in firsts if values.get("id")}
        names = {values["name"] for values in firsts if not values.get("id")}
        asked = Q(pk__in=numbers) | Q(name__in=names)
        rows = (
            Campaign.objects.visible_to(by).filter(asked).select_related("owner", "goal", "theme", "budget")
        )
        self.by_number = {row.pk: row for row in rows}
        self.by_name: dict[tuple[str, date], list[Campaign]] = {}
        for row in self.by_number.values():
            self.by_name.setdefault((row.name, row.starts_on), []).append(row)

    def find(self, line: Line, reader: Reader) -> Campaign | None:
        """The campaign that a row means, None for a new one; problems go to the reader."""
        number = line.values.get("id")
        named = self.by_name.get((line.values["name"], line.values["starts_on"]), [])
        if number:
            found = self.by_number.get(number)
            if found is None:
                reader.say(line.row, "id", _("You have no campaign with this number."))
            return found
        if len(named) > 1:
            words = _("Several campaigns have this name and first day; write the ID of the one you mean.")
            reader.say(line.row, "name", words)
        return named[0] if named else None

    def twice(self, campaign: Campaign, line: Line, reader: Reader) -> bool:
        """Whether another row of the file has said what becomes of this campaign."""
        first = self.seen.setdefault(campaign.pk, line.row.number)
        if first == line.row.number:
            return False
        reader.say(line.row, "name", _("This campaign stands in row %(row)d already.") % {"row": first})
        return True


def entry_of(group: list[Line], reader: Reader, finder: Finder, by: User) -> Entry | None:
    before = len(reader.problems)
    existing = finder.find(group[0], reader)
    if len(reader.problems) > before or (existing and finder.twice(existing, group[0], reader)):
        return None
    about = _about(group, reader)
    now = plan_of(existing) if existing else None
    plan = _plan(group, about, reader, now, by)
    if len(reader.problems) > before:
        return None
    if not existing or not now:
        return Entry(group, plan, None, Fate.NEW, [])
    changes = _changes(now, plan)
    plan, more = _money(group[0], about, reader, existing, plan)
    changes += more
    return Entry(group, plan, existing, Fate.CHANGED if changes else Fate.SAME, changes)


def _about(group: list[Line], reader: Reader) -> dict[str, Any]:
    """What the rows say of the whole campaign: the first that says anything; others may not contradict."""
    found: dict[str, Any] = {}
    said: dict[str, int] = {}
    for line in group:
        for name in OF_CAMPAIGN:
            value = line.values.get(name)
            if name not in line.values:
                continue
            if value in (None, "", ()):
                found.setdefault(name, value)
            elif name not in said:
                found[name], said[name] = value, line.row.number
            elif value != found[name]:
                words = _("Row %(row)d says something else of the same campaign.")
                reader.say(line.row, name, words % {"row": said[name]})
    return found


def _plan(group: list[Line], about: dict[str, Any], reader: Reader, now: Plan | None, by: User) -> Plan:
    start = Plan(name="", starts_on=about["starts_on"], ends_on=about["ends_on"], owner=by)
    base = replace(now, starts_on=about["starts_on"], ends_on=about["ends_on"]) if now else start
    words = {
        name: _kept_words(getattr(base, name), about[name])
        for name in ("name", "theme", "purpose")
        if name in about
    }
    plan = replace(base, **words)
    if "goal" in about:
        plan = replace(plan, goal=_goal(about["goal"], group[0], reader, now))
    if about.get("owner"):
        plan = replace(plan, owner=_owner(about["owner"], group[0], reader, now))
    for name in ("target_groups", "partners"):
        if name in about:
            plan = replace(plan, **{name: tuple(dict.fromkeys(about[name]))})
    if "regions" in about:
        plan = replace(plan, regions=_regions(about["regions"], plan))
    if reader.has("channel"):
        plan = replace(plan, channels=_channels(group, reader, plan, now))
    if now is None:
        plan = replace(plan, currency=about.get("currency") or _unit(plan), proposed=about.get("budget"))
    return plan


def _kept_words(now: str, said: str) -> str:
    """What was there if the file says the same but for white space and signs that Excel cannot hold."""
    return now if _bare(now) == _bare(said) else said


def _bare(text: str) -> list[str]:
    return as_held(text).split()


def _goal(found: list[Any] | None, line: Line, reader: Reader, now: Plan | None) -> Any:
    if not found:
        return None
    if now and now.goal in found:
        return now.goal
    if len(found) > 1:
        reader.say(
            line.row, "goal", _("Several goals have this name; please choose it on the campaign's page.")
        )
    return found[0]


def _owner(person: User, line: Line, reader: Reader, now: Plan | None) -> User:
    may = person.is_active and person.rights.has(*PLANS)
    if (now is None or person != now.owner) and not may:
        words = _("%(person)s does not plan campaigns and cannot own one.") % {"person": person}
        reader.say(line.row, "owner", words)
    return person


def _regions(said: tuple[RegionDays, ...], plan: Plan) -> tuple[RegionPlan, ...]:
    whole = (plan.starts_on, plan.ends_on)
    return tuple({item.region.pk: RegionPlan(item.region, *(item.days or whole)) for item in said}.values())


def _unit(plan: Plan) -> str:
    """The regions' currency where they have one in common."""
    units = {row.region.currency for row in plan.regions}
    return units.pop() if len(units) == 1 else "EUR"


def _channels(group: list[Line], reader: Reader, plan: Plan, now: Plan | None) -> tuple[ChannelPlan, ...]:
    before = {row.channel.pk: row for row in now.channels} if now else {}
    rows: dict[int, list[Line]] = {}
    for line in group:
        if line.values["channel"]:
            rows.setdefault(line.values["channel"].pk, []).append(line)
    return tuple(_channel(lines, reader, before.get(pk)) for pk, lines in rows.items())


def _channel(lines: list[Line], reader: Reader, before: ChannelPlan | None) -> ChannelPlan:
    channel = lines[0].values["channel"]
    plan = before or ChannelPlan(channel)
    plan = replace(plan, amount=_agreed(lines, "allocation", reader))
    if reader.has("expert"):
        plan = replace(plan, expert=_agreed(lines, "expert", reader))
    if reader.has("reach"):
        plan = replace(plan, regions=_agreed(lines, "reach", reader) or ())
    if reader.has("from") and reader.has("to"):
        flights = [(line.values["from"], line.values["to"]) for line in lines if line.values["from"]]
        plan = replace(plan, flights=tuple(sorted(set(flights))))
    return plan


def _agreed(lines: list[Line], name: str, reader: Reader) -> Any:
    """What the rows of a channel say; a row may leave it empty, but not say something else."""
    found, first = None, 0
    for line in lines:
        value = line.values.get(name)
        if value in (None, ()):
            continue
        if found is None:
            found, first = value, line.row.number
        elif value != found:
            words = _("Row %(row)d says something else of the same channel.") % {"row": first}
            reader.say(line.row, name, words)
    return found


# --- what changes

PARTS = {
    "name": gettext_lazy("Name"),
    "period": gettext_lazy("Period"),
    "goal": gettext_lazy("Goal"),
    "theme": gettext_lazy("Theme"),
    "purpose": gettext_lazy("What it is about"),
    "owner": gettext_lazy("Owner"),
    "target_groups": gettext_lazy("Target groups"),
    "partners": gettext_lazy("Partner departments"),
    "regions": gettext_lazy("Regions"),
    "channels": gettext_lazy("Channels"),
    "experts": gettext_lazy("Experts"),
    "flights": gettext_lazy("Flights"),
    "allocations": gettext_lazy("Allocations"),
}


def _changes(now: Plan, plan: Plan) -> list[str]:
    """The parts of a plan that are not as they were, in the person's language."""
    before, after = _essence(now, now), _essence(plan, now)
    return [str(words) for part, words in PARTS.items() if before[part] != after[part]]


def _essence(plan: Plan, now: Plan) -> dict[str, Any]:
    amounts = {row.channel.pk: row.amount or ZERO for row in now.channels}
    every = {row.region.pk for row in plan.regions}
    return {
        "name": plan.name,
        "period": (plan.starts_on, plan.ends_on),
        "goal": plan.goal,
        "theme": plan.theme,
        "purpose": plan.purpose,
        "owner": plan.owner,
        "target_groups": set(plan.target_groups),
        "partners": set(plan.partners),
        "regions": {(row.region.pk, row.starts_on, row.ends_on) for row in plan.regions},
        "channels": {(row.channel.pk, frozenset(_reach(row, every))) for row in plan.channels},
        "experts": {row.channel.pk: row.expert for row in plan.channels},
        "flights": {row.channel.pk: sorted(row.flights) for row in plan.channels},
        "allocations": {
            row.channel.pk: amounts.get(row.channel.pk, ZERO) if row.amount is None else row.amount
            for row in plan.channels
        },
    }


def _reach(row: ChannelPlan, every: set[int]) -> set[int]:
    named = {region.pk for region in row.regions}
    return set() if named == every else named


def _money(
    line: Line, about: dict[str, Any], reader: Reader, campaign: Campaign, plan: Plan
) -> tuple[Plan, list[str]]:
    """The proposed amount, as long as nothing is negotiated; after that it belongs to the Budget tab."""
    budget = campaign.budget
    amount, unit = about.get("budget"), about.get("currency") or budget.currency
    if (budget.proposed if amount is None else amount, unit) == (budget.proposed, budget.currency):
        return plan, []
    if budget.approved is not None or budget.rounds.exists():
        words = _("This budget is being negotiated; propose another amount on the campaign's Budget tab.")
        reader.say(line.row, "budget" if amount not in (None, budget.proposed) else "currency", words)
    proposed: Decimal = budget.proposed if amount is None else amount
    return replace(plan, currency=unit, proposed=proposed), [_("Budget")]
