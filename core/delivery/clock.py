"""The database's clock: leases and due times never depend on the clock of a worker's machine."""

from datetime import timedelta

from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.functions import Now


def db_in(seconds: float) -> ExpressionWrapper:
    """The moment `seconds` from now by the database's clock; negative ones lie in the past."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())
