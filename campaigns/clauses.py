"""Pieces of SQL with their parameters, of which the query of the list is put together.

The ORM would take longer to write that query than the database to answer it.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection

from accounts.models import User
from accounts.rights import Rights
from campaigns.models import Campaign

CAMPAIGN = Campaign._meta.db_table


class Clause(NamedTuple):
    """A condition on a row of campaigns_campaign."""

    sql: str
    params: Sequence[Any] = ()


NOTHING = Clause("1 = 0")


def all_of(clauses: Iterable[Clause]) -> Clause:
    """All conditions; true of every row if there are none."""
    found = list(clauses)
    params = tuple(value for clause in found for value in clause.params)
    return Clause(" AND ".join(clause.sql for clause in found) or "1 = 1", params)


def visible_to(user: User) -> list[Clause]:
    """What `Campaign.objects.visible_to` asks of a campaign; nothing for whoever may open all."""
    rights = user.rights
    by_region = frozenset(rights.by_region.items())
    return _visible(user.pk, user.department_id, rights.everywhere, by_region, connection.vendor)


@lru_cache(maxsize=1024)
def _visible(
    pk: int,
    department_id: int | None,
    everywhere: frozenset[str],
    by_region: frozenset[tuple[str, frozenset[int]]],
    _vendor: str,
) -> list[Clause]:
    """Written once for all who have the same; it depends on nothing else."""
    user = User(pk=pk, department_id=department_id)
    user.rights = Rights(everywhere, dict(by_region))
    query = Campaign.objects.visible_to(user).query
    try:
        sql, params = query.where.as_sql(query.get_compiler(connection=connection), connection)
    except FullResultSet:
        return []
    except EmptyResultSet:
        return [NOTHING]
    return [Clause(f"({sql})", tuple(params))] if sql else []
