"""One page of the campaign list, by key instead of by number: as fast on the last page as on the first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.utils.dateparse import parse_date

from accounts.models import User
from campaigns import search
from campaigns.clauses import CAMPAIGN, Clause, all_of, visible_to
from campaigns.filters import CampaignFilter

PAGE = 25
# Beyond this many, the list says "more than"; counting on would read the whole table.
COUNT_CAP = 50
NEWEST, OLDEST = "DESC", "ASC"


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


JOINED = {"postgresql": "STRING_AGG(g.code, ' ')", "sqlite": "GROUP_CONCAT(g.code, ' ')"}
# First which ones, from an index; then what is shown of them.
SQL = """WITH found AS ({found}) SELECT
c.id, c.name, c.phase, c.starts_on, c.ends_on, c.owner_id, u.first_name, u.last_name, u.email,
COALESCE(b.approved, b.proposed), b.allocated, b.currency, b.approved,
(SELECT {joined} FROM campaigns_campaignregion r JOIN accounts_region g ON g.id = r.region_id
 WHERE r.campaign_id = c.id), {total}
FROM (SELECT id FROM found ORDER BY starts_on {order}, id {order} LIMIT {page}) p
JOIN campaigns_campaign c ON c.id = p.id JOIN accounts_user u ON u.id = c.owner_id
LEFT JOIN campaigns_budget b ON b.campaign_id = c.id ORDER BY c.starts_on {order}, c.id {order}"""


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


class Search(NamedTuple):
    """What is sought: what is asked of a campaign, and whether the index of words finds it."""

    asked: list[Clause]
    by_words: bool


def page_of(chosen: CampaignFilter, user: User, place: Mapping[str, str]) -> Page:
    """What the person may open and the filter leaves, at `place`.

    That is {"after": key}, {"before": key}, {"last": "1"}, else the first page. One query, two if there is a
    text.
    """
    after, before = _key(place.get("after", "")), _key(place.get("before", ""))
    backwards = bool(before or place.get("last")) and not after
    rows = _rows(_search(chosen, user), after, before, backwards)
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    if backwards:
        rows.reverse()
    newer = more if backwards else bool(after)
    older = bool(before) if backwards else more
    total = rows[0].total if rows else 0
    return Page(
        rows,
        min(total, COUNT_CAP),
        total > COUNT_CAP,
        {"before": key_of(rows[0])} if rows and newer else None,
        {"after": key_of(rows[-1])} if rows and older else None,
    )


def ids_of(chosen: CampaignFilter, user: User, most: int) -> list[int]:
    """The first `most` campaigns of the list, newest start first, by id."""
    found = _keys(_search(chosen, user), NEWEST, most)
    with connection.cursor() as cursor:
        cursor.execute(found.sql, found.params)
        return [row[0] for row in cursor.fetchall()]


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


def _search(chosen: CampaignFilter, user: User) -> Search:
    """How to look for what is chosen: words of fewer than three letters are not looked at."""
    asked = chosen.clauses(user) + visible_to(user)
    words = search.words_of(chosen.text)
    if not words:
        return Search(asked, by_words=False)
    asked.append(search.named(words))
    # Of one person's campaigns all names can be read.
    if chosen.owner or search.are_frequent(words):
        return Search(asked, by_words=False)
    return Search([search.looked_up(words), *asked], by_words=True)


def _rows(
    sought: Search, after: tuple[date, int] | None, before: tuple[date, int] | None, backwards: bool
) -> list[Row]:
    """One row more than fits the page, from the key on in reading direction."""
    order = OLDEST if backwards else NEWEST
    if after or before:
        from_there = [*sought.asked, _beyond(after or before, "<" if after else ">")]
        found = _keys(sought._replace(asked=from_there), order, PAGE + 1)
        counted = _keys(sought, NEWEST, COUNT_CAP + 1)
        total = Clause(f"(SELECT COUNT(*) FROM ({counted.sql}) counted)", counted.params)
    else:
        # From either end of the list the same reading also counts.
        found, total = _keys(sought, order, max(COUNT_CAP, PAGE) + 1), Clause("(SELECT COUNT(*) FROM found)")
    joined = JOINED[connection.vendor]
    sql = SQL.format(found=found.sql, joined=joined, total=total.sql, order=order, page=PAGE + 1)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*found.params, *total.params])
        rows = cursor.fetchall()
    return [_row(values) for values in rows]


def _beyond(key: tuple[date, int], sign: str) -> Clause:
    """Campaigns beyond a key; both databases start in the index at the day, and compare the id only there."""
    day, pk = key[0].isoformat(), key[1]
    starts_on = f"{CAMPAIGN}.starts_on"
    sql = f"({starts_on} {sign}= %s AND ({starts_on} {sign} %s OR {CAMPAIGN}.id {sign} %s))"
    return Clause(sql, (day, day, pk))


def _keys(sought: Search, order: str, most: int) -> Clause:
    """The query for the first campaigns of a list: id and start."""
    asked = all_of(sought.asked)
    columns = f"{CAMPAIGN}.id, {CAMPAIGN}.starts_on"
    if not sought.by_words:
        table = CAMPAIGN
    elif connection.vendor == "sqlite":
        # CROSS: words first.
        table = f"{search.SEARCH_TABLE} CROSS JOIN {CAMPAIGN} ON {CAMPAIGN}.id = {search.SEARCH_TABLE}.rowid"
    else:
        # Materialized: seeing the limit, the planner would rather read every name than use the index.
        hits = f"WITH hits AS MATERIALIZED (SELECT {columns} FROM {CAMPAIGN} WHERE {asked.sql})"
        return Clause(
            f"{hits} SELECT id, starts_on FROM hits ORDER BY starts_on {order}, id {order} LIMIT {most}",
            asked.params,
        )
    ordered = f"ORDER BY {CAMPAIGN}.starts_on {order}, {CAMPAIGN}.id {order} LIMIT {most}"
    return Clause(f"SELECT {columns} FROM {table} WHERE {asked.sql} {ordered}", asked.params)


def _row(values: tuple[Any, ...]) -> Row:
    """A row as PostgreSQL gives it; SQLite knows no dates and no decimals."""
    row = Row(*values)
    if connection.vendor != "sqlite":
        return row
    return row._replace(
        starts_on=_day(row.starts_on),
        ends_on=_day(row.ends_on),
        amount=_money(row.amount),
        allocated=_money(row.allocated),
        approved=_money(row.approved),
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _money(value: Any) -> Decimal | None:
    return None if value is None else Decimal(f"{value:.2f}")
