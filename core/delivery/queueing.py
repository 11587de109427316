"""Rows for many people at once: written by the database from lists, without a model instance for each."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from core.delivery.models import DeliveryBase

# As PostgreSQL calls what the lists hold.
_TYPES = {int: "bigint", str: "text"}


def insert_many(model: type[models.Model], lists: dict[str, Sequence[int | str]], **same: Any) -> None:
    """One row for each place of `lists` (columns by attribute name, as long as each other), `same` in all.

    Other columns get the default of their field. A row that a unique constraint forbids is left out; any
    other constraint raises IntegrityError. As `bulk_create(ignore_conflicts=True)` it sends no signals.
    """
    rows = list(zip(*lists.values(), strict=True))
    if not rows:
        return
    specimen = model(**same, **dict(zip(lists, rows[0], strict=True)))
    quote, names, given = connection.ops.quote_name, [], []
    for field in model._meta.local_concrete_fields:
        value = None if field.attname in lists else field.pre_save(specimen, add=True)
        # What the database fills in by itself.
        if field.attname in lists or field.primary_key or isinstance(value, DatabaseDefault):
            continue
        names.append(quote(field.column))
        given.append(field.get_db_prep_save(value, connection))
    columns = [quote(model._meta.get_field(name).column) for name in lists]
    listed, source, values = _source(rows)
    # Names come from the model itself, values go as parameters. WHERE tells SQLite that ON is no JOIN's.
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join([*columns, *names])})"  # nosec B608
        f" SELECT {', '.join([*listed, *('%s' for _name in names)])} FROM {source}"
        " WHERE TRUE ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, *values])


def _source(rows: list[tuple[int | str, ...]]) -> tuple[list[str], str, list[Any]]:
    """The columns' places in a table made of `rows`, that table, and its parameters."""
    places = range(len(rows[0]))
    if connection.vendor == "sqlite":
        return [f"JSON_EXTRACT(value, '$[{place}]')" for place in places], "JSON_EACH(%s)", [json.dumps(rows)]
    lists = ", ".join(f"%s::{_TYPES[type(value)]}[]" for value in rows[0])
    named = ", ".join(f"c{place}" for place in places)
    return (
        [f"c{place}" for place in places],
        f"UNNEST({lists}) AS given ({named})",
        [list(column) for column in zip(*rows, strict=True)],
    )


def queue_many(model: type[DeliveryBase], lists: dict[str, Sequence[int | str]], **same: Any) -> None:
    """Queue a message for each place of `lists`, as `insert_many` does, with its Message-ID."""
    insert_many(model, lists | {"message_id": list(_message_ids(model, lists, same))}, **same)


def _message_ids(
    model: type[DeliveryBase], lists: dict[str, Sequence[int | str]], same: dict[str, Any]
) -> Iterable[str]:
    row = model(**same)
    for values in zip(*lists.values(), strict=True):
        for name, value in zip(lists, values, strict=True):
            setattr(row, name, value)
        row.message_id = ""
        row.fill_message_id()
        yield row.message_id
