"""What people and other apps decide about deliveries; the engine does the rest."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import record, register_verbs
from core.delivery.hints import hint_on_commit
from core.delivery.models import DeliveryBase
from core.delivery.states import WAITING, State, require_edge
from core.delivery.transitions import FREE, move

register_verbs(
    {
        "delivery.marked_sent": gettext_lazy("found the message in the mail log: %(reason)s"),
        "delivery.resent": gettext_lazy("had the message sent again: %(reason)s"),
        "delivery.set_aside": gettext_lazy("left the message at that: %(reason)s"),
        "delivery.fell_back": (
            fell_back := gettext_lazy("The chat refused the message; it goes by mail: %(reason)s")
        ),
    },
    clock={"delivery.fell_back": fell_back},
)


@transaction.atomic
def resolve(row: DeliveryBase, *, to: State, by: AbstractBaseUser, reason: str) -> DeliveryBase:
    """A person ends a doubt or a failure: SENT (the mail log shows the Message-ID) or RETRY (send again).

    Raises ValidationError without a reason or if the row has moved on meanwhile, IllegalEdge if the
    state allows no such decision. Sending again starts a new count of attempts.
    """
    if not reason.strip():
        raise ValidationError(_("Please say why."), code="reason")
    sent = to == State.SENT
    changes: dict[str, Any] = {"sent_at": Now()} if sent else {"attempt": 0, "due_at": Now()}
    if row.state not in (State.UNCERTAIN, State.FAILED):
        require_edge(State.CLOSED, to)  # raises: a person decides doubts and failures only
    if not move(row, to, **changes, **FREE):
        raise ValidationError(_("This delivery has changed meanwhile."), code="stale")
    record(
        by=by, verb="delivery.marked_sent" if sent else "delivery.resent", scope=row, reason=reason.strip()
    )
    if not sent:
        hint_on_commit(type(row), row.route)
    row.refresh_from_db()
    return row


def _bulk(rows: QuerySet, old: tuple[State, ...], new: State, **changes: Any) -> int:
    for state in old:
        require_edge(state, new)
    # The state stands in the outer condition, which PostgreSQL checks again after waiting for a lock.
    same = rows.model._base_manager.filter(pk__in=rows.values("pk"), state__in=old)
    return same.update(state=new, changed_at=Now(), **changes)


def close_confirmed(rows: QuerySet) -> int:
    """The persons confirmed in the app, so that a doubt about their mail is over; number of rows closed."""
    return _bulk(rows, (State.UNCERTAIN,), State.CLOSED, **FREE)


def withhold(rows: QuerySet) -> int:
    """The persons are no longer entitled: what still waits is held back; number of rows."""
    return _bulk(rows, WAITING, State.WITHHELD, **FREE)


def cancel(rows: QuerySet) -> int:
    """A newer message takes the place of these: what still waits is cancelled; number of rows."""
    return _bulk(rows, WAITING, State.CANCELLED, **FREE)


def queue_again(rows: QuerySet, route: str = "mail") -> int:
    """The persons are entitled again: what was withheld is due now; number of rows."""
    hit = _bulk(rows.filter(route=route), (State.WITHHELD,), State.QUEUED, due_at=Now(), **FREE)
    if hit:
        hint_on_commit(rows.model, route)
    return hit


def reroute(rows: QuerySet, route: str) -> int:
    """What waits, or is withheld, is to go by `route` from now on; number of rows.

    The row itself changes its way, so that a message can never go both ways; what a worker has in its hands
    stays with him. A new way starts a new count of attempts.
    """
    model, states = rows.model, (*WAITING, State.WITHHELD)
    same = model._base_manager.filter(pk__in=rows.values("pk"), state__in=states).exclude(route=route)
    hit = same.update(route=route, attempt=0, due_at=Now(), changed_at=Now(), **FREE)
    if hit:
        hint_on_commit(model, route)
    return hit


def fall_back(rows: QuerySet, route: str) -> int:
    """What another way refused in words goes by `route`; number of rows. Nothing of it has arrived."""
    hit = _bulk(
        rows.exclude(route=route), (State.FAILED,), State.RETRY, route=route, attempt=0, due_at=Now(), **FREE
    )
    if hit:
        hint_on_commit(rows.model, route)
    return hit
