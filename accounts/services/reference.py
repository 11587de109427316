"""Regions, departments and other plain reference data: saved and audited in one step."""

from collections.abc import Iterable

from django.db import models, transaction

from accounts.models import User
from accounts.services.demand import demand
from core import audit


@transaction.atomic
def save_record(*, record: models.Model, by: User | None, changed: Iterable[str] = ()) -> models.Model:
    """Save reference data that admins keep; the log says which fields changed."""
    demand(by, "people.administer")
    record.save()
    audit.record(by=by, verb="record.saved", scope=record, name=str(record), fields=list(changed))
    return record
