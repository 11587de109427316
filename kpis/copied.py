"""KPIs with their targets, when a campaign is made from an earlier one."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.copying import Copy, Part, offset, parts
from campaigns.models import Campaign
from kpis.models import Kpi
from kpis.services.targets import TargetPlan, set_targets


@parts.register("kpis")
def kpis() -> Part:
    return Part("kpis", _("KPIs with their targets"), take, put, order=70)


def take(campaign: Campaign) -> list[dict[str, Any]]:
    """Targets by KPI, their days counted from the first one."""
    start: date = campaign.starts_on
    return [
        {
            "kpi": row.kpi.code,
            "value": None if row.value is None else str(row.value),
            "due": offset(start, row.due_on),
            "source": row.source,
            "tool": row.tool,
            "supplier": row.supplier_id,
        }
        for row in campaign.targets.select_related("kpi")
    ]


def put(made: Copy, data: list[dict[str, Any]]) -> None:
    """Set the targets of KPIs that are still in use; suppliers who have left are named anew."""
    known = {kpi.code: kpi for kpi in Kpi.objects.filter(active=True)}
    people = User.objects.filter(is_active=True).in_bulk([row["supplier"] for row in data if row["supplier"]])
    targets = [
        TargetPlan(
            kpi=known[row["kpi"]],
            value=None if row["value"] is None else Decimal(row["value"]),
            due_on=made.day(row["due"]),
            source=row["source"],
            tool=row["tool"],
            supplier=people.get(row["supplier"]),
        )
        for row in data
        if row["kpi"] in known
    ]
    set_targets(campaign=made.campaign, by=made.by, targets=targets)
