"""What beat does every few seconds: take back lapsed leases, and hint what is due. Two beats do no harm."""

from collections import Counter
from collections.abc import Collection
from math import ceil

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from core.delivery.claiming import BATCH
from core.delivery.clock import db_in
from core.delivery.handover import Handover, this_start
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
    models = {route.model for route in all_routes()}
    tally.update(settle_handovers(models))
    for model in models:
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


def settle_handovers(models: Collection[type[DeliveryBase]]) -> Counter:
    """Groups whose worker is gone: taken ones are sent, the one begun is uncertain, the others go again.

    If the machine has started anew since, what was said without the disk may be lost: all are uncertain.
    """
    tally: Counter = Counter()
    with transaction.atomic():
        # A worker that wakes up now waits for this, and then finds its place gone.
        lapsed = Handover.objects.filter(lease_until__lt=Now())
        for place in lapsed.select_for_update(skip_locked=True, no_key=True):
            for model in models:
                rows = model._base_manager.filter(claim_token=place.token, state=State.TRANSMITTING)
                tally.update(_settle_group(rows.filter(lease_until__lt=Now()), place))
            if not any(_in_transmission(model, place) for model in models):
                place.delete()
    return tally


def _in_transmission(model: type[DeliveryBase], place: Handover) -> bool:
    return model._base_manager.filter(claim_token=place.token, state=State.TRANSMITTING).exists()


def _settle_group(rows: QuerySet, place: Handover) -> Counter:
    if place.boot != this_start():
        return Counter(uncertain=_change(rows, State.TRANSMITTING, State.UNCERTAIN, **_crashed()))
    taken = rows.filter(pk__gte=place.first, pk__lt=place.begun)
    free = rows.filter(pk__gte=place.first, pk__gt=place.begun)
    done = {"sent_at": F("changed_at"), "failure": ""}
    return Counter(
        sent=_change(taken, State.TRANSMITTING, State.SENT, **done, **FREE),
        **_go_again(free, State.TRANSMITTING),
        uncertain=_change(rows, State.TRANSMITTING, State.UNCERTAIN, **_stopped()),
    )


def _go_again(rows: QuerySet, old: State) -> dict[str, int]:
    """What was not begun is tried again, or has failed at the last attempt."""
    gone = "The worker stopped before transmission."
    last = rows.filter(attempt__gte=MAX_ATTEMPTS)
    more = rows.filter(attempt__lt=MAX_ATTEMPTS)
    return {
        "failed": _change(last, old, State.FAILED, failure=gone, **FREE),
        "retry": _change(more, old, State.RETRY, failure=gone, **FREE),
    }


def _stopped() -> dict[str, object]:
    return {
        "failure": "The worker stopped during transmission; no answer was recorded.",
        "lease_until": None,
    }


def _crashed() -> dict[str, object]:
    return {
        "failure": "The worker and the database's machine stopped during transmission; no answer was kept.",
        "lease_until": None,
    }


def settle_lapsed(model: type[DeliveryBase]) -> Counter:
    """Rows whose worker is gone: before transmission again (or failed at the cap), in it uncertain."""
    lapsed = model._base_manager.filter(lease_until__lt=Now())
    placed = Exists(Handover.objects.filter(token=OuterRef("claim_token")))
    return Counter(
        **_go_again(lapsed, State.CLAIMED),
        uncertain=_change(lapsed.filter(~placed), State.TRANSMITTING, State.UNCERTAIN, **_stopped()),
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
