"""Finding campaigns by words in their name, without reading every name.

An index of three-letter pieces answers on both databases: pg_trgm (GIN over UPPER(name)) on PostgreSQL, an
FTS5 table with the trigram tokenizer on SQLite, kept by triggers (campaigns/triggers.py). It gives at most
`CAP` hits; a word that has more is so frequent that reading names from the newest on finds a page at once.
"""

import re

from django.db import connection, models
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import StrIndex, Upper
from django.db.models.lookups import GreaterThan

SEARCH_TABLE = "campaigns_campaignsearch"
SHORTEST = 3
CAP = 1000
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def words_of(text: str) -> list[str]:
    """The words of a search that are long enough to be looked for."""
    return [word for word in _CONTROL.sub(" ", text[:200]).split() if len(word) >= SHORTEST]


def narrowed(queryset: models.QuerySet, text: str) -> tuple[models.QuerySet, models.QuerySet, bool]:
    """The campaigns of `queryset` whose name has every word of `text` somewhere, whatever the case.

    Gives them twice: as they are to be read in order, and as they are to be counted; the third value is
    True when there are more than the second one has. One query more; words of fewer than three letters are
    not looked at, and without any other all remain.
    """
    words = words_of(text)
    if not words:
        return queryset, queryset, False
    hits = _hits(queryset.model, words)
    few = queryset.filter(_names(words), pk__in=hits)
    if _count(hits) <= CAP:
        return few, few, False
    # Without the index: it would give all hits, of which a page shows the newest.
    return queryset.filter(_read(words)), few, True


def with_words(queryset: models.QuerySet, text: str) -> models.QuerySet:
    """The first of what `narrowed` gives."""
    return narrowed(queryset, text)[0]


def _names(words: list[str]) -> Q:
    """A name that has all words, as the index of PostgreSQL knows it. SQLite's LIKE folds only ASCII."""
    if connection.vendor == "sqlite":
        return _read(words)
    return Q(*(Q(name__icontains=word) for word in words))


def _read(words: list[str]) -> Q:
    """A name that has all words, found by reading it; as PostgreSQL expects it of many names, not of few."""
    if connection.vendor == "sqlite":
        return Q(*(Q(name__iregex=re.escape(word)) for word in words))
    places = (StrIndex(Upper("name"), Upper(Value(word))) for word in words)
    return Q(*(GreaterThan(place, 0) for place in places))


def _hits(model: type[models.Model], words: list[str]) -> models.QuerySet | RawSQL:
    """Ids from the index as a subquery, one more than `CAP` when there are too many."""
    if connection.vendor != "sqlite":
        return model._base_manager.filter(_names(words)).values("pk")[: CAP + 1]
    phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words)
    sql = f"SELECT rowid FROM {SEARCH_TABLE} WHERE name MATCH %s LIMIT {CAP + 1}"
    return RawSQL(sql, [phrase], output_field=models.BigIntegerField())


def _count(hits: models.QuerySet | RawSQL) -> int:
    """How many hits there are, at most one more than `CAP`."""
    if isinstance(hits, models.QuerySet):
        return hits.count()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({hits.sql})", hits.params)
        return cursor.fetchone()[0]
