"""Who works on what: claim by one UPDATE, and the fence right before anything is transmitted."""

import time
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from core.delivery.clock import db_in
from core.delivery.handover import Handover, on_disk
from core.delivery.models import DeliveryBase, RoutePause
from core.delivery.reading import reader
from core.delivery.routes import Route
from core.delivery.states import IN_HAND, MAX_ATTEMPTS, WAITING, State
from core.delivery.times import seconds
from core.delivery.transitions import FREE, move

BATCH = 96
CLAIM_LEASE_SECONDS = seconds("claim_lease")
RENEW_AFTER_SECONDS = seconds("renew_after")
TRANSMIT_LEASE_SECONDS = seconds("transmit_lease")

# The array is evaluated once; `IN (SELECT ... LIMIT ... SKIP LOCKED)` may be run again by a plan.
SQL = {
    "postgresql": {
        "now": "STATEMENT_TIMESTAMP()",
        "lease": "STATEMENT_TIMESTAMP() + %s * INTERVAL '1 second'",
        "picked": "= ANY(ARRAY(SELECT d.{pk} FROM {table} d WHERE {due} FOR NO KEY UPDATE SKIP LOCKED))",
    },
    "sqlite": {
        "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        "lease": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %s || ' seconds')",
        "picked": "IN (SELECT d.{pk} FROM {table} d WHERE {due})",
    },
}
_WAITING = ", ".join(f"'{state.value}'" for state in WAITING)


@dataclass
class Batch:
    """Rows claimed together under one token."""

    model: type[DeliveryBase]
    token: uuid.UUID
    rows: list[Any]
    renewed: float

    @property
    def is_old(self) -> bool:
        """True when the lease wants renewing."""
        return time.monotonic() - self.renewed > RENEW_AFTER_SECONDS

    def renew(self) -> None:
        """Keep the lease on what is left of the batch while a slow server takes its time."""
        rows = self.model._base_manager.filter(claim_token=self.token, state=State.CLAIMED)
        rows.update(lease_until=db_in(CLAIM_LEASE_SECONDS))
        self.renewed = time.monotonic()


def _claim_sql(model: type[DeliveryBase], *, repeat: bool) -> str:
    quote, words = connection.ops.quote_name, SQL[connection.vendor]
    names = {"table": quote(model._meta.db_table), "pk": quote(model._meta.pk.column)}
    # Names come from the model itself, values go as parameters.
    due = (
        f"d.route = %s AND d.state IN ({_WAITING}) AND d.attempt < {MAX_ATTEMPTS}"  # nosec B608
        f" AND d.attempt {'> 0' if repeat else '= 0'} AND d.due_at <= {words['now']}"
        f" AND NOT EXISTS (SELECT 1 FROM {quote(RoutePause._meta.db_table)} p"
        f" WHERE p.route = d.route AND p.until > {words['now']})"
        f" ORDER BY d.due_at, d.{names['pk']} LIMIT %s"
    )
    return (
        f"UPDATE {names['table']} SET state = '{State.CLAIMED.value}', attempt = attempt + 1,"  # nosec B608
        f" claim_token = %s, lease_until = {words['lease']}, changed_at = {words['now']}"
        f" WHERE {names['pk']} {words['picked'].format(**names, due=due)}"
    )


def claim(route: Route, *, repeat: bool = False, limit: int = BATCH) -> Batch:
    """Take due rows of `route`, first attempts together, repeated ones (`repeat`) singly.

    Singly, because a message that kills its worker must use up its own attempts and nobody else's.
    """
    token = uuid.uuid4()
    value = route.model._meta.get_field("claim_token").get_db_prep_value(token, connection)
    # A claim that a crash takes back does no harm: its rows wait as before, and none passes the fence.
    light = "SET LOCAL synchronous_commit TO off; " if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(
            light + _claim_sql(route.model, repeat=repeat),
            [value, CLAIM_LEASE_SECONDS, route.name, 1 if repeat else limit],
        )
    # In the order of their keys, which says how far a batch has come (core.delivery.handover).
    return Batch(route.model, token, _claimed(route, token), time.monotonic())


def _claimed(route: Route, token: uuid.UUID) -> list[Any]:
    if route.columns:
        return reader(route).read(token)
    return list(route.read().filter(claim_token=token, state__in=IN_HAND).order_by("pk"))


def fence(route: Route, row: DeliveryBase, token: uuid.UUID, *, passed: bool = False) -> bool:
    """Pass `row` on to transmission: True once that is committed, and only then may DATA follow.

    `passed`: it has passed with its group and is not begun, as only the worker with this token can say.
    False if the claim is lost, or the person is no longer entitled (then the row is withheld).
    """
    state = State.TRANSMITTING if passed else State.CLAIMED
    lease = db_in(TRANSMIT_LEASE_SECONDS)
    with on_disk(), transaction.atomic(durable=True):
        # If groups have passed with this token: this one is begun, and those before it are settled.
        Handover.objects.filter(token=token).update(first=row.pk, begun=row.pk, lease_until=lease)
        locked = (
            route.read()
            .select_for_update(of=("self",), no_key=True)
            .filter(pk=row.pk, state=state, claim_token=token)
            .first()
        )
        if locked is None:
            return False
        if not route.may_have(locked):
            _withhold(locked, token)
            row.state = locked.state
            return False
        if passed:
            route.model._base_manager.filter(pk=row.pk).update(lease_until=lease)
        else:
            move(locked, State.TRANSMITTING, where=Q(claim_token=token), lease_until=lease)
    row.state = locked.state
    return True


def _withhold(row: DeliveryBase, token: uuid.UUID) -> None:
    # The table has no edge from in hand to withheld: it is given back first, then withheld.
    move(row, State.RETRY, where=Q(claim_token=token), attempt=F("attempt") - 1, **FREE)
    move(row, State.WITHHELD)
