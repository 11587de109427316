"""What a campaign wants of its KPIs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Preparation
from campaigns.models import Campaign
from core import audit
from core.concurrency import StaleVersion
from kpis.enums import Source
from kpis.models import Kpi, Target

CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)
LIMIT = Decimal(10) ** 12


@dataclass(frozen=True)
class TargetPlan:
    """One target; what is None or empty is still open."""

    kpi: Kpi
    value: Decimal | None = None
    due_on: date | None = None
    source: str = ""
    tool: str = ""
    supplier: User | None = None


@transaction.atomic
def set_targets(
    *, campaign: Campaign, by: User, targets: Sequence[TargetPlan], expected: int | None = None
) -> list[Target]:
    """Replace the campaign's targets; they grow the campaign's version, so that two savers meet.

    PermissionDenied without the right to plan, StaleVersion if somebody saved in between, ValidationError
    for a KPI named twice, a value beyond 12 digits or a closed campaign.
    """
    current = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not can(by, "campaign.edit", current):
        raise PermissionDenied
    if current.state in CLOSED:
        raise ValidationError(_("This campaign is closed; its targets stay as they are."), code="locked")
    if expected is not None and current.version != expected:
        raise StaleVersion(current)
    _check(targets)
    if _write(current, targets, by):
        Campaign.objects.filter(pk=current.pk).update(version=F("version") + 1, changed_at=timezone.now())
    return list(current.targets.select_related("kpi", "supplier"))


def _check(targets: Sequence[TargetPlan]) -> None:
    seen: set[int] = set()
    for row in targets:
        if row.kpi.pk in seen:
            raise ValidationError(_("%(kpi)s is named twice.") % {"kpi": row.kpi}, code="twice")
        seen.add(row.kpi.pk)
        if row.value is not None and abs(row.value) >= LIMIT:
            raise ValidationError(_("The target of %(kpi)s is too large.") % {"kpi": row.kpi})


def _write(campaign: Campaign, targets: Sequence[TargetPlan], by: User) -> bool:
    """Bring the rows in line; True if anything changed."""
    now = {row.kpi_id: row for row in campaign.targets.select_related("kpi")}
    wanted = {row.kpi.pk: row for row in targets}
    gone = now.keys() - wanted.keys()
    for key in gone:
        audit.record(by=by, verb="target.removed", scope=campaign, kpi=str(now[key].kpi))
        now[key].delete()
    changed = [row for key, row in wanted.items() if _differs(now.get(key), row)]
    for row in changed:
        Target.objects.update_or_create(campaign=campaign, kpi=row.kpi, defaults=_values(row))
        value = "–" if row.value is None else format(row.value.normalize(), "f")
        audit.record(by=by, verb="target.set", scope=campaign, kpi=str(row.kpi), value=value)
    return bool(gone or changed)


def _values(row: TargetPlan) -> dict[str, object]:
    return {
        "value": row.value,
        "due_on": row.due_on,
        "source": row.source,
        "tool": row.tool if row.source == Source.TOOL else "",
        "supplier": row.supplier,
    }


def _differs(now: Target | None, row: TargetPlan) -> bool:
    return now is None or any(getattr(now, name) != value for name, value in _values(row).items())
