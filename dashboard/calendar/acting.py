"""What is done on the calendar: moving, adding and removing, by the script and by the panel's forms."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.models import Campaign, CampaignRegion, Flight
from campaigns.services import flights
from core import formats
from core.concurrency import StaleVersion
from dashboard import conflicts
from dashboard.calendar.chosen import CALENDAR, TIMELINE, Chosen
from dashboard.calendar.forms import HoursFormSet, NewFlightForm, PeriodForm
from dashboard.calendar.panel import (
    Moved,
    Panel,
    campaign_of,
    item_of,
    regions_now,
    row_of,
    version_of,
    who_changed,
)
from dashboard.calendar.rows import rows_of
from dashboard.calendar.views import MOST, show

CONFLICT, INVALID = 409, 422
CHANGED = "plan:changed"


def shown_behind(request: HttpRequest) -> Chosen:
    """The page that the form stands on, with its filters."""
    page = TIMELINE if request.POST.get("page") == TIMELINE else CALENDAR
    query = QueryDict(request.POST.get("query", "")[:1000])
    return Chosen.from_query(page, query, timezone.localdate())


def editable(request: HttpRequest, key: str) -> Panel:
    """The panel of what the person may change; 404 or 403."""
    panel = Panel(shown_behind(request), request.user, item_of(request.user, key))
    if not panel.may_edit:
        raise PermissionDenied(_("Only the owner, marketers and managers of its regions change this plan."))
    return panel


def by_script(request: HttpRequest) -> bool:
    """Whether the drag script asks: it wants facts, not a page."""
    return request.headers.get("Accept", "").startswith("application/json")


@require_POST
def move(request: HttpRequest, key: str) -> HttpResponse:
    """Other days for a campaign or a flight. 409 when somebody moved it in between, 422 when it can't be."""
    panel = editable(request, key)
    form = PeriodForm(request.POST, auto_id="id_panel_%s")
    panel.form = form
    if not form.is_valid():
        return refused(request, panel, INVALID, first_error(form))
    before = facts(panel.item)
    try:
        item = write(panel, form.cleaned_data, request.POST.get("regions", ""))
    except StaleVersion as stale:
        is_region = isinstance(panel.item, CampaignRegion)
        return conflict(request, panel, item_of(request.user, key) if is_region else stale.current)
    except ValidationError as error:
        form.take_error(error)
        return refused(request, panel, INVALID, first_error(form))
    panel.item, panel.form = item_of(request.user, key), None
    return done(request, panel, moved_words(item), {"now": facts(item), "before": before})


def write(panel: Panel, data: dict[str, Any], regions: str) -> Moved:
    """Call the service."""
    days = {"starts_on": data["starts_on"], "ends_on": data["ends_on"]}
    how = {"by": panel.user, "expected": data["version"], **days}
    if isinstance(panel.item, Flight):
        return flights.move_flight(flight=panel.item, **how)
    if isinstance(panel.item, CampaignRegion):
        return flights.move_region(region=panel.item, **how)
    return flights.move_campaign(campaign=panel.item, regions=periods_in(regions), **how)


