"""Finding campaigns by words in their name, without reading every name.

An index of three-letter pieces answers on both databases: pg_trgm (GIN over UPPER(name)) on PostgreSQL, an
FTS5 table with the trigram tokenizer on SQLite, kept by triggers (campaigns/triggers.py). It gives at most
`CAP` hits; a word that has more is so frequent that reading names from the newest on finds a page at once.
"""

import json
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


def narrowed(queryset: models.QuerySet, text: str) -> tuple[models.QuerySet, models.QuerySet | None]:
    """The campaigns of `queryset` whose name has every word of `text` somewhere, whatever the case.

    Gives them twice: as they are to be read in order, and as they are to be counted; None instead of the
    latter when there are too many to be counted. One query more; words of fewer than three letters are not
    looked at, and without any other all remain.
    """
    words = words_of(text)
    if not words:
        return queryset, queryset
    hits = _hits(queryset.model, words)
    if len(hits) > CAP:
        # Without the index: it would give all hits, of which a page shows the newest.
        return queryset.filter(_read(words)), None
    few = queryset.filter(_names(words), pk__in=_listed(hits)) if hits else queryset.none()
    return few, few


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


def _hits(model: type[models.Model], words: list[str]) -> list[int]:
    """Ids from the index, one more than `CAP` when there are too many; one query."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            phrase = " ".join('"' + word.replace('"', '""') + '"' for word in words)
            cursor.execute(f"SELECT rowid FROM {SEARCH_TABLE} WHERE name MATCH %s LIMIT {CAP + 1}", [phrase])
        else:
            found = model._base_manager.filter(_names(words)).order_by().values("pk")
            sql, params = found.query.sql_with_params()
            # Materialized: seeing the limit, the planner would rather read every name than use the index.
            cursor.execute(f"WITH hits AS MATERIALIZED ({sql}) SELECT * FROM hits LIMIT {CAP + 1}", params)
        return [pk for (pk,) in cursor.fetchall()]


def _listed(ids: list[int]) -> RawSQL:
    """Ids as a subquery: one parameter, however many there are."""
    if connection.vendor == "sqlite":
        return RawSQL(
            "SELECT value FROM json_each(%s)", [json.dumps(ids)], output_field=models.BigIntegerField()
        )
    return RawSQL("SELECT unnest(%s::bigint[])", [ids], output_field=models.BigIntegerField())
