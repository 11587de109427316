"""Calendar and timeline: the pages, and moving what stands on them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import Department
from accounts.permissions import can
from campaigns.enums import Phase
from campaigns.models import SavedView
from campaigns.views.listing import places
from core import formats
from customers.models import TargetGroup
from dashboard import conflicts
from dashboard.calendar import html
from dashboard.calendar.chosen import CALENDAR, MINE, TIMELINE, WEEK, Chosen
from dashboard.calendar.layout import weeks
from dashboard.calendar.panel import Panel, panel_for
from dashboard.calendar.rowing import draws_flights, rows_for
from dashboard.calendar.rows import Entry, Rows, rows_of
from dashboard.calendar.words import group_words, span_words, title_of

# Campaigns drawn at once, and lines of the list; the rest is a page further.
MOST = 300
PANEL = "panel"


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    """Month or week."""
    return plan_page(request, chosen_of(request, CALENDAR))


@require_GET
def timeline(request: HttpRequest) -> HttpResponse:
    """Weeks of a quarter, half a year or a year."""
    return plan_page(request, chosen_of(request, TIMELINE))


def chosen_of(request: HttpRequest, page: str) -> Chosen:
    """What the address asks for."""
    return Chosen.from_query(page, request.GET, timezone.localdate())


def plan_page(request: HttpRequest, chosen: Chosen) -> HttpResponse:
    """The whole page; for htmx only the panel when that is what it asks for."""
    rows = rows_of(chosen, request.user, most=MOST)
    clashing = conflicts.mark([*rows.campaigns, *rows.flights], rows.rules.shared_days)
    key = request.GET.get("open", "")
    panel = panel_for(chosen, request.user, key, rows) if key else None
    return show(request, chosen, rows, clashing, panel)


def show(
    request: HttpRequest, chosen: Chosen, rows: Rows, clashing: int, panel: Panel | None
) -> HttpResponse:
    """The page or its panel, with the status that the panel has."""
    status = panel.status if panel else 200
    shown = panel.context() if panel else {}
    if request.htmx and request.htmx.target == PANEL:
        context = shown | {"close_url": chosen.url()}
        response = render(request, "dashboard/calendar/panel.html", context, status=status)
    else:
        context = page_context(request, chosen, rows, clashing, panel) | shown
        response = render(request, "dashboard/calendar/page.html", context, status=status)
    response.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    return response


def page_context(
    request: HttpRequest, chosen: Chosen, rows: Rows, clashing: int, panel: Panel | None
) -> dict[str, Any]:
    """Everything on the page but the panel."""
    shown = drawn(chosen, rows)
    drawing = drawing_of(chosen, rows, shown, panel.key if panel else "")
    title = title_of(chosen)
    return drawing | {
        "chosen": chosen,
        "title": title,
        "total": rows.total,
        "empty": not rows.campaigns,
        "clashing": clashing,
        "kinds": html.kinds(rows.campaigns),
        "selects": selects(chosen),
        "groups": group_words(chosen),
        "spans": span_words(chosen),
        "saved": list(
            SavedView.objects.visible_to(request.user).filter(page=chosen.page).select_related("owner")
        ),
        "may_create": can(request.user, "campaign.create"),
        "urls": urls_of(chosen),
        "paging": paging(chosen, rows),
        "movable": any(entry.movable for entry in rows.campaigns),
    }


def drawn(chosen: Chosen, rows: Rows) -> list[Entry]:
    """What is drawn and listed: campaigns, their flights or both."""
    if chosen.show == "campaigns":
        return rows.campaigns
    if chosen.show == "flights":
        return rows.flights
    if not chosen.is_grid and not draws_flights(chosen, rows) and chosen.by == "campaign":
        return rows.campaigns
    return [*rows.campaigns, *rows.flights]


def telling(chosen: Chosen, entries: list[Entry]) -> list[Entry]:
    """What the grid draws: a flight with its campaign's own days says nothing new beside it."""
    if chosen.show:
        return entries
    return [
        entry
        for entry in entries
        if not entry.campaign or (entry.first, entry.last) != (entry.campaign.first, entry.campaign.last)
    ]


def drawing_of(chosen: Chosen, rows: Rows, shown: list[Entry], opened: str = "") -> dict[str, Any]:
    """The picture itself: grid or rows, the list, the load."""
    writer = html.Writer(chosen, opened)
    first, last = chosen.window
    days = (last - first).days + 1
    found: dict[str, Any] = {
        "list": writer.table(shown),
        "days": days,
        "first": first,
        "weekdays": html.weekdays(formats.language()),
    }
    if chosen.is_grid:
        return found | {"grid": writer.grid(weeks(telling(chosen, shown), first, last))}
    counts = conflicts.load(rows.campaigns, first, chosen.weeks) if chosen.page == TIMELINE else []
    most = max(counts, default=0)
    allowed = rows.rules.target_most or most
    return found | {
        "rows": writer.rows(rows_for(chosen, rows)),
        "heads": html.column_heads(chosen),
        "marks": html.marks(chosen),
        "load": html.load_bars(counts, allowed) if any(counts) else "",
        "load_sum": "-".join(map(str, counts)),
        "most": most,
        "usual": rows.rules.target_most,
    }


def urls_of(chosen: Chosen) -> dict[str, str]:
    """Addresses around what is shown; the period stays when the view changes."""
    around = {"page": CALENDAR, "on": chosen.day if chosen.on else None, "skip": 0}
    return {
        "month": chosen.url(**around, view="month"),
        "week": chosen.url(**around, view=WEEK),
        "timeline": chosen.url(**around | {"page": TIMELINE}, view="month"),
        "earlier": chosen.earlier.url(),
        "later": chosen.later.url(),
        "today": chosen.url(on=None, skip=0),
        "reset": Chosen(chosen.page, chosen.today, chosen.view, chosen.on, chosen.weeks, chosen.group).url(),
        "query": chosen.query(),
    }


def paging(chosen: Chosen, rows: Rows) -> dict[str, Any]:
    """Where the next and previous campaigns are, when there are more than fit."""
    until = chosen.skip + len(rows.campaigns)
    if not chosen.skip and until >= rows.total:
        return {}
    params = {"first": chosen.skip + 1, "last": until, "total": formats.number(rows.total)}
    return {
        "words": _("Campaigns %(first)s to %(last)s of %(total)s") % params,
        "earlier": chosen.url(skip=max(chosen.skip - MOST, 0)) if chosen.skip else "",
        "later": chosen.url(skip=until) if until < rows.total else "",
    }


Select = tuple[str, str, str, list[tuple[str, str]]]


def selects(chosen: Chosen) -> list[Select]:
    """Name, label, chosen value and options of each filter (three queries)."""
    regions, channels = places()
    teams = [(str(one.pk), one.name) for one in Department.objects.all()]
    targets = [(str(one.pk), str(one)) for one in TargetGroup.objects.all()]
    owners = [("", _("Everybody")), (MINE, _("My campaigns"))]
    return [
        ("region", _("Region"), str(chosen.region or ""), [("", _("All regions")), *regions]),
        ("channel", _("Channel"), str(chosen.channel or ""), [("", _("All channels")), *channels]),
        ("state", _("State"), chosen.state, [("", _("All states")), *Phase.choices]),
        ("target", _("Target group"), str(chosen.target or ""), [("", _("All target groups")), *targets]),
        ("team", _("Team"), str(chosen.team or ""), [("", _("All teams")), *teams]),
        ("owner", _("Owner"), chosen.owner, owners),
    ]
