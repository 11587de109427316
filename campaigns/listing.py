"""One page of the campaign list, by key instead of by number: as fast on the last page as on the first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db.models import (
    Aggregate,
    CharField,
    Count,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_date

from campaigns.filters import Matches
from campaigns.models import Campaign, CampaignRegion
from campaigns.querysets import CampaignQuerySet

PAGE = 25
# Beyond this many, the list says "more than"; counting on would read the whole table.
COUNT_CAP = 50
NEWEST = ("-starts_on", "-id")
OLDEST = ("starts_on", "id")


class JoinedCodes(Aggregate):
    """Texts of a group in one, with blanks between."""

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, ' ')"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, Sequence[Any]]:
        return self.as_sql(compiler, connection, function="STRING_AGG", **extra)


class Row(NamedTuple):
    """A campaign in the list."""

    pk: int
    name: str
    phase: str
    starts_on: date
    ends_on: date
    owner_id: int
    first_name: str
    last_name: str
    email: str
    amount: Decimal | None
    allocated: Decimal | None
    currency: str | None
    approved: Decimal | None
    codes: str | None
    total: int


COLUMNS = (
    "pk",
    "name",
    "phase",
    "starts_on",
    "ends_on",
    "owner_id",
    "owner__first_name",
    "owner__last_name",
    "owner__email",
    "amount",
    "budget__allocated",
    "budget__currency",
    "budget__approved",
    "codes",
    "total",
)


@dataclass(frozen=True)
class Page:
    """Rows, newest start first, and the places (for the address) of the pages around them.

    `total` campaigns were counted; there are still `more` than that, or not.
    """

    rows: list[Row]
    total: int
    more: bool
    newer: dict[str, str] | None
    older: dict[str, str] | None


def page_of(matches: Matches, place: Mapping[str, str]) -> Page:
    """The page at `place`: {"after": key}, {"before": key}, {"last": "1"}, else the first. One query."""
    after, before = _key(place.get("after", "")), _key(place.get("before", ""))
    backwards = bool(before or place.get("last")) and not after
    rows = _rows(matches, after, before, backwards)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    newer = more if backwards else bool(after)
    older = bool(before) if backwards else more
    total, uncounted = _total(matches, rows, newer or older)
    return Page(
        rows,
        total,
        uncounted,
        {"before": key_of(rows[0])} if rows and newer else None,
        {"after": key_of(rows[-1])} if rows and older else None,
    )


def _total(matches: Matches, rows: list[Row], others: bool) -> tuple[int, bool]:
    """How many there are, and whether still more; uncounted ones fill a page or go on."""
    if matches.counted is None:
        return (PAGE if others else len(rows)), others
    total = rows[0].total if rows else 0
    return min(total, COUNT_CAP), total > COUNT_CAP


def key_of(row: Row) -> str:
    """Where a row stands in the list."""
    return f"{row.starts_on.isoformat()}_{row.pk}"


def _key(text: str) -> tuple[date, int] | None:
    day, _mark, number = text.partition("_")
    try:
        starts_on = parse_date(day)
    except ValueError:
        return None
    return (starts_on, int(number)) if starts_on and number.isdecimal() and len(number) < 19 else None


def _rows(
    matches: Matches,
    after: tuple[date, int] | None,
    before: tuple[date, int] | None,
    backwards: bool,
) -> list[Row]:
    """One row more than fits the page, from the key on in reading direction."""
    found = matches.rows
    # Written so that both databases start in the index at the day and compare the id only within it.
    if after:
        found = found.filter(starts_on__lte=after[0]).exclude(starts_on=after[0], id__gte=after[1])
    elif before:
        found = found.filter(starts_on__gte=before[0]).exclude(starts_on=before[0], id__lte=before[1])
    order = OLDEST if backwards else NEWEST
    found = found.order_by(*order).values("pk")
    counted = None
    if matches.counted is None:
        counted = Value(0, output_field=IntegerField())
    elif after or before:
        counted = _count(matches.counted)
    # First which ones, then what is shown of them: nothing is joined for rows that no page shows. From either
    # end of the list the same reading also counts.
    keys = found[: (PAGE if counted else max(COUNT_CAP, PAGE)) + 1]
    shown = Campaign.objects.filter(pk__in=keys).annotate(
        amount=Coalesce("budget__approved", "budget__proposed"),
        codes=_codes(),
        total=counted or Window(Count("pk")),
    )
    return [Row(*values) for values in shown.order_by(*order).values_list(*COLUMNS)[: PAGE + 1]]


def _codes() -> Subquery:
    """The codes of a campaign's regions in one text."""
    regions: QuerySet = CampaignRegion.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Subquery(regions.annotate(codes=JoinedCodes(F("region__code"))).values("codes"))


def _count(campaigns: CampaignQuerySet) -> RawSQL | Value:
    """How many there are in all, counted up to the cap, in the same query."""
    try:
        few = campaigns.order_by().values("pk")[: COUNT_CAP + 1]
        sql, params = few.query.sql_with_params()
    except EmptyResultSet:
        return Value(0, output_field=IntegerField())
    return RawSQL(f"SELECT COUNT(*) FROM ({sql}) counted", params, output_field=IntegerField())
