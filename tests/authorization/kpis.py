"""Builders: the catalogue of KPIs and the targets of a campaign."""

from tests.authorization.objects import Place, Target, builds, plain
from tests.authorization.planning import campaign_in
from tests.factories import KpiFactory

plain("kpis:list")
plain("kpis:create", post=200)


@builds("kpis:edit")
def kpi(place: Place) -> Target:
    return Target({"pk": KpiFactory().pk}, post=200)


@builds("kpis:targets")
def targets(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk}, post=200)
