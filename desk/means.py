"""Finding words in entries: by a tsvector on PostgreSQL, by FTS5 on SQLite, or by looking at them here."""

import json
from collections.abc import Sequence
from functools import cached_property

from django.db import connection

from desk.vocabulary import Term

# So many words of the index, and it may pay to ask first how often they stand.
MANY_WORDS = 20


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
            asked = _tsquery(terms)
            # The function never reads the whole table; PostgreSQL takes that for cheap (migrations/0003).
            cursor.execute("SELECT desk_entries_having(%s, %s::tsquery, %s)", [column, asked, most])
        return [pk for (pk,) in cursor.fetchall()]


def seem_more(column: str, terms: Sequence[Term], most: int) -> bool:
    """Whether PostgreSQL expects more entries than `most` with every term, by its statistics alone.

    For a word that stands for many it finds every entry before it gives the first, which takes longer than to
    ask this. SQLite gives them as it finds them: False.
    """
    if connection.vendor == "sqlite" or sum(len(term.words) for term in terms) < MANY_WORDS:
        return False
    sql = f"EXPLAIN (FORMAT JSON) SELECT 1 FROM desk_searchentry WHERE {column}_found @@ %s::tsquery"  # nosec B608
    with connection.cursor() as cursor:
        cursor.execute(sql, [_tsquery(terms)])
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return plan[0]["Plan"]["Plan Rows"] > most


def _tsquery(terms: Sequence[Term]) -> str:
    return " & ".join(_one(term, "'{}'", "'{}':*", " | ") for term in terms)


def _one(term: Term, whole: str, begun: str, either: str) -> str:
    # What begins so need not be named.
    rest = (word for word in term.words if not (term.begins and word.startswith(term.typed)))
    parts = [whole.format(word) for word in sorted(rest)]
    if term.begins:
        parts.append(begun.format(term.typed))
    return f"({either.join(parts)})"


class Split:
    """The folded text of one entry; taken apart when that is needed, and once."""

    def __init__(self, text: str) -> None:
        self._text = f" {text}"

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._text.split())

    def has(self, term: Term) -> bool:
        """Whether the word stands in it; the same as `entries_having` says."""
        if term.begins and f" {term.typed}" in self._text:
            return True
        return bool(term.words) and not term.words.isdisjoint(self._words)
