"""The list of campaigns."""

from functools import lru_cache

from django.db import connection
from django.db.models import Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from accounts.models import Region
from accounts.permissions import can
from campaigns.enums import Phase
from campaigns.filters import MINE, CampaignFilter
from campaigns.listing import PAGE, Page, page_of
from campaigns.models import Campaign
from campaigns.readiness import late_of
from campaigns.rows import late_html, may_be_late, rows_html
from channels.models import Channel
from core import formats


@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Campaigns the person may open, newest start first, filtered as the address says.

    What is late of them comes in a second request (`?late=7,8`), so that the list need not wait for it; who
    has no scripts asks for it with the list (`?lateness=1`, kept while he turns pages and filters).
    """
    if request.htmx and "late" in request.GET:
        return _late(request)
    chosen = CampaignFilter.from_query(request.GET)
    page = page_of(chosen, request.user, request.GET)
    asked, kept = may_be_late(page.rows), {"lateness": "1"} if "lateness" in request.GET else {}
    context = {
        "filter": chosen,
        "page": page,
        "rows": rows_html(page.rows, late_of(asked) if kept else None),
        "may_be_late": "" if kept else ",".join(map(str, asked)),
        "lateness": bool(kept),
        "lateness_url": chosen.query(lateness="1"),
        "selects": selects(chosen),
        "may_create": can(request.user, "campaign.create"),
        "total": total_words(page) if page.rows else "",
        "here": chosen.query(),
        "first_url": chosen.query(**kept) if page.newer else "",
        "newer_url": chosen.query(**kept, **page.newer) if page.newer else "",
        "older_url": chosen.query(**kept, **page.older) if page.older else "",
        "last_url": chosen.query(**kept, last="1") if page.older else "",
    }
    return render(request, "campaigns/list.html", context)


def _late(request: HttpRequest) -> HttpResponse:
    """What is late of the campaigns of a page, each for its place in the row."""
    asked = [int(pk) for pk in request.GET["late"].split(",")[:PAGE] if pk.isdecimal() and len(pk) < 19]
    seen = (
        Campaign.objects.visible_to(request.user).filter(pk__in=asked).order_by().values_list("pk", flat=True)
    )
    return HttpResponse("".join(late_html(pk, words) for pk, words in late_of(list(seen)).items()))


def total_words(page: Page) -> str:
    """How many campaigns match, in words."""
    if page.more:
        return _("More than %(number)s campaigns") % {"number": formats.number(page.total)}
    words = ngettext("%(number)s campaign", "%(number)s campaigns", page.total)
    return words % {"number": formats.number(page.total)}


def selects(chosen: CampaignFilter) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    """Name, label, chosen value and options of each select of the filter; one query."""
    regions, channels = places()
    return [
        ("phase", _("State"), chosen.phase, [("", _("All states")), *Phase.choices]),
        ("region", _("Region"), str(chosen.region or ""), [("", _("All regions")), *regions]),
        ("channel", _("Channel"), str(chosen.channel or ""), [("", _("All channels")), *channels]),
        ("owner", _("Owner"), chosen.owner, [("", _("Everybody")), (MINE, _("My campaigns"))]),
    ]


def places() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Regions and channels to choose from, in the reader's language."""
    found: dict[str, list[tuple[str, str]]] = {"r": [], "c": []}
    with connection.cursor() as cursor:
        cursor.execute(*_places_sql("name_de" if formats.language() == "de" else "name_en"))
        rows = cursor.fetchall()
    for kind, pk, label in sorted(rows, key=lambda row: row[2].casefold()):
        found[kind].append((str(pk), label))
    return found["r"], found["c"]


@lru_cache(maxsize=2)
def _places_sql(name: str) -> tuple[str, tuple[str, ...]]:
    """The query for both, put together once: that takes longer than asking it."""
    regions = Region.objects.order_by().values_list(Value("r"), "pk", name)
    channels = Channel.objects.order_by().values_list(Value("c"), "pk", name)
    return regions.union(channels, all=True).query.sql_with_params()
