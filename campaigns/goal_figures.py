"""What goals know of KPIs: the app that keeps them registers its catalogue and its results at start-up."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Goal
from core.registry import Registry

MONEY, PERCENT = "money", "percent"


@dataclass(frozen=True)
class KpiName:
    """A KPI that a goal can be measured by; `unit` is MONEY, PERCENT or empty for plain numbers."""

    code: str
    name: str
    unit: str


# () -> the KPIs in use, in the order in which they are offered.
catalogue: Registry[Callable[[], list[KpiName]]] = Registry()
# (goals with a KPI) -> the value measured last by goal id; goals without a measurement are left out.
results: Registry[Callable[[list[Goal]], dict[int, Decimal]]] = Registry()
# (campaign ids) -> the values measured last by campaign id and KPI code; what has none is left out.
campaign_results: Registry[Callable[[list[int]], dict[int, dict[str, Decimal]]]] = Registry()


def kpi_names() -> dict[str, KpiName]:
    """All KPIs by code."""
    return {kpi.code: kpi for source in catalogue for kpi in source()}


def measured(goals: list[Goal]) -> dict[int, Decimal]:
    """The value measured last for each goal that has one."""
    wanted = [goal for goal in goals if goal.kpi]
    found: dict[int, Decimal] = {}
    for source in results:
        found |= source(wanted)
    return found


def measured_for(campaigns: list[int]) -> dict[int, dict[str, Decimal]]:
    """The values measured last for each of the campaigns, by KPI code."""
    found: dict[int, dict[str, Decimal]] = {}
    for source in campaign_results if campaigns else ():
        for pk, values in source(campaigns).items():
            found.setdefault(pk, {}).update(values)
    return found
