"""The rows of the campaign list as HTML, written in Python: a tag for each cell of a page would be slow."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache

from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from campaigns.enums import Phase
from campaigns.listing import Row
from core import formats
from core.templatetags.ui import avatar, bar, icon, state

HUNDRED = Decimal(100)
# Nothing is late any more once no region waits for its start.
OVER = (Phase.FINISHED, Phase.EVALUATED, Phase.CANCELLED)


class Owner:
    """Who is shown in a row: what `avatar` needs."""

    def __init__(self, row: Row) -> None:
        self.pk = row.owner_id
        self.name = f"{row.first_name} {row.last_name}".strip() or row.email

    def get_full_name(self) -> str:
        return self.name


@lru_cache(maxsize=64)
def _pill(phase: str, language: str) -> SafeString:
    """The pill of a phase; `language` is only its key."""
    return state(Phase(phase), bare=True)


@lru_cache(maxsize=1)
def _address() -> tuple[str, str]:
    """What stands before and behind the id in a campaign's address."""
    before, after = reverse("campaigns:detail", args=[0]).split("0", 1)
    return before, after


def regions(codes: str | None) -> str:
    """Region codes of a row, sorted."""
    return " · ".join(sorted((codes or "").split()))


def row_html(row: Row, language: str, late: Iterable[str] = ()) -> str:
    """One `<tr>`; every text in it is escaped. `late` says what is late of the campaign, if that is known."""
    before, after = _address()
    period = escape(formats.date_range(row.starts_on, row.ends_on))
    owner = Owner(row)
    person = f"{avatar(owner, small=True)}{escape(owner.name)}"
    where = escape(regions(row.codes)) or "–"
    return (
        f'<tr><th scope="row"><a class="ek-quiet" href="{before}{row.pk}{after}">{escape(row.name)}</a>'
        f"{'' if row.phase in OVER else _late_place(row.pk, late)}"
        f'<div class="ek-meta ek-only-s">{period} · <span class="ek-nowrap">{where}</span></div></th>'
        f"<td>{_pill(row.phase, language)}</td>"
        f'<td class="ek-only-l ek-nowrap">{period}</td><td class="ek-only-l ek-nowrap">{where}</td>'
        f'<td class="ek-only-l ek-nowrap"><span class="ek-ch">{person}</span></td>'
        f'<td class="ek-only-l">{_budget(row)}</td></tr>'
    )


def _late_place(pk: int, words: Iterable[str]) -> str:
    """Where a row says what is late of its campaign; empty until a second request fills it."""
    return _late(f'id="late-{pk}"', words) if words else f'<div id="late-{pk}"></div>'


def late_html(pk: int, words: Iterable[str]) -> str:
    """What is late of a campaign, for the place of it in a list that is shown already."""
    return _late(f'id="late-{pk}" hx-swap-oob="true"', words)


def _late(place: str, words: Iterable[str]) -> str:
    said = "".join(f"<div>{icon('exclamation-circle-fill')} {escape(one)}</div>" for one in words)
    return f'<div class="ek-meta ek-t-stop fw-normal" {place}>{said}</div>'


def _budget(row: Row) -> str:
    """How much of the budget is allocated, and what is left in reserve."""
    if not row.amount:
        return f'<span class="ek-label">{escape(_("no budget yet"))}</span>'
    share = row.allocated * HUNDRED / row.amount
    reserve = formats.money(row.amount - row.allocated, row.currency)
    words = (
        _("%(amount)s, reserve %(reserve)s")
        if row.approved is not None
        else _("%(amount)s proposed, reserve %(reserve)s")
    )
    text = words % {"amount": formats.money(row.amount, row.currency), "reserve": reserve}
    drawn = bar((("plan", share), ("left", HUNDRED - share)), text, "s")
    return f'{drawn}<span class="ek-label">{escape(text)}</span>'


def rows_html(rows: list[Row], late: Mapping[int, Iterable[str]] | None = None) -> SafeString:
    """All rows of a page, with what is late of each by id if that was asked already."""
    language, said = formats.language(), late or {}
    # Put together from escaped parts only (row_html).
    return mark_safe("".join(row_html(row, language, said.get(row.pk, ())) for row in rows))


def may_be_late(rows: list[Row]) -> list[int]:
    """Of which of the rows anything can be late."""
    return [row.pk for row in rows if row.phase not in OVER]
