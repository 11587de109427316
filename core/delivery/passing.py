"""The fence on the fast lane: a group passes with one commit on the disk, then one light commit a message.

`turn` does for a group what `claiming.fence` does for one row, and writes down the answers before it. `begin`
asks for the right once more and says which message is handed over now (`handover`); what it writes need not
reach the disk, because a crash that could lose it is noticed. On PostgreSQL the statements are planned once
and travel together. Nothing here waits for a lock on a message: an answer is not held up by somebody's row.
"""

import itertools
import json
import re
from contextlib import nullcontext
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from psycopg.pq import ExecStatus

from core.delivery.claiming import SQL, TRANSMIT_LEASE_SECONDS
from core.delivery.handover import Handover, on_disk, this_start
from core.delivery.models import DeliveryBase
from core.delivery.routes import Route
from core.delivery.states import State, require_edge
from core.kept import Open, Place

_EDGES = (
    (State.TRANSMITTING, State.SENT),
    (State.UNCERTAIN, State.SENT),
    (State.CLAIMED, State.TRANSMITTING),
)
_RECORD = (
    "UPDATE {table} SET state = '{SENT}', sent_at = {now}, failure = '', claim_token = NULL,"
    " lease_until = NULL, hinted_at = NULL, changed_at = {now}"
    " WHERE {pk} {in_done} AND claim_token = {token} AND state IN ('{TRANSMITTING}', '{UNCERTAIN}')"
)
# A statement of its own: what is asked after it sees whatever was committed before the rows were locked.
_LOCK = (
    "SELECT {pk} FROM {table} WHERE {pk} {in_group} AND claim_token = {token} AND state = '{CLAIMED}'"
    " ORDER BY {pk} FOR NO KEY UPDATE NOWAIT"
)
_PASS = (
    "UPDATE {table} SET state = '{TRANSMITTING}', lease_until = {until}, changed_at = {now}"
    " WHERE {pk} {in_group} AND claim_token = {token} AND state = '{CLAIMED}' AND {pk} IN ({group_among})"
    " RETURNING {pk}"
)
_PLACE = (
    "INSERT INTO {handover} (token, first, begun, lease_until, boot)"
    " VALUES ({token}, {first}, 0, {until}, {boot})"
    " ON CONFLICT (token) DO UPDATE SET first = excluded.first, lease_until = excluded.lease_until"
)
_BEGIN = (
    "UPDATE {handover} SET begun = {first}, lease_until = {until}"
    " WHERE token = {token} AND begun < {first} AND EXISTS ({one_among})"
)
_END = "DELETE FROM {handover} WHERE token = {token}"
_LIGHT = "SET LOCAL synchronous_commit TO off"
_PLACES = re.compile(r"%%|%s")
_numbers = itertools.count(1)


class Statement(NamedTuple):
    """SQL with %s for its parameters; `given` holds them, or says what is open until it runs."""

    sql: str
    given: tuple[Any, ...]

    def bound(self, values: dict[str, Any]) -> list[Any]:
        """The parameters for one call."""
        return [values[one.name] if isinstance(one, Open) else one for one in self.given]


# In this order PostgreSQL's prepared statements take them.
_NAMES = {"token": "uuid", "first": "bigint", "last": "bigint", "group": "bigint[]", "done": "bigint[]"}


