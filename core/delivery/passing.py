"""The fence on the fast lane: one commit writes down the last answer and lets the next message pass.

What it does is what `settle_sent` and `claiming.fence` do one after the other. On PostgreSQL the statements
are planned once and travel together, so that a message costs one round trip and one write to the disk. It
never waits for a lock: an answer is not held up by somebody else's row.
"""

import itertools
import re
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from core.delivery.claiming import SQL, TRANSMIT_LEASE_SECONDS
from core.delivery.models import DeliveryBase
from core.delivery.routes import Route
from core.delivery.states import State, require_edge

_EDGES = (
    (State.TRANSMITTING, State.SENT),
    (State.UNCERTAIN, State.SENT),
    (State.CLAIMED, State.TRANSMITTING),
)
_RECORD = (
    "UPDATE {table} SET state = '{SENT}', sent_at = {now}, failure = '', claim_token = NULL,"
    " lease_until = NULL, hinted_at = NULL, changed_at = {now}"
    " WHERE {pk} = %s AND claim_token = %s AND state IN ('{TRANSMITTING}', '{UNCERTAIN}')"
)
# A statement of its own: what is asked after it sees whatever was committed before the row was locked.
_LOCK = (
    "SELECT {pk} FROM {table} WHERE {pk} = %s AND claim_token = %s AND state = '{CLAIMED}'"
    " FOR NO KEY UPDATE NOWAIT"
)
_PASS = (
    "UPDATE {table} SET state = '{TRANSMITTING}', lease_until = {until}, changed_at = {now}"
    " WHERE {pk} = %s AND claim_token = %s AND state = '{CLAIMED}' AND {pk} IN ({among})"
)
# Stand for the row's key and token in a list of parameters, until they are known.
_PK, _TOKEN = -987_654_321, object()
_PLACES = re.compile(r"%%|%s")
_numbers = itertools.count(1)


class Passed(NamedTuple):
    """What one commit did: wrote the answer down, let the message pass."""

    recorded: bool
    passed: bool


class Statement(NamedTuple):
    """SQL and its parameters, among them the places of key and token."""

    sql: str
    given: list[Any]

    def bound(self, pk: int, code: Any) -> list[Any]:
        """The parameters for one row."""
        return [pk if one is _PK or one == _PK else code if one is _TOKEN else one for one in self.given]

    def numbered(self) -> "Statement":
        """For PREPARE: key and token as $1 and $2, the others as they are."""
        left, rest = iter(self.given), []

        def place(found: re.Match[str]) -> str:
            if found[0] == "%%":
                return "%%"
            one = next(left)
            if one is _TOKEN:
                return "$2"
            if one == _PK:
                return "$1"
            rest.append(one)
            return "%s"

        return Statement(_PLACES.sub(place, self.sql), rest)


class Passage:
    """The fence of one route; its statements are made once."""

    def __init__(self, route: Route) -> None:
        self.route = route
        for old, new in _EDGES:
            require_edge(old, new)
        self._code = route.model._meta.get_field("claim_token")
        self._vendor = connection.vendor
        self._statements = _statements(route)
        self._name = f"ek_passage_{next(_numbers)}"
        self._prepared_on: Any = None

    @property
    def is_open(self) -> bool:
        """False where entitlement is no condition in SQL: then only `claiming.fence` can tell."""
        return bool(self._statements)

    def go(self, row: DeliveryBase, token: UUID, answered: DeliveryBase | None) -> Passed:
        """Write down that `answered` (same token, if any) was sent, and let `row` pass, in one commit.

        `passed` False says nothing of why: ask `claiming.fence`. Raises a database error if a lock is in the
        way, or anything else is: then neither has happened, or nobody knows; ask again one by one.
        """
        code = self._code.get_db_prep_value(token, connection)
        way = self._one_by_one if self._vendor == "sqlite" else self._together
        # Around PostgreSQL's there is no transaction, or it would not be ours: Django refuses a nested one
        # that must be durable (save in tests).
        whole = self._vendor == "sqlite" or connection.in_atomic_block
        with transaction.atomic(durable=True) if whole else nullcontext():
            done = way(row, code, answered)
        if done.recorded and answered is not None:
            answered.state = State.SENT
        if done.passed:
            row.state = State.TRANSMITTING
        return done

    def _one_by_one(self, row: DeliveryBase, code: Any, answered: DeliveryBase | None) -> Passed:
        """The transaction began by taking SQLite's only lock."""
        record, _lock, let_pass = self._statements
        with connection.cursor() as cursor:
            recorded = 0
            if answered is not None:
                recorded = cursor.execute(record.sql, record.bound(answered.pk, code)).rowcount
            passed = cursor.execute(let_pass.sql, let_pass.bound(row.pk, code)).rowcount
        return Passed(recorded == 1, passed == 1)

    def _together(self, row: DeliveryBase, code: Any, answered: DeliveryBase | None) -> Passed:
        """PostgreSQL makes one transaction of statements that come in one message."""
        self._prepare()
        # A number and a UUID; written out, since filling them in would cost more than all the rest.
        words = [f"EXECUTE {self._name}_{part}({int(row.pk)}, '{code}')" for part in ("lock", "pass")]
        if answered is not None:
            words.insert(0, f"EXECUTE {self._name}_record({int(answered.pk)}, '{code}')")
        with connection.cursor() as cursor:
            cursor.execute("; ".join(words))
            counts = [cursor.rowcount]
            while cursor.nextset():
                counts.append(cursor.rowcount)
        return Passed(answered is not None and counts[0] == 1, counts[-1] == 1)

    def _prepare(self) -> None:
        """Have the statements planned, once per connection."""
        connection.ensure_connection()
        if self._prepared_on is connection.connection:
            return
        with connection.cursor() as cursor:
            for part, statement in zip(("record", "lock", "pass"), self._statements, strict=True):
                sql, given = statement.numbered()
                cursor.execute(f"PREPARE {self._name}_{part} AS {sql}", given)
        self._prepared_on = connection.connection


@lru_cache(maxsize=64)
def passage(route: Route) -> Passage:
    """The one passage of a route in this process."""
    return Passage(route)


def _statements(route: Route) -> tuple[Statement, ...]:
    """What records, locks and lets pass; empty if the route does not say in SQL who may have a row."""
    if route.among is None:
        return ()
    try:
        rows = route.among(route.model._base_manager.filter(pk=_PK)).order_by()
        among, given = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return ()
    quote, words = connection.ops.quote_name, SQL[connection.vendor]
    names = {state.name: state.value for state in State} | {
        "table": quote(route.model._meta.db_table),
        "pk": quote(route.model._meta.pk.column),
        "now": words["now"],
        "until": words["lease"].replace("%s", str(TRANSMIT_LEASE_SECONDS)),
        "among": among,
    }
    both = [_PK, _TOKEN]
    return tuple(
        Statement(sql.format(**names), [*both, *more])
        for sql, more in ((_RECORD, ()), (_LOCK, ()), (_PASS, given))
    )
