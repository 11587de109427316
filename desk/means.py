"""Finding words in entries: by a tsvector on PostgreSQL, by FTS5 on SQLite, or by looking at them here."""

import json
from collections.abc import Sequence

from django.db import connection
from django.db.models import BigIntegerField
from django.db.models.expressions import RawSQL

from desk.vocabulary import Term


def entries_having(column: str, terms: Sequence[Term], most: int) -> list[int]:
    """Ids of entries that have every term in the column (`head` or `words`); at most `most`, any.

    Words are letters and digits only (desk.folding), so they need no quoting.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            asked = " AND ".join(_one(term, '"{}"', '"{}"*', " OR ") for term in terms)
            sql = "SELECT rowid FROM desk_searchtext WHERE desk_searchtext MATCH %s ORDER BY rowid LIMIT %s"
            cursor.execute(sql, [f"{{{column}}} : ({asked})", most])
        else:
            asked = " & ".join(_one(term, "'{}'", "'{}':*", " | ") for term in terms)
            # The function never reads the whole table; PostgreSQL takes that for cheap (migrations/0003).
            cursor.execute("SELECT desk_entries_having(%s, %s::tsquery, %s)", [column, asked, most])
        return [pk for (pk,) in cursor.fetchall()]


def _one(term: Term, whole: str, begun: str, either: str) -> str:
    # What begins so need not be named.
    rest = (word for word in term.words if not (term.begins and word.startswith(term.typed)))
    parts = [whole.format(word) for word in sorted(rest)]
    if term.begins:
        parts.append(begun.format(term.typed))
    return f"({either.join(parts)})"


def stands_in(term: Term, text: str, words: set[str]) -> bool:
    """The same of one entry: its folded `text`, which consists of these words."""
    return not term.words.isdisjoint(words) or (term.begins and f" {term.typed}" in f" {text}")


def count_in(terms: Sequence[Term], text: str) -> int:
    """How many of the terms stand in the text of an entry."""
    words = set(text.split())
    return sum(stands_in(term, text, words) for term in terms)


def listed(ids: Sequence[int]) -> RawSQL:
    """Ids as one parameter, however many there are."""
    if connection.vendor == "sqlite":
        sql, given = "SELECT value FROM json_each(%s)", json.dumps(ids)
    else:
        sql, given = "SELECT unnest(%s::bigint[])", list(ids)
    return RawSQL(sql, [given], output_field=BigIntegerField())  # nosec B611
