"""A route that does not work rests for a while, longer each time; no message is charged for it."""

from django.db import transaction
from django.db.models.functions import Now

from core.delivery.clock import db_in
from core.delivery.models import RoutePause
from core.delivery.times import seconds

FIRST_SECONDS = seconds("pause_first")
LONGEST_SECONDS = seconds("pause_longest")


def pause(route: str, reason: str) -> None:
    """Claim nothing for `route` for a while: 5 seconds, doubled with each failure, at most 5 minutes."""
    with transaction.atomic():
        RoutePause.objects.bulk_create(
            [RoutePause(route=route, until=db_in(FIRST_SECONDS), reason=reason, failures=0)],
            ignore_conflicts=True,
        )
        # A second worker that ran into the same wall at the same time does not lengthen the pause.
        held = RoutePause.objects.select_for_update().filter(route=route)
        row = held.filter(until__lte=Now()).first() or held.filter(failures=0).first()
        if row is not None:
            rest = min(FIRST_SECONDS * 2**row.failures, LONGEST_SECONDS)
            held.update(until=db_in(rest), reason=reason, failures=min(row.failures + 1, 30))


def resume(route: str) -> None:
    """The route works (again)."""
    RoutePause.objects.filter(route=route).delete()
