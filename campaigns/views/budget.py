"""The Budget tab: allocations in one table, rounds of proposals and answers."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import can
from campaigns.enums import Preparation, RoundKind
from campaigns.forms.budget import AllocationForm, RoundForm
from campaigns.models import Budget, BudgetRound, Campaign
from campaigns.services import budget as service
from campaigns.services.dossier import Dossier
from campaigns.views.plan import last_change
from core.concurrency import StaleVersion

CONFLICT = 409
CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the money; a POST saves the table of allocations, all or nothing."""
    campaign = _campaign(request, pk)
    dossier = Dossier(campaign)
    form = AllocationForm(request.POST or None, instance=dossier.budget, channels=dossier.channels)
    status = 200
    if request.method == "POST":
        if not can(request.user, "campaign.edit", campaign):
            raise PermissionDenied(_("Only the owner, marketers and managers of its regions allocate money."))
        if form.is_valid():
            status = _allocate(form, campaign, request)
            if not status:
                messages.success(request, _("The allocations are saved."))
                return redirect("campaigns:budget", campaign.pk)
    return _page(request, dossier, status, allocations=form)


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal")
    return get_object_or_404(found, pk=pk, budget__isnull=False)


def _allocate(form: AllocationForm, campaign: Campaign, request: HttpRequest) -> int:
    """Save; 0 when done, else the status with which the form is shown again."""
    try:
        service.allocate(
            budget=form.instance, amounts=form.amounts, by=request.user, expected=form.seen_version
        )
    except StaleVersion as stale:
        last = last_change(campaign)
        form.show_conflict(stale.current, by=last.actor if last else None, at=stale.current.changed_at)
        return CONFLICT
    except ValidationError as error:
        form.take_error(error)
        return 200
    return 0


@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner's next round."""
    return _round(request, pk, "propose", "budget.propose", service.propose, _("The proposal is sent."))


@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager approves an amount."""
    return _round(request, pk, "approve", "budget.decide", service.approve, _("The budget is approved."))


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager refuses the proposal and says why."""
    return _round(request, pk, "reject", "budget.decide", service.reject, _("The proposal is rejected."))


def _round(
    request: HttpRequest, pk: int, name: str, right: str, act: Callable[..., BudgetRound], words: str
) -> HttpResponse:
    campaign = _campaign(request, pk)
    if not can(request.user, right, campaign):
        raise PermissionDenied(
            _("The owner proposes a budget, a manager other than the owner decides on it.")
        )
    dossier = Dossier(campaign)
    form = round_form(name, dossier.budget, request.POST)
    status = 200
    if form.is_valid():
        given = {key: value for key, value in form.cleaned_data.items() if key != "version"}
        try:
            act(budget=dossier.budget, by=request.user, expected=form.cleaned_data["version"], **given)
        except StaleVersion as stale:
            status = CONFLICT
            form.add_error(None, _("Somebody changed the budget while you were writing. Please look again."))
            form.renew(stale.current)
            dossier = Dossier(campaign)
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, words)
            return redirect("campaigns:budget", campaign.pk)
    return _page(request, dossier, status, **{name: form})


def round_form(name: str, budget: Budget, data: Any = None) -> RoundForm:
    """The form of a proposal ("propose") or of an answer ("approve", "reject")."""
    initial = {"amount": budget.proposed or None}
    return RoundForm(data, budget=budget, reason_needed=name == "reject", prefix=name, initial=initial)


def _page(request: HttpRequest, dossier: Dossier, status: int, **given: Any) -> HttpResponse:
    campaign, money = dossier.campaign, dossier.budget
    rounds = list(money.rounds.select_related("by"))
    closed = campaign.state in CLOSED
    waiting = bool(rounds) and rounds[0].kind == RoundKind.PROPOSAL
    forms: dict[str, Any] = {name: round_form(name, money) for name in ("propose", "approve", "reject")}
    forms["allocations"] = AllocationForm(instance=money, channels=dossier.channels)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": money,
        "rounds": rounds,
        "waiting": waiting,
        "may_allocate": not closed and can(request.user, "campaign.edit", campaign),
        "may_propose": not closed and can(request.user, "budget.propose", campaign),
        "may_decide": not closed and waiting and can(request.user, "budget.decide", campaign),
    }
    return render(request, "campaigns/budget.html", context | forms | given, status=status)
