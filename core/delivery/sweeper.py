"""What beat does every few seconds: take back lapsed leases, and hint what is due. Two beats do no harm."""

from collections import Counter
from math import ceil

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from core.delivery.claiming import BATCH
from core.delivery.clock import db_in
from core.delivery.hints import hint
from core.delivery.models import DeliveryBase, RoutePause
from core.delivery.routes import Route, all_routes
from core.delivery.states import MAX_ATTEMPTS, State, require_edge
from core.delivery.times import seconds
from core.delivery.transitions import FREE

HINT_AGAIN_SECONDS = seconds("hint_again")
HINTS_AT_ONCE = 4


def sweep() -> Counter:
    """Settle every lapsed lease and hint every due row that has not been hinted lately; counts of both."""
    tally: Counter = Counter()
    for model in {route.model for route in all_routes()}:
        tally.update(settle_lapsed(model))
    for route in all_routes():
        tally["hinted"] += hint_due(route)
    return tally


def _change(rows: QuerySet, old: State, new: State, **changes: object) -> int:
    """Conditional UPDATE of all `rows` in state `old`; those another transaction holds wait for next time."""
    require_edge(old, new)
    with transaction.atomic():
        free = rows.filter(state=old).select_for_update(skip_locked=True, no_key=True).values("pk")
        same = rows.model._base_manager.filter(pk__in=free, state=old)
        return same.update(state=new, changed_at=Now(), **changes)


def settle_lapsed(model: type[DeliveryBase]) -> Counter:
    """Rows whose worker is gone: before transmission again (or failed at the cap), in it uncertain."""
    lapsed = model._base_manager.filter(lease_until__lt=Now())
    gone = "The worker stopped before transmission."
    return Counter(
        failed=_change(
            lapsed.filter(attempt__gte=MAX_ATTEMPTS), State.CLAIMED, State.FAILED, failure=gone, **FREE
        ),
        retry=_change(
            lapsed.filter(attempt__lt=MAX_ATTEMPTS), State.CLAIMED, State.RETRY, failure=gone, **FREE
        ),
        uncertain=_change(
            lapsed,
            State.TRANSMITTING,
            State.UNCERTAIN,
            failure="The worker stopped during transmission; no answer was recorded.",
            lease_until=None,
        ),
    )


def hint_due(route: Route) -> int:
    """Stamp what is due and not lately hinted, and tell workers of it; how many rows that were."""
    if RoutePause.objects.filter(route=route.name, until__gt=Now()).exists():
        return 0
    due = route.model.objects.due().filter(
        Q(hinted_at=None) | Q(hinted_at__lt=db_in(-HINT_AGAIN_SECONDS)), route=route.name
    )
    first = _stamp(due.filter(attempt=0))
    again = _stamp(due.filter(attempt__gt=0))
    for _ in range(min(HINTS_AT_ONCE, ceil(first / BATCH))):
        hint(route.label, route.name)
    if again:
        hint(route.label, route.name, True)
    return first + again


def _stamp(due: QuerySet) -> int:
    with transaction.atomic():
        free = due.select_for_update(skip_locked=True, no_key=True).values("pk")
        return due.model._base_manager.filter(pk__in=free).update(hinted_at=Now())
