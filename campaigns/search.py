"""Finding campaigns by words in their name, without reading every name.

Rare words are looked up in an index of three-letter pieces: pg_trgm (GIN over UPPER(name)) on PostgreSQL, an
FTS5 table with the trigram tokenizer on SQLite, kept by triggers (campaigns/triggers.py). Frequent words have
too many hits for that; reading names in the order of the list, from an index, finds a page of them at once.
"""

import re

from django.db import connection

from campaigns.clauses import CAMPAIGN, Clause, all_of

SEARCH_TABLE = "campaigns_campaignsearch"
SHORTEST = 3
# Among so many of the newest campaigns it is counted how frequent the words are, and from when on they are.
SAMPLE = 1000
FREQUENT = 5
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ASCII = re.compile(r"[\x20-\x7e]+")
# Letters that are the same as an ASCII letter (s, k) when case does not count.
_LIKE_ASCII = "*[\u017f\u212a]*"


def words_of(text: str) -> list[str]:
    """The words of a search that are long enough to be looked for."""
    return [word for word in _CONTROL.sub(" ", text[:200]).split() if len(word) >= SHORTEST]


def named(words: list[str]) -> Clause:
    """Campaigns whose name has all words somewhere, whatever the case; found by reading it."""
    one = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    return all_of([one(word) for word in words])


def looked_up(words: list[str]) -> Clause:
    """Campaigns that the index knows under all words; on SQLite beside the search table."""
    if connection.vendor == "sqlite":
        phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words)
        return Clause(f"{SEARCH_TABLE}.name MATCH %s", (phrase,))
    escaped = (re.sub(r"([\\%_])", r"\\\1", word) for word in words)
    return all_of([Clause(f"UPPER({CAMPAIGN}.name) LIKE UPPER(%s)", (f"%{word}%",)) for word in escaped])


def are_frequent(words: list[str]) -> bool:
    """Whether many of the newest campaigns have the words in their name; one query."""
    has = named(words)
    newest = f"SELECT name_upper FROM {CAMPAIGN} ORDER BY starts_on DESC, id DESC LIMIT {SAMPLE}"
    with connection.cursor() as cursor:
        # Texts of the program only, values are parameters.
        cursor.execute(f"SELECT COUNT(*) FROM ({newest}) {CAMPAIGN} WHERE {has.sql}", has.params)  # nosec B608
        return cursor.fetchone()[0] >= FREQUENT


def _on_postgresql(word: str) -> Clause:
    return Clause(f"strpos({CAMPAIGN}.name_upper, UPPER(%s)) > 0", (word,))


def _on_sqlite(word: str) -> Clause:
    """SQLite folds ASCII only; Python compares the others, after the longest piece of ASCII was there."""
    name = f"{CAMPAIGN}.name_upper"
    piece = max(_ASCII.findall(word), key=len, default="").upper()
    has_piece = f"(instr({name}, %s) > 0 OR {name} GLOB '{_LIKE_ASCII}')"
    pattern = f"(?i){re.escape(word)}"
    if piece == word.upper():
        sure = f"(instr({name}, %s) > 0 OR {name} GLOB '{_LIKE_ASCII}' AND {name} REGEXP %s)"
        return Clause(sure, (piece, pattern))
    return Clause(f"({has_piece} AND {name} REGEXP %s)", (piece, pattern))
