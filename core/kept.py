"""Queries that Django writes once, which then run with other values each time.

Where a page asks many small questions, to put one together and to turn it into SQL takes longer than to
answer it.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, QuerySet

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Open:
    """Stands among the values of a query for one that is not known yet."""

    name: str


class Place(Expression):
    """In a kept query the place of a value: `ends_at__gt=Place("now")`."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self._open = [Open(name) for name in names]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Open]]:
        """A parameter."""
        return "%s", self._open


class Several(Place):
    """Places beside each other, for a few values: `region__in=Several("first", "second")`."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Open]]:
        """A parameter for each."""
        return f"({', '.join(['%s'] * len(self._open))})", self._open


class Among(Func):
    """The condition that a column is one of whole numbers, however many: `filter(Among("pk", "ids"))`."""

    output_field = BooleanField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Place(name))

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """By an array, of which PostgreSQL knows the length when it plans."""
        return self.as_sql(compiler, connection, template="%(expressions)s::bigint[])", arg_joiner=" = ANY(")

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        """By a list in JSON."""
        listed = " IN (SELECT value FROM json_each("
        return self.as_sql(compiler, connection, template="%(expressions)s))", arg_joiner=listed)


class Kept:
    """A query as Django wrote it, with its places open.

    `rows` is one with values_list(); what it holds beside its places stays as it is.
    """

    def __init__(self, rows: QuerySet) -> None:
        compiler = rows.query.get_compiler(connection.alias)
        self._sql, self._values = compiler.as_sql()
        # What makes Python's values of the database's, by the number of the column.
        self.converters = compiler.get_converters([column for column, *_rest in compiler.select])

    def __call__(self, **values: Any) -> list[Row]:
        """The rows with these values in the places, in the order of the columns that were named.

        Raises KeyError if a place is left open.
        """
        found = self.raw(**values)
        return [self._row(row) for row in found] if self.converters else found

    def raw(self, **values: Any) -> list[Row]:
        """The same as the database gave them, before the `converters`."""
        adapted = {name: _adapted(value) for name, value in values.items()}
        given = [adapted[one.name] if isinstance(one, Open) else one for one in self._values]
        with connection.cursor() as cursor:
            cursor.execute(self._sql, given)
            return cursor.fetchall()

    def _row(self, row: Row) -> Row:
        values = list(row)
        for at, (converters, expression) in self.converters.items():
            for convert in converters:
                values[at] = convert(values[at], expression, connection)
        return tuple(values)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    if isinstance(value, UUID) and not connection.features.has_native_uuid_field:
        return value.hex
    if isinstance(value, list | tuple):
        # An array as its text: psycopg would look at each number.
        return json.dumps(value) if connection.vendor == "sqlite" else f"{{{','.join(map(str, value))}}}"
    return value
