"""Every change of a delivery's state: a conditional UPDATE that must hit its one row, or did not happen."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.db.models.functions import Now

from core.delivery.clock import db_in
from core.delivery.errors import Later, Refused
from core.delivery.models import DeliveryBase
from core.delivery.states import MAX_ATTEMPTS, State, require_edge
from core.delivery.times import seconds

FREE = {"claim_token": None, "lease_until": None, "hinted_at": None}  # nosec B105


def move(row: DeliveryBase, new: State, *, where: Q | None = None, **changes: Any) -> bool:
    """Bring `row` from the state it was read in to `new`; False if somebody else was first.

    Raises IllegalEdge if the table has no such edge. On success `row.state` is up to date, the other
    changed fields are not.
    """
    require_edge(row.state, new)
    rows = type(row)._base_manager.filter(where or Q(), pk=row.pk, state=row.state)
    hit = rows.update(state=new, changed_at=Now(), **changes)
    if hit:
        row.state = new
    return hit == 1


def backoff_seconds(attempt: int) -> float:
    """How long to wait after the `attempt`-th try: a minute, doubled each time, at most two hours."""
    return min(seconds("backoff_first") * 2 ** (attempt - 1), seconds("backoff_longest"))


def settle_refused(row: DeliveryBase, token: UUID, refused: Refused) -> bool:
    """The server refused in words: try again later, or fail (permanently refused, or the last attempt).

    What is only to wait (`Later`) waits until its moment, uncharged.
    """
    mine = Q(claim_token=token)
    if isinstance(refused, Later):
        held = {"failure": str(refused), "due_at": refused.until, "attempt": F("attempt") - 1}
        return move(row, State.RETRY, where=mine, **held, **FREE)
    if refused.permanent or row.attempt >= MAX_ATTEMPTS:
        return move(row, State.FAILED, where=mine, failure=str(refused), **FREE)
    due = db_in(max(backoff_seconds(row.attempt), refused.after))
    return move(row, State.RETRY, where=mine, failure=str(refused), due_at=due, **FREE)


def settle_sent(rows: Sequence[DeliveryBase], token: UUID) -> bool:
    """The server took these rows of one batch; True if all are sent now.

    That also ends a doubt about this very transmission, if the answer came late.
    """
    model, keys = type(rows[0]), [row.pk for row in rows]
    for old in (State.TRANSMITTING, State.UNCERTAIN):
        require_edge(old, State.SENT)
    mine = model._base_manager.filter(
        pk__in=keys, claim_token=token, state__in=(State.TRANSMITTING, State.UNCERTAIN)
    )
    mine.update(state=State.SENT, sent_at=Now(), failure="", changed_at=Now(), **FREE)
    sent = set(model._base_manager.filter(pk__in=keys, state=State.SENT).values_list("pk", flat=True))
    for row in rows:
        if row.pk in sent:
            row.state = State.SENT
    return len(sent) == len(rows)


def settle_uncertain(row: DeliveryBase, token: UUID, reason: str) -> bool:
    """Nobody can know. The token stays, so that only this transmission's own answer may end the doubt."""
    return move(row, State.UNCERTAIN, where=Q(claim_token=token), failure=reason[:500], lease_until=None)


def give_back(model: type[DeliveryBase], token: UUID) -> int:
    """Let go of what was claimed and not begun; due as before, and no attempt is charged."""
    require_edge(State.CLAIMED, State.RETRY)
    rows = model._base_manager.filter(claim_token=token, state=State.CLAIMED)
    return rows.update(state=State.RETRY, attempt=F("attempt") - 1, changed_at=Now(), **FREE)


def give_back_unbegun(model: type[DeliveryBase], token: UUID, keys: Collection[int]) -> int:
    """The same for rows that passed the fence with their group and were not begun, says their worker."""
    require_edge(State.TRANSMITTING, State.RETRY)
    rows = model._base_manager.filter(pk__in=keys, claim_token=token, state=State.TRANSMITTING)
    return rows.update(state=State.RETRY, attempt=F("attempt") - 1, changed_at=Now(), **FREE)
