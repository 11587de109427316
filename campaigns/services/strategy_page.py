"""What the page of a strategy shows: its goals as a tree with their campaigns, and what is missing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, QuerySet

from accounts.models import Department, User
from campaigns.enums import Phase
from campaigns.goal_figures import MONEY, PERCENT, KpiName, kpi_names, measured
from campaigns.models import Campaign, Duty, Goal, Milestone, Strategy
from channels.models import Channel
from core import formats

# What is over or never runs serves no goal any more that is still to be reached.
OVER = (Phase.CANCELLED, Phase.EVALUATED, Phase.FINISHED)
SHOWN = 8
HUNDRED = Decimal(100)


@dataclass
class GoalLine:
    """A goal in the tree; `campaigns` are those the person may open, `hidden` counts the others."""

    goal: Goal
    depth: int
    kpi: KpiName | None
    value: Decimal | None
    campaigns: list[Campaign] = field(default_factory=list)
    hidden: int = 0
    served_below: bool = False

    @property
    def share(self) -> Decimal | None:
        """How much of the target is reached, in percent; None without a figure or a target."""
        if self.value is None or not self.goal.target:
            return None
        return self.value * HUNDRED / self.goal.target

    @property
    def bar(self) -> list[tuple[str, Decimal]]:
        """Segments of the bar."""
        share = min(self.share or Decimal(0), HUNDRED)
        return [("spent", share), ("left", HUNDRED - share)]

    @property
    def first(self) -> list[Campaign]:
        """The newest campaigns."""
        return self.campaigns[:SHOWN]

    @property
    def more(self) -> list[Campaign]:
        """The others."""
        return self.campaigns[SHOWN:]

    @property
    def lonely(self) -> bool:
        """Whether no campaign serves it, neither directly nor through a goal below it."""
        return not self.campaigns and not self.hidden and not self.served_below

    @property
    def target_words(self) -> str:
        """The target as people read it, with its unit."""
        return self._in_words(self.goal.target)

    @property
    def value_words(self) -> str:
        """What was measured last."""
        return self._in_words(self.value)

    def _in_words(self, value: Decimal | None) -> str:
        if value is None:
            return ""
        unit = self.kpi.unit if self.kpi else ""
        if unit == MONEY and self.goal.strategy:
            return formats.money(value, self.goal.strategy.currency)
        return formats.percent(value, 2) if unit == PERCENT else formats.number(value, 2)


@dataclass
class Overview:
    """Everything on the page, each read once."""

    strategy: Strategy
    lines: list[GoalLine]
    milestones: list[Milestone]
    duties: list[Duty]
    departments: list[Department]
    channels: list[Channel]
    homeless: list[Campaign]

    @property
    def lonely(self) -> list[GoalLine]:
        """Goals that no campaign serves."""
        return [line for line in self.lines if line.lonely]

    @property
    def idle_departments(self) -> list[Department]:
        """Departments that serve none of the goals."""
        busy = {one.pk for line in self.lines for one in line.goal.departments.all()}
        return [one for one in self.departments if one.pk not in busy]

    @property
    def idle_channels(self) -> list[Channel]:
        """Channels that serve none of the goals."""
        busy = {one.pk for line in self.lines for one in line.goal.channels.all()}
        return [one for one in self.channels if one.pk not in busy]

    def serving(self, department: int = 0, channel: int = 0) -> list[GoalLine]:
        """The goals that a department or a channel serves; all of them without either."""
        return [line for line in self.lines if _serves(line.goal, department, channel)]


def _serves(goal: Goal, department: int, channel: int) -> bool:
    if department and all(one.pk != department for one in goal.departments.all()):
        return False
    return not channel or any(one.pk == channel for one in goal.channels.all())


def overview(strategy: Strategy, user: User) -> Overview:
    """The page of the strategy as this person sees it; the number of queries does not grow with it."""
    goals = list(strategy.goals.filter(active=True).prefetch_related("departments", "channels"))
    for goal in goals:
        goal.strategy = strategy
    lines = list(_tree(goals))
    _add_campaigns(lines, user)
    return Overview(
        strategy,
        lines,
        list(strategy.milestones.all()),
        list(strategy.duties.select_related("department")),
        list(Department.objects.all()),
        list(Channel.objects.filter(active=True)),
        list(without_goal(strategy, user)),
    )


def without_goal(strategy: Strategy, user: User) -> QuerySet[Campaign]:
    """Campaigns in the strategy's time that name no goal, and that the person may open."""
    found = Campaign.objects.visible_to(user).filter(goal=None).exclude(phase__in=OVER)
    found = found.filter(starts_on__lte=strategy.ends_on, ends_on__gte=strategy.starts_on)
    return found.order_by("starts_on", "pk")


def _tree(goals: list[Goal]) -> Iterator[GoalLine]:
    """Goals in the order of the page, each below its parent."""
    names, values = (kpi_names(), measured(goals)) if any(goal.kpi for goal in goals) else ({}, {})
    below: dict[int | None, list[Goal]] = defaultdict(list)
    known = {goal.pk for goal in goals}
    for goal in goals:
        below[goal.parent_id if goal.parent_id in known else None].append(goal)

    def walk(parent: int | None, depth: int) -> Iterator[GoalLine]:
        for goal in sorted(below[parent], key=lambda one: (one.kind, one.title, one.pk)):
            yield GoalLine(goal, depth, names.get(goal.kpi), values.get(goal.pk))
            yield from walk(goal.pk, depth + 1)

    return walk(None, 0)


def _add_campaigns(lines: Iterable[GoalLine], user: User) -> None:
    by_goal = {line.goal.pk: line for line in lines}
    counted = Campaign.objects.filter(goal__in=by_goal).exclude(phase=Phase.CANCELLED)
    totals = dict(counted.order_by().values_list("goal").annotate(Count("pk")))
    seen = Campaign.objects.visible_to(user).filter(goal__in=by_goal).exclude(phase=Phase.CANCELLED)
    for campaign in seen.order_by("-starts_on", "-pk"):
        by_goal[campaign.goal_id].campaigns.append(campaign)
    for pk, line in by_goal.items():
        line.hidden = totals.get(pk, 0) - len(line.campaigns)
    for line in reversed(list(by_goal.values())):
        above = by_goal.get(line.goal.parent_id)
        if above and (line.campaigns or line.hidden or line.served_below):
            above.served_below = True