class Passage:
    """The fence of one route; its statements are made once."""

    def __init__(self, route: Route) -> None:
        self.route = route
        for old, new in _EDGES:
            require_edge(old, new)
        self._code = route.model._meta.get_field("claim_token")
        self._vendor = connection.vendor
        self._statements = _statements(route)
        self._begin_bare = _in_sqlite_words(self._statements["begin"].sql) if self._statements else ""
        self._name = f"ek_passage_{next(_numbers)}"
        self._prepared_on: Any = None

    @property
    def is_open(self) -> bool:
        """False where entitlement is no condition in SQL: then only `claiming.fence` can tell."""
        return bool(self._statements)

    def turn(
        self, rows: list[DeliveryBase], token: UUID, answered: list[DeliveryBase]
    ) -> tuple[int, set[int]]:
        """Write down that `answered` were sent, and let those of `rows` pass that may, in one commit.

        With `rows` it is on the disk when this returns; without them the token's place is given up. All rows
        belong to `token`, those to pass in the order of their keys. Returns how many answers were written
        down, and the keys that passed. Raises a database error, also if a lock is in the way: then
        neither has happened, or nobody knows; ask again one by one.
        """
        values = self._values(token, rows=[row.pk for row in rows], done=[row.pk for row in answered])
        parts = ["record"] if answered else []
        parts += ["lock", "pass", "place"] if rows else ["end"]
        way = self._one_by_one if self._vendor == "sqlite" else self._together
        # Around PostgreSQL's there is no transaction, or it would not be ours: Django refuses a nested one
        # that must be durable (save in tests).
        whole = self._vendor == "sqlite" or connection.in_atomic_block
        with on_disk(bool(rows)), transaction.atomic(durable=True) if whole else nullcontext():
            recorded, passed = way(parts, values)
        for row in rows:
            if row.pk in passed:
                row.state = State.TRANSMITTING
        return recorded, passed

    def begin(self, row: DeliveryBase, token: UUID) -> bool:
        """Say that `row` of the group is handed over from now on, and those before it were taken.

        False if it may not be: the place is lost, or the person's right. Raises a database error.
        """
        if self._vendor == "sqlite":
            return self._begin_here(row, token)
        self._prepare()
        # Not through the proxy, which looks for it each time.
        here = connections[DEFAULT_DB_ALIAS]
        if here.queries_logged or here.in_atomic_block:
            with here.cursor() as cursor:
                cursor.execute(self._begin_words(row, token))
                while cursor.nextset():
                    pass
                return cursor.rowcount == 1
        # Straight to libpq: the layers above cost more than the statement.
        done = here.connection.pgconn.exec_(self._begin_words(row, token).encode("ascii"))
        if done.status != ExecStatus.COMMAND_OK:
            raise OperationalError((done.error_message or b"").decode("utf-8", "replace"))
        return done.command_tuples == 1

    def _begin_here(self, row: DeliveryBase, token: UUID) -> bool:
        # Not through the proxy, which looks for it each time.
        here = connections[DEFAULT_DB_ALIAS]
        values = {"token": self._code.get_db_prep_value(token, here), "first": row.pk}
        given = self._statements["begin"].bound(values)
        if here.queries_logged or here.execute_wrappers or not this_start():
            with on_disk(not this_start()), here.cursor() as cursor:
                return cursor.execute(self._statements["begin"].sql, given).rowcount == 1
        here.ensure_connection()
        # Straight to SQLite: the layers above cost more than the statement.
        with here.wrap_database_errors:
            return here.connection.execute(self._begin_bare, given).rowcount == 1

    def _begin_words(self, row: DeliveryBase, token: UUID) -> str:
        return f"{_LIGHT}; EXECUTE {self._name}_begin('{token}', {int(row.pk)}, 0, '{{}}', '{{}}')"

    def _values(self, token: UUID, *, rows: list[int], done: list[int] | None = None) -> dict[str, Any]:
        ends = {"first": rows[0], "last": rows[-1]} if rows else {"first": 0, "last": 0}
        code = self._code.get_db_prep_value(token, connection)
        return {"token": code, "group": rows, "done": done or [], **ends}

    def _one_by_one(self, parts: list[str], values: dict[str, Any]) -> tuple[int, set[int]]:
        """The transaction began by taking SQLite's only lock."""
        recorded, passed = 0, set()
        told = values | {name: json.dumps(values[name]) for name in ("group", "done")}
        with connection.cursor() as cursor:
            for part in parts:
                if part == "lock":
                    continue
                statement = self._statements[part]
                cursor.execute(statement.sql, statement.bound(told))
                if part == "record":
                    recorded = cursor.rowcount
                elif part == "pass":
                    passed = {pk for (pk,) in cursor.fetchall()}
        return recorded, passed

    def _together(self, parts: list[str], values: dict[str, Any]) -> tuple[int, set[int]]:
        """PostgreSQL makes one transaction of statements that come in one message."""
        self._prepare()
        recorded, passed = 0, set()
        # Numbers and a UUID; written out, since filling them in would cost more than all the rest.
        group, done = (",".join(str(int(pk)) for pk in values[name]) for name in ("group", "done"))
        given = f"('{values['token']}', {values['first']:d}, {values['last']:d}, '{{{group}}}', '{{{done}}}')"
        with connection.cursor() as cursor:
            said = [f"EXECUTE {self._name}_{part}{given}" for part in parts]
            if "pass" not in parts:
                # Answers that a crash takes back leave a doubt, since it empties `Handover`, too.
                parts, said = ["", *parts], [_LIGHT, *said]
            cursor.execute("; ".join(said))
            for part in parts:
                if part == "record":
                    recorded = cursor.rowcount
                elif part == "pass":
                    passed = {pk for (pk,) in cursor.fetchall()}
                cursor.nextset()
        return recorded, passed

    def _prepare(self) -> None:
        """Have the statements planned, once per connection."""
        here = connections[DEFAULT_DB_ALIAS]
        here.ensure_connection()
        if self._prepared_on is here.connection:
            return
        types = ", ".join(_NAMES.values())
        with here.cursor() as cursor:
            for part, statement in self._statements.items():
                sql, given = _numbered(statement)
                cursor.execute(f"PREPARE {self._name}_{part} ({types}) AS {sql}", given)
        self._prepared_on = here.connection


