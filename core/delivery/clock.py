"""The database's clock: leases and due times never depend on the clock of a worker's machine."""

from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import DateTimeField, ExpressionWrapper
from django.db.models.functions import Now


def db_in(seconds: float) -> ExpressionWrapper:
    """The moment `seconds` from now by the database's clock; negative ones lie in the past."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=DateTimeField())


def db_now() -> datetime:
    """What the database's clock shows (one query), in UTC."""
    words = "STATEMENT_TIMESTAMP()"
    if connection.vendor == "sqlite":
        words = "STRFTIME('%Y-%m-%d %H:%M:%f', 'now')"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {words}")
        (now,) = cursor.fetchone()
    return datetime.fromisoformat(now).replace(tzinfo=UTC) if isinstance(now, str) else now.astimezone(UTC)
