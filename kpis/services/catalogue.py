"""The catalogue: one definition of a figure for all channels."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from kpis.models import Kpi

FIELDS = ("code", "name_de", "name_en", "question", "formula", "unit", "direction", "active")
SCOPE = "kpis.catalogue"


@transaction.atomic
def save_kpi(*, kpi: Kpi, by: User, values: Mapping[str, Any]) -> Kpi:
    """Write the definition `values` to a new or an existing KPI; IntegrityError if the code is taken."""
    new = kpi.pk is None
    before = {name: getattr(kpi, name) for name in FIELDS} if not new else {}
    for name in FIELDS:
        if name in values:
            setattr(kpi, name, values[name])
    kpi.save()
    changed = [name for name in FIELDS if before.get(name) != getattr(kpi, name)]
    if changed:
        verb = "kpi.defined" if new else "kpi.changed"
        audit.record(by=by, verb=verb, scope=SCOPE, subject=kpi, kpi=str(kpi), fields=changed)
    return kpi