def _in_sqlite_words(sql: str) -> str:
    return _PLACES.sub(lambda found: "%" if found[0] == "%%" else "?", sql)


def _numbered(statement: Statement) -> tuple[str, list[Any]]:
    """For PREPARE: what is known later as $1, $2 ..., the others as they are."""
    left, rest, names = iter(statement.given), [], list(_NAMES)

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return "%%"
        one = next(left)
        if isinstance(one, Open):
            return f"${names.index(one.name) + 1}"
        rest.append(one)
        return "%s"

    return _PLACES.sub(place, statement.sql), rest


@lru_cache(maxsize=64)
def passage(route: Route) -> Passage:
    """The one passage of a route in this process."""
    return Passage(route)


def _statements(route: Route) -> dict[str, Statement]:
    """Everything by its name; empty if the route does not say in SQL who may have a row."""
    if route.among is None:
        return {}
    rows = route.model._base_manager.filter(claim_token=Place("token"))
    try:
        group = _query(route, rows.filter(pk__gte=Place("first"), pk__lte=Place("last")))
        one = _query(route, rows.filter(pk=Place("first"), state=State.TRANSMITTING))
    except EmptyResultSet:
        return {}
    quote, words = connection.ops.quote_name, SQL[connection.vendor]
    several = "= ANY(%s)" if connection.vendor == "postgresql" else "IN (SELECT value FROM JSON_EACH(%s))"
    pieces = {state.name: (state.value, ()) for state in State} | {
        "table": (quote(route.model._meta.db_table), ()),
        "handover": (quote(Handover._meta.db_table), ()),
        "pk": (quote(route.model._meta.pk.column), ()),
        "now": (words["now"], ()),
        "until": (words["lease"].replace("%s", str(TRANSMIT_LEASE_SECONDS)), ()),
        "token": ("%s", (Open("token"),)),
        "first": ("%s", (Open("first"),)),
        "boot": ("%s", (this_start(),)),
        "in_group": (several, (Open("group"),)),
        "in_done": (several, (Open("done"),)),
        "group_among": group,
        "one_among": one,
    }
    parts = {"record": _RECORD, "lock": _LOCK, "pass": _PASS, "place": _PLACE, "begin": _BEGIN, "end": _END}
    return {name: _filled(sql, pieces) for name, sql in parts.items()}


def _query(route: Route, rows: Any) -> tuple[str, tuple[Any, ...]]:
    """The SQL of the rows among `rows` that may go, and its parameters."""
    return route.among(rows).order_by().values("pk").query.sql_with_params()


def _filled(sql: str, pieces: dict[str, tuple[str, tuple[Any, ...]]]) -> Statement:
    """`sql` with its pieces, and their parameters in the order of their places."""
    given: list[Any] = []

    def piece(found: re.Match[str]) -> str:
        words, more = pieces[found[1]]
        given.extend(more)
        return words

    return Statement(re.sub(r"\{(\w+)\}", piece, sql), tuple(given))
