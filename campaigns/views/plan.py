"""Making and changing a plan."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.permissions import can
from campaigns.forms.plan import PlanForm
from campaigns.models import Campaign, Theme
from campaigns.services.plan_rules import PlanLocked, is_open
from campaigns.services.planning import create_campaign, update_plan
from core.audit import scope_of
from core.concurrency import StaleVersion
from core.models import AuditEvent

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT, LOCKED = 409, 409


@GET_POST
def campaign_create(request: HttpRequest) -> HttpResponse:
    """A new campaign; the same form sent twice makes one."""
    form = PlanForm(request.POST or None, by=request.user)
    form.initial |= _from_theme(request)
    if request.method == "POST" and "add_channel" not in request.POST and form.is_valid():
        try:
            campaign = create_campaign(by=request.user, plan=form.plan)
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The campaign is saved. What it still needs stands under Readiness."))
            return redirect(campaign)
    return _page(request, form)


def _from_theme(request: HttpRequest) -> dict[str, str]:
    """What a theme of the board fills in (`?theme=3`)."""
    number = request.GET.get("theme", "")
    theme = Theme.objects.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 16 else None
    return {"theme": theme.title, "name": theme.title, "purpose": theme.description} if theme else {}


@GET_POST
def campaign_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a plan; 409 with both versions if somebody saved in between, nothing of the entries is lost."""
    campaign = editable(request, pk)
    if not is_open(campaign):
        return redirect(campaign)
    form = PlanForm(request.POST or None, by=request.user, instance=campaign)
    if request.method == "POST" and "add_channel" not in request.POST and form.is_valid():
        status = _save(form, campaign, request.user)
        if not status:
            messages.success(request, _("The plan is saved."))
            return redirect(campaign)
        return _page(request, form, status)
    return _page(request, form)


def editable(request: HttpRequest, pk: int) -> Campaign:
    """The campaign if the person may change its plan; 404 or 403."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal", "theme")
    campaign = get_object_or_404(found, pk=pk)
    if not can(request.user, "campaign.edit", campaign):
        raise PermissionDenied(_("Only the owner, marketers and managers of its regions change this plan."))
    return campaign


def _save(form: PlanForm, campaign: Campaign, by: User) -> int:
    """Save; 0 when done, else the status with which the form is shown again."""
    try:
        update_plan(campaign=campaign, by=by, plan=form.plan, expected=form.seen_version)
    except StaleVersion as stale:
        last = last_change(campaign)
        form.show_conflict(stale.current, by=last.actor if last else None, at=stale.current.changed_at)
        form.renew()
        return CONFLICT
    except PlanLocked as locked:
        form.add_error(None, locked)
        return LOCKED
    except ValidationError as error:
        form.take_error(error)
        return 200
    return 0


def last_change(campaign: Campaign) -> AuditEvent | None:
    """Who changed something last."""
    return AuditEvent.objects.filter(scope=scope_of(campaign)).select_related("actor").first()


def _page(request: HttpRequest, form: PlanForm, status: int = 200) -> HttpResponse:
    if "add_channel" in request.POST:
        form.add_channel(request.POST.get("new_channel", ""))
    elif not form.is_bound:
        form.add_channel(request.GET.get("channel", ""))
    context = {"form": form, "campaign": form.instance, "themes": _themes()}
    return render(request, "campaigns/form.html", context, status=status)


def _themes() -> list[str]:
    return list(Theme.objects.values_list("title", flat=True)[:200])


@require_GET
def channel_row(request: HttpRequest) -> HttpResponse:
    """The row of a channel to be added to a plan's form (htmx)."""
    campaign = None
    if request.GET.get("campaign", "").isdecimal():
        campaign = editable(request, int(request.GET["campaign"]))
    form = PlanForm(by=request.user, instance=campaign)
    row = form.add_channel(request.GET.get("new_channel", ""))
    if row is None:
        raise Http404
    context: dict[str, Any] = {"form": form, "row": row}
    return render(request, "campaigns/partials/channel_row.html", context)
