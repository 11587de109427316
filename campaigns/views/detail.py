"""The page of a campaign: its plan, its money, what it still needs, what happened."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import access_for, can
from campaigns.actions import Action, actions_for, head_actions
from campaigns.enums import Preparation, VariantState
from campaigns.models import Budget, Campaign, CampaignChannel, Flight
from campaigns.panels import Panel, panels, panels_for
from campaigns.services import content
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import is_open
from campaigns.services.team import looked
from campaigns.team_page import partners_of
from core import audit, formats
from core.models import AuditEvent

HUNDRED = Decimal(100)
SHOWN = 6
PAGE = 50
ONE_OF = (VariantState.OUTDATED, VariantState.DRAFT, VariantState.CONFIRMED)


@dataclass(frozen=True)
class ChannelLine:
    """A channel in the table of the plan."""

    row: CampaignChannel
    flights: list[Flight]
    regions: str
    variants: VariantState | None
    amount: Decimal | None


@require_GET
def campaign_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The page people live on. The cards of other topics come in a second request (`campaign_panels`).

    `?all=1` brings them at once, for browsers without scripts.
    """
    dossier = _dossier(request, pk)
    campaign = dossier.campaign
    may_edit = can(request.user, "campaign.edit", campaign)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "head_actions": actions_for(dossier, request.user),
        "may_edit": may_edit and is_open(campaign),
        "locked": may_edit and campaign.state == Preparation.APPROVED,
        "panels": panels_for(dossier, request.user) if "all" in request.GET else None,
        "lines": channel_lines(dossier),
        "has_timeline": access_for("timeline").may_see(request.user.rights.roles),
        "bar": budget_bar(dossier.budget),
        "activity_url": reverse("campaigns:activity", args=[campaign.pk]),
    }
    return render(request, "campaigns/detail.html", context)


@require_GET
def campaign_panels(request: HttpRequest, pk: int) -> HttpResponse:
    """Readiness, briefing, KPIs and whatever else is registered, for the places on the page (htmx)."""
    dossier = _dossier(request, pk)
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('campaigns:detail', args=[pk])}?all=1")
    looked(campaign=dossier.campaign, by=request.user, rows=partners_of(dossier))
    context = {"campaign": dossier.campaign, "panels": panels_for(dossier, request.user)}
    return render(request, "campaigns/partials/panels.html", context)


def _dossier(request: HttpRequest, pk: int) -> Dossier:
    """The campaign with its goal, theme, money and message, read in one query; 404 if it may not be seen."""
    found = Campaign.objects.visible_to(request.user)
    found = found.select_related("owner", "goal", "theme", "budget", "core_message")
    campaign = get_object_or_404(found, pk=pk)
    dossier = Dossier(campaign)
    dossier.budget = getattr(campaign, "budget", None)
    dossier.core = getattr(campaign, "core_message", None)
    # Rules about the campaign's regions look at those that the page shows.
    campaign._prefetched_objects_cache = {"regions": dossier.regions}
    return dossier


@head_actions.register("plan")
def plan_actions(dossier: Dossier, user: User) -> list[Action]:
    """Edit the plan while it is open."""
    campaign = dossier.campaign
    if not is_open(campaign) or not can(user, "campaign.edit", campaign):
        return []
    return [Action(_("Edit plan"), reverse("campaigns:edit", args=[campaign.pk]), "pencil", order=10)]


@panels.register("claim")
def claim_panel(dossier: Dossier, user: User) -> Panel | None:
    """The core message as customers read it, facts filled in."""
    core = dossier.core
    if core is None or not core.claim:
        return None
    known = content.fact_texts(dossier, None, core.language)
    texts = {name: content.fill(getattr(core, name), known) for name in ("claim", "promise")}
    return Panel("campaigns/panels/claim.html", texts | {"core": core}, column="side", order=10)


def channel_lines(dossier: Dossier) -> list[ChannelLine]:
    """The channels with their flights, the regions they carry, and how far their texts are."""
    states: dict[int, set[str]] = {}
    for variant in dossier.variants:
        states.setdefault(variant.campaign_channel_id, set()).add(variant.state)
    codes = {row.pk: row.region.code for row in dossier.regions}
    return [
        ChannelLine(
            row=row,
            flights=list(row.flights.all()),
            regions=" · ".join(sorted(codes[carried.pk] for carried in row.regions.all())),
            variants=next((state for state in ONE_OF if state in states.get(row.pk, ())), None),
            amount=row.allocation.amount if hasattr(row, "allocation") else None,
        )
        for row in dossier.channels
    ]


def budget_bar(budget: Budget | None) -> dict[str, Any] | None:
    """Segments of the budget bar, its words, and short ones for a narrow column; None without an amount."""
    if budget is None or not budget.amount:
        return None
    names = ("allocated", "reserve", "committed", "spent")
    params = {name: formats.money(getattr(budget, name), budget.currency) for name in names}
    words = short = _("%(allocated)s allocated to channels, %(reserve)s in reserve") % params
    if budget.committed or budget.spent:
        words = (
            _(
                "%(spent)s spent, %(committed)s committed, %(allocated)s allocated to channels,"
                " %(reserve)s in reserve"
            )
            % params
        )
    return {"segments": _segments(budget), "label": words, "short": short}


def _segments(budget: Budget) -> list[tuple[str, Decimal]]:
    """Spent, committed and the rest of what is allocated, in percent; invoices may pass what is allocated."""
    used = budget.spent + budget.committed
    whole = max(budget.amount, used)
    unused = max(budget.allocated - used, Decimal(0))
    parts = (("spent", budget.spent), ("comm", budget.committed), ("plan", unused))
    shares = [(kind, amount * HUNDRED / whole) for kind, amount in parts if amount]
    return [*shares, ("left", HUNDRED - sum(share for _kind, share in shares))]


@require_GET
def activity(request: HttpRequest, pk: int) -> HttpResponse:
    """What happened: the newest for the side of the page (htmx), else a page of its own."""
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user).select_related("owner"), pk=pk)
    short = bool(request.headers.get("HX-Request"))
    before = request.GET.get("before", "")
    events = AuditEvent.objects.filter(scope=audit.scope_of(campaign)).select_related("actor")
    if before.isdecimal() and len(before) < 16:
        events = events.filter(pk__lt=int(before))
    shown = list(events[: SHOWN if short else PAGE + 1])
    more = len(shown) > PAGE
    entries = [
        {"actor": event.actor, "text": audit.sentence(event), "at": event.at, "pk": event.pk}
        for event in shown[:PAGE]
    ]
    template = "campaigns/partials/activity.html" if short else "campaigns/activity.html"
    context = {"campaign": campaign, "entries": entries, "older": entries[-1]["pk"] if more else None}
    return render(request, template, context)
