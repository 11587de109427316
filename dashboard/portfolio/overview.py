"""All campaigns of a time by goal and quarter, with their money, as one person sees them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Count, Q

from accounts.models import User
from campaigns.enums import Phase
from campaigns.goal_figures import MONEY, PERCENT, KpiName, kpi_names, measured
from campaigns.models import Campaign, CampaignRegion, Goal
from core import formats
from dashboard.calendar.chosen import MINE
from dashboard.calendar.rows import since
from dashboard.portfolio.chosen import WITHOUT, Chosen, Filtered, Quarter

# Campaigns of a goal that stand below it at once, and on a page of one goal alone.
SHORT, LONG = 10, 50
PREPARING = (Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED)
RUNNING = (Phase.LIVE, Phase.PAUSED)
HUNDRED, ZERO = Decimal(100), Decimal(0)


class Money(NamedTuple):
    """Planned (approved, or proposed while nothing is), committed and spent, in one currency."""

    currency: str
    planned: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def bar(self) -> list[tuple[str, Decimal]]:
        """Segments: spent, committed, and what is left; invoices may pass what is planned."""
        whole = max(self.planned, self.spent + self.committed)
        if not whole:
            return []
        parts = [("spent", self.spent * HUNDRED / whole), ("comm", self.committed * HUNDRED / whole)]
        return [
            *(part for part in parts if part[1]),
            ("left", HUNDRED - sum(share for _kind, share in parts)),
        ]


def summed(found: Iterable[Money]) -> list[Money]:
    """One sum for each currency, the largest first; currencies are never added up."""
    sums: dict[str, list[Decimal]] = {}
    for money in found:
        sums[money.currency] = [
            a + b for a, b in zip(sums.get(money.currency, [ZERO] * 3), money[1:], strict=True)
        ]
    rows = [Money(currency, *amounts) for currency, amounts in sums.items()]
    return sorted(rows, key=lambda row: (-row.planned, row.currency))


@dataclass(slots=True)
class Row:
    """A campaign of the portfolio. `quarter` is the first one shown in which it runs."""

    pk: int
    name: str
    phase: Phase
    first: date
    last: date
    goal: int | None
    owner: str
    money: Money | None
    proposed: bool
    quarter: Quarter

    @property
    def asks_readiness(self) -> bool:
        """Whether conditions of its start still lie before it."""
        return self.phase in PREPARING


@dataclass
class Cell:
    """The campaigns of a goal that begin in a quarter."""

    quarter: Quarter
    count: int = 0
    sums: list[Money] = field(default_factory=list)


@dataclass
class Group:
    """A goal with its campaigns, or those without one (`goal` None); `hidden` ones he may not open."""

    goal: Goal | None
    kpi: KpiName | None = None
    value: Decimal | None = None
    rows: list[Row] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    hidden: int = 0
    served_below: bool = False

    @property
    def key(self) -> str:
        """As in addresses."""
        return str(self.goal.pk) if self.goal else WITHOUT

    @property
    def sums(self) -> list[Money]:
        """Its money, by currency."""
        return summed(row.money for row in self.rows if row.money)

    @property
    def lonely(self) -> bool:
        """Whether no campaign at all serves it in this time, nor a goal below it."""
        return not self.rows and not self.hidden and not self.served_below

    @property
    def by_quarter(self) -> list[tuple[Quarter, list[Row]]]:
        """The first campaigns by the quarter in which they begin to run here."""
        found: dict[Quarter, list[Row]] = defaultdict(list)
        for row in self.rows[:SHORT]:
            found[row.quarter].append(row)
        return sorted(found.items())

    @property
    def rest(self) -> int:
        """How many more there are."""
        return max(len(self.rows) - SHORT, 0)

    @property
    def share(self) -> Decimal | None:
        """How much of its target is reached in percent; None without figure or target."""
        if self.goal is None or self.value is None or not self.goal.target:
            return None
        return self.value * HUNDRED / self.goal.target

    def words(self, value: Decimal | None) -> str:
        """A figure in the unit of its KPI."""
        if value is None:
            return ""
        unit = self.kpi.unit if self.kpi else ""
        if unit == MONEY and self.goal and self.goal.strategy:
            return formats.money(value, self.goal.strategy.currency)
        return formats.percent(value, 2) if unit == PERCENT else formats.number(value, 2)

    @property
    def target_words(self) -> str:
        """Its target."""
        return self.words(self.goal.target if self.goal else None)

    @property
    def value_words(self) -> str:
        """What was measured last."""
        return self.words(self.value)


@dataclass
class Overview:
    """The portfolio of a time."""

    chosen: Chosen
    rows: list[Row]
    groups: list[Group]
    totals: list[Cell]

    @property
    def sums(self) -> list[Money]:
        """The money of all, by currency."""
        return summed(row.money for row in self.rows if row.money)

    @property
    def lonely(self) -> list[Group]:
        """Goals that no campaign serves."""
        return [group for group in self.groups if group.goal and group.lonely]

    @property
    def homeless(self) -> Group | None:
        """Campaigns without a goal."""
        return next((group for group in self.groups if group.goal is None), None)

    def number(self, *phases: Phase) -> int:
        """How many are in one of these states."""
        return sum(row.phase in phases for row in self.rows)


COLUMNS = (
    "pk",
    "name",
    "phase",
    "starts_on",
    "ends_on",
    "goal_id",
    "owner__first_name",
    "owner__last_name",
    "owner__email",
    "budget__currency",
    "budget__proposed",
    "budget__approved",
    "budget__committed",
    "budget__spent",
)


def overview(chosen: Chosen, user: User) -> Overview:
    """What the person sees of the time; the number of queries does not grow with it."""
    first, last = chosen.period
    found = filtered(Campaign.objects.visible_to(user), chosen, user)
    found = since(found.filter(starts_on__lte=last, ends_on__gte=first), first)
    rows = [_row(row, chosen) for row in found.order_by("starts_on", "pk").values_list(*COLUMNS)]
    return Overview(chosen, rows, _groups(chosen, rows), _cells(chosen, rows))


def filtered(found: Any, chosen: Filtered, user: User) -> Any:
    """What the filters leave; cancelled campaigns only where they are asked for."""
    found = found.filter(phase=chosen.state) if chosen.state else found.exclude(phase=Phase.CANCELLED)
    if chosen.region:
        here = CampaignRegion.objects.filter(region=chosen.region).order_by()
        found = found.filter(pk__in=here.values("campaign"))
    if chosen.channel:
        found = found.filter(channels__channel=chosen.channel)
    if chosen.owner:
        found = found.filter(owner=user.pk if chosen.owner == MINE else int(chosen.owner))
    return found


def _row(row: tuple[Any, ...], chosen: Chosen) -> Row:
    pk, name, phase, first, last, goal, given, family, email, currency, *amounts = row
    owner = f"{given} {family}".strip() or email
    money, proposed = None, False
    if currency:
        asked, approved, committed, spent = amounts
        planned, proposed = (asked, True) if approved is None else (approved, False)
        money = Money(currency, planned, committed, spent) if planned or committed or spent else None
    quarter = Quarter.of(max(first, chosen.period[0]))
    return Row(pk, name, Phase(phase), first, last, goal, owner, money, proposed, quarter)


def _cells(chosen: Chosen, rows: list[Row]) -> list[Cell]:
    by_quarter: dict[Quarter, list[Row]] = defaultdict(list)
    for row in rows:
        by_quarter[row.quarter].append(row)
    return [
        Cell(quarter, len(by_quarter[quarter]), summed(row.money for row in by_quarter[quarter] if row.money))
        for quarter in chosen.columns
    ]


def _groups(chosen: Chosen, rows: list[Row]) -> list[Group]:
    """A group for each goal that counts here, by name; campaigns without a goal last."""
    by_goal: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        by_goal[row.goal].append(row)
    goals = _goals(chosen, by_goal)
    names, values = (kpi_names(), measured(goals)) if any(goal.kpi for goal in goals) else ({}, {})
    served = _served(chosen, goals)
    groups = []
    for goal in goals:
        own = by_goal[goal.pk]
        # With filters, a goal without campaigns says nothing about the goal.
        if own or not chosen.filters:
            hidden = max(served.get(goal.pk, 0) - len(own), 0) if not chosen.filters else 0
            kpi, value = names.get(goal.kpi), values.get(goal.pk)
            groups.append(Group(goal, kpi, value, own, _cells(chosen, own), hidden))
    _mark_served(groups)
    if by_goal[None]:
        groups.append(Group(None, rows=by_goal[None], cells=_cells(chosen, by_goal[None])))
    return groups


def _mark_served(groups: list[Group]) -> None:
    """A goal is served, too, by what serves a goal below it."""
    by_goal = {group.goal.pk: group for group in groups if group.goal}
    for group in list(by_goal.values()):
        above = by_goal.get(group.goal.parent_id) if group.rows or group.hidden else None
        while above and not above.served_below:
            above.served_below = True
            above = by_goal.get(above.goal.parent_id)


def _goals(chosen: Chosen, by_goal: dict[int | None, list[Row]]) -> list[Goal]:
    """Goals in use whose strategy reaches into the time, and those that campaigns here serve."""
    first, last = chosen.period
    now = Q(strategy=None) | Q(strategy__starts_on__lte=last, strategy__ends_on__gte=first)
    found = Goal.objects.filter((Q(active=True) & now) | Q(pk__in=[pk for pk in by_goal if pk]))
    return sorted(
        found.select_related("strategy"), key=lambda goal: (goal.kind, goal.title.casefold(), goal.pk)
    )


def _served(chosen: Chosen, goals: list[Goal]) -> dict[int, int]:
    """How many campaigns serve each goal in this time, whoever may open them."""
    first, last = chosen.period
    found = Campaign.objects.filter(goal__in=goals, starts_on__lte=last, ends_on__gte=first)
    found = since(found.exclude(phase=Phase.CANCELLED), first)
    return dict(found.order_by().values_list("goal").annotate(Count("pk")))
