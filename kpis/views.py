"""Pages of the catalogue, and the KPIs tab of a campaign."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import MANAGING, can
from campaigns.enums import Preparation
from campaigns.models import Campaign
from campaigns.services.dossier import Dossier
from campaigns.views.plan import last_change
from core.concurrency import StaleVersion
from kpis.forms import KpiForm, TargetForm
from kpis.models import Kpi
from kpis.panels import target_words
from kpis.services.catalogue import save_kpi
from kpis.services.targets import set_targets

CONFLICT = 409
CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def kpi_list(request: HttpRequest) -> HttpResponse:
    """All definitions with how many campaigns use each."""
    found = Kpi.objects.annotate(used=Count("targets")).order_by("-active", "code")
    context = {"kpis": found, "may_edit": request.user.rights.has(*MANAGING)}
    return render(request, "kpis/list.html", context)


@GET_POST
def kpi_create(request: HttpRequest) -> HttpResponse:
    """Define a figure."""
    return _define(request, Kpi())


@GET_POST
def kpi_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a definition."""
    return _define(request, get_object_or_404(Kpi, pk=pk))


def _define(request: HttpRequest, kpi: Kpi) -> HttpResponse:
    form = KpiForm(request.POST or None, instance=kpi)
    if request.method == "POST" and form.is_valid():
        save_kpi(
            kpi=Kpi.objects.get(pk=kpi.pk) if kpi.pk else Kpi(), by=request.user, values=form.cleaned_data
        )
        messages.success(request, _("The definition is saved."))
        return redirect("kpis:list")
    return render(request, "kpis/form.html", {"form": form, "kpi": kpi})


@GET_POST
def targets(request: HttpRequest, pk: int) -> HttpResponse:
    """What the campaign wants to reach; changed by those who plan it."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal")
    campaign = get_object_or_404(found, pk=pk)
    may_edit = can(request.user, "campaign.edit", campaign) and campaign.state not in CLOSED
    if request.method == "POST" and not may_edit:
        raise PermissionDenied(_("Only those who plan this campaign set its targets."))
    form = TargetForm(request.POST or None, instance=campaign)
    status = 200
    if "add_kpi" in request.POST:
        form.add_kpi(request.POST.get("new_kpi", ""))
    elif request.method == "POST" and form.is_valid():
        status = _save(request, campaign, form)
        if not status:
            messages.success(request, _("The targets are saved."))
            return redirect("kpis:targets", campaign.pk)
    return _tab(request, campaign, form, may_edit, status)


def _save(request: HttpRequest, campaign: Campaign, form: TargetForm) -> int:
    """Save; 0 when done, else the status with which the form is shown again."""
    try:
        set_targets(campaign=campaign, by=request.user, targets=form.targets, expected=form.seen_version)
    except StaleVersion as stale:
        last = last_change(campaign)
        form.show_conflict(stale.current, by=last.actor if last else None, at=stale.current.changed_at)
        return CONFLICT
    except ValidationError as error:
        form.add_error(None, error)
        return 200
    return 0


def _tab(
    request: HttpRequest, campaign: Campaign, form: TargetForm, may_edit: bool, status: int
) -> HttpResponse:
    dossier = Dossier(campaign)
    currency = dossier.budget.currency if dossier.budget else "EUR"
    shown = [(row, target_words(row, currency)) for row in form.now.values()]
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "form": form,
        "may_edit": may_edit,
        "shown": shown,
        "currency": currency,
    }
    return render(request, "kpis/targets.html", context, status=status)