def periods_in(text: str) -> dict[int, tuple[date, date]] | None:
    """Days of regions as `facts` gave them, when a move is undone; ValidationError for anything else."""
    if not text:
        return None
    try:
        found = json.loads(text[:5000])
        return {int(pk): (date.fromisoformat(a), date.fromisoformat(b)) for pk, (a, b) in found.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValidationError(_("These days of regions cannot be read.")) from error


def facts(item: Moved) -> dict[str, Any]:
    """An entry for the script: days, version, and for a campaign the days of its regions."""
    found = {"first": str(item.starts_on), "last": str(item.ends_on), "version": version_of(item)}
    if isinstance(item, Campaign):
        days = regions_now(item).items()
        found["regions"] = {str(pk): [str(first), str(last)] for pk, (first, last) in days}
    return found


def moved_words(item: Moved) -> str:
    """What has happened, for the toast."""
    name = str(item.campaign_channel.channel) if isinstance(item, Flight) else campaign_of(item).name
    if isinstance(item, CampaignRegion):
        name = f"{name} · {item.region.code}"
    days = formats.date_range(item.starts_on, item.ends_on)
    return _("%(name)s: now %(days)s") % {"name": name, "days": days}


def first_error(form: Any) -> str:
    """The first thing that is wrong, in words."""
    return next((word for words in form.errors.values() for word in words), "")


def done(request: HttpRequest, panel: Panel | None, words: str, facts_: dict[str, Any]) -> HttpResponse:
    """To the script facts, to htmx the panel again and an event, to others the page."""
    if by_script(request):
        return JsonResponse({"words": words, **facts_})
    _as_panel(panel)
    chosen = panel.chosen if panel else shown_behind(request)
    if not request.htmx:
        messages.success(request, words)
        opened = f"open={panel.key}" if panel else ""
        address = chosen.url()
        return redirect(f"{address}{'&' if '?' in address else '?'}{opened}" if opened else address)
    response = page_behind(request, panel, chosen)
    event = {"words": words, "key": panel.key if panel else "", **facts_}
    response.headers["HX-Trigger"] = json.dumps({CHANGED: event})
    return response


def _as_panel(panel: Panel | None) -> None:
    """A region has no panel of its own: its campaign's shows it."""
    if panel and isinstance(panel.item, CampaignRegion):
        panel.item, panel.form = panel.campaign, None


def page_behind(request: HttpRequest, panel: Panel | None, chosen: Chosen) -> HttpResponse:
    """The page (or for htmx its panel) as it is now."""
    rows = rows_of(chosen, request.user, most=MOST)
    clashing = conflicts.mark([*rows.campaigns, *rows.flights], rows.rules.shared_days)
    if panel:
        entries = {entry.key: entry for entry in (*rows.campaigns, *rows.flights)}
        panel.clash = entries[panel.key].clash if panel.key in entries else ""
    return show(request, chosen, rows, clashing, panel)


def refused(request: HttpRequest, panel: Panel, status: int, words: str) -> HttpResponse:
    """What was wrong; the entries are kept."""
    if by_script(request):
        return JsonResponse({"words": words}, status=status)
    _as_panel(panel)
    panel.status = status
    return page_behind(request, panel, panel.chosen)


def conflict(request: HttpRequest, panel: Panel, current: Moved) -> HttpResponse:
    """Somebody else changed it: who, when and to which days; what was entered can be saved over it."""
    who, at = who_changed(current)
    params = {
        "person": who,
        "time": formats.full_datetime(at),
        "days": formats.date_range(current.starts_on, current.ends_on),
    }
    words = _("%(person)s changed this in the meantime: it is now %(days)s.") % params
    if by_script(request):
        return JsonResponse({"words": words, "now": facts(current)}, status=CONFLICT)
    panel.notice = words
    if panel.form is not None:
        panel.form.data = panel.form.data.copy()
        panel.form.data["version"] = str(version_of(current))
    return refused(request, panel, CONFLICT, words)


@require_POST
def add(request: HttpRequest, key: str) -> HttpResponse:
    """A new flight on one of a campaign's channels."""
    panel = editable(request, key)
    rows = [(row.pk, str(row.channel)) for row in panel.campaign.channels.select_related("channel")]
    form = NewFlightForm(request.POST, rows=rows, auto_id="id_new_%s")
    panel.new_flight = form
    if not form.is_valid():
        return refused(request, panel, INVALID, first_error(form))
    data = form.cleaned_data
    try:
        flight = flights.add_flight(
            row=row_of(panel.campaign, data["row"]),
            by=request.user,
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
        )
    except ValidationError as error:
        form.take_error(error)
        return refused(request, panel, INVALID, first_error(form))
    opened = Panel(panel.chosen, request.user, item_of(request.user, f"f{flight.pk}"))
    return done(request, opened, _("The flight is added."), {})


@require_POST
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Take a flight out of the plan; what is shown then is its campaign."""
    panel = editable(request, key)
    if not isinstance(panel.item, Flight):
        raise PermissionDenied(_("Campaigns are not removed here; they are cancelled on their own page."))
    campaign = panel.campaign

    def write() -> None:
        flights.remove_flight(flight=panel.item, by=request.user, expected=_version(request))

    if answer := tried(request, panel, write):
        return answer
    opened = Panel(panel.chosen, request.user, item_of(request.user, f"c{campaign.pk}"))
    return done(request, opened, _("The flight is removed."), {})


@require_POST
def hours(request: HttpRequest, key: str) -> HttpResponse:
    """The dayparts of a flight, all at once."""
    panel = editable(request, key)
    formset = HoursFormSet(request.POST, prefix="hours")
    panel.hours = formset
    if not isinstance(panel.item, Flight) or not formset.is_valid():
        return refused(request, panel, INVALID, _("These hours cannot be saved."))
    wanted = [form.hours for form in formset if form.cleaned_data and form.hours]

    def write() -> None:
        flights.set_hours(flight=panel.item, by=request.user, hours=wanted, expected=_version(request))

    if answer := tried(request, panel, write):
        return answer
    opened = Panel(panel.chosen, request.user, item_of(request.user, key))
    return done(request, opened, _("The hours are saved."), {})


def tried(request: HttpRequest, panel: Panel, write: Callable[[], object]) -> HttpResponse | None:
    """Do it; the answer when it could not be done."""
    try:
        write()
    except StaleVersion as stale:
        panel.hours = None
        panel.item = item_of(request.user, panel.key)
        return conflict(request, panel, stale.current)
    except ValidationError as error:
        panel.notice = " ".join(error.messages)
        return refused(request, panel, INVALID, panel.notice)
    return None


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
