"""Rows written past the models, many at a time: COPY on PostgreSQL, executemany on SQLite.

All constraints and triggers stay on; foreign keys are checked at the end of the transaction, so rows of
one batch may refer to each other. Values are what the column holds: text, numbers, ISO dates, JSON text.
"""

import hashlib
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from django.db.models.fields import NOT_PROVIDED

Value = str | int | bool | None


def sealed(value: Any) -> tuple[str, str]:
    """JSON as both databases take it, and its `campaigns.services.content.canonical_hash`."""
    shown = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return shown, hashlib.sha256(shown.encode()).hexdigest()


def text(value: Any) -> str:
    """JSON as both databases take it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Sheet:
    """The rows to come of one table. `columns` are given with each row, `constants` hold for all.

    Every other column gets its field's default; one that the database fills itself is left to it.
    """

    def __init__(self, model: type[models.Model], *columns: str, **constants: Value) -> None:
        self.model = model
        self.table = model._meta.db_table
        self.names = ["id", *columns]
        self.rows: list[tuple[Value, ...]] = []
        defaults = _defaults(model, {"id", *columns}) | constants
        self.names += [name for name in defaults if name not in columns]
        self.constants = tuple(value for name, value in defaults.items() if name not in columns)
        self.next = (model._base_manager.aggregate(last=Max("pk"))["last"] or 0) + 1
        self.step = 1

    def share(self, place: int, of: int) -> None:
        """Of `of` processes that fill this table, this is the one at `place`: every `of`-th id is its own."""
        self.next, self.step = self.next + place, of

    def add(self, *values: Value) -> int:
        """Append a row; its id."""
        own = self.next
        self.next += self.step
        self.rows.append((own, *values, *self.constants))
        return own

    def next_id(self) -> int:
        """The id that the next row will get."""
        return self.next

    def write(self) -> None:
        """Write the rows and forget them."""
        if self.rows:
            (_copy if connection.vendor == "postgresql" else _insert)(self)
            self.rows = []


def _defaults(model: type[models.Model], given: set[str]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for one in model._meta.concrete_fields:
        if one.attname in given or one.generated or one.db_default is not NOT_PROVIDED:
            continue
        value = one.get_default()
        if isinstance(one, models.JSONField):
            value = text(value)
        found[one.attname] = str(value) if isinstance(value, Decimal) else value
    return found


def _columns(sheet: Sheet) -> str:
    by_name = {one.attname: one.column for one in sheet.model._meta.concrete_fields}
    return ", ".join(f'"{by_name[name]}"' for name in sheet.names)


def _copy(sheet: Sheet) -> None:
    statement = f'COPY "{sheet.table}" ({_columns(sheet)}) FROM STDIN'
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for row in sheet.rows:
            copy.write_row(row)


def _insert(sheet: Sheet) -> None:
    places = ", ".join(["%s"] * len(sheet.names))
    with connection.cursor() as cursor:
        # Names come from the models, values are parameters.
        cursor.executemany(
            f'INSERT INTO "{sheet.table}" ({_columns(sheet)}) VALUES ({places})',  # nosec B608
            sheet.rows,
        )


@transaction.atomic
def write_all(sheets: Iterable[Sheet]) -> None:
    """Write sheets in their order, in one transaction."""
    for sheet in sheets:
        sheet.write()


def go_on_numbering(sheets: Iterable[Sheet]) -> None:
    """Let the database's own numbering go on after the rows written."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [sheet.model for sheet in sheets]):
            cursor.execute(statement)
