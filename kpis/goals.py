"""What the goals of a strategy can be measured by: the catalogue of KPIs."""

from campaigns.goal_figures import MONEY, PERCENT, KpiName, catalogue
from kpis.enums import Unit
from kpis.models import Kpi

UNITS = {Unit.MONEY: MONEY, Unit.PERCENT: PERCENT}


@catalogue.register("kpis")
def kpis_for_goals() -> list[KpiName]:
    """KPIs in use, by name."""
    found = [KpiName(kpi.code, kpi.name, UNITS.get(kpi.unit, "")) for kpi in Kpi.objects.filter(active=True)]
    return sorted(found, key=lambda one: one.name.casefold())
