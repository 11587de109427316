"""The Budget tab: what is planned, committed, spent and left; the negotiation; moving money."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import RoundKind
from campaigns.forms.budget import AllocationForm, RoundForm
from campaigns.forms.spending import MoveForm
from campaigns.models import Budget, BudgetRound, Campaign, CampaignChannel
from campaigns.services import budget as service
from campaigns.services import figures
from campaigns.services.dossier import Dossier
from campaigns.services.limits import above_limit
from campaigns.services.money_base import CLOSED
from campaigns.services.moves import move
from campaigns.views.plan import last_change
from core.concurrency import StaleVersion

CONFLICT = 409
STEPS = ("propose", "approve", "counter", "reject", "accept")
HUNDRED = Decimal(100)


@require_http_methods(["GET", "HEAD", "POST"])
def budget(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the money; a POST saves the table of allocations, all or nothing."""
    campaign = campaign_with_budget(request, pk)
    dossier = Dossier(campaign)
    form = AllocationForm(request.POST or None, instance=dossier.budget, channels=dossier.channels)
    status = 200
    if request.method == "POST":
        need_edit(request, campaign)
        if form.is_valid():
            status = _allocate(form, campaign, request)
            if not status:
                messages.success(request, _("The allocations are saved."))
                return redirect("campaigns:budget", campaign.pk)
    return _page(request, dossier, status, allocations=form)


def campaign_with_budget(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, if the person may see it and it has a budget; else 404."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal")
    return get_object_or_404(found, pk=pk, budget__isnull=False)


def need_edit(request: HttpRequest, campaign: Campaign) -> None:
    """403 for who does not plan the campaign."""
    if not can(request.user, "campaign.edit", campaign):
        raise PermissionDenied(_("Only the owner, marketers and managers of its regions allocate money."))


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
    """A manager approves what is proposed."""
    return _round(request, pk, "approve", "budget.decide", service.approve, _("The budget is approved."))


@require_POST
def counter(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager answers with another amount."""
    done = _("The counter-proposal is sent to the owner.")
    return _round(request, pk, "counter", "budget.decide", service.counter, done)


@require_POST
def reject(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager refuses the proposal and says why."""
    return _round(request, pk, "reject", "budget.decide", service.reject, _("The proposal is rejected."))


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner accepts the counter-proposal."""
    done = _("The counter-proposal is accepted; the budget is approved.")
    return _round(request, pk, "accept", "budget.propose", service.accept, done)


def _round(
    request: HttpRequest, pk: int, name: str, right: str, act: Callable[..., BudgetRound], words: str
) -> HttpResponse:
    campaign = campaign_with_budget(request, pk)
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
    """The form of a step of the negotiation."""
    return RoundForm(data, budget=budget, prefix=name, initial={"amount": budget.proposed or None})


@dataclass(frozen=True)
class Line:
    """A channel in the table of money, with its input."""

    row: CampaignChannel
    field: BoundField
    figures: figures.Figures


def _page(request: HttpRequest, dossier: Dossier, status: int, **given: Any) -> HttpResponse:
    campaign, money = dossier.campaign, dossier.budget
    forms: dict[str, Any] = {name: round_form(name, money) for name in STEPS}
    forms["allocations"] = AllocationForm(instance=money, channels=dossier.channels)
    shown = forms | given
    rows = shown["allocations"].rows
    lines = [Line(row, field, figures.of_channel(row)) for row, field in rows]
    totals = figures.of_budget(money, dossier.channels)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": money,
        "lines": lines,
        "totals": totals,
        "over": [line for line in lines if line.figures.over],
        "bar": bar(money, totals),
        "may_allocate": campaign.state not in CLOSED and can(request.user, "campaign.edit", campaign),
        "may_record": can(request.user, "money.record", campaign),
        "here": "overview",
    }
    turn = turn_of(money, request.user)
    return render(request, "campaigns/budget.html", context | turn | shown, status=status)


def turn_of(budget: Budget, user: User) -> dict[str, Any]:
    """The negotiation so far, who has to act, and what this person may do about it."""
    rounds = list(budget.rounds.select_related("by"))
    last, is_open = rounds[0].kind if rounds else None, budget.campaign.state not in CLOSED
    decides = is_open and last == RoundKind.PROPOSAL and can(user, "budget.decide", budget.campaign)
    owner = is_open and can(user, "budget.propose", budget.campaign)
    return {
        "rounds": rounds,
        "waiting": is_open and last == RoundKind.PROPOSAL,
        "offered": is_open and last == RoundKind.COUNTER,
        "may_propose": owner,
        "may_accept": owner and last == RoundKind.COUNTER,
        "may_decide": decides,
        "above": above_limit(budget, rounds[0].amount, user) if decides else "",
    }


def bar(budget: Budget, totals: figures.Figures) -> list[tuple[str, Decimal]]:
    """Segments of the bar: spent, committed, planned and not used, reserve."""
    whole = max(budget.amount, totals.forecast)
    if not whole:
        return []
    parts = (("spent", totals.spent), ("comm", totals.committed), ("plan", totals.unused))
    segments = [(kind, amount * HUNDRED / whole) for kind, amount in parts]
    return [*segments, ("left", HUNDRED - sum(share for _kind, share in segments))]


@require_http_methods(["GET", "HEAD", "POST"])
def budget_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move money between channels, or between a channel and the reserve."""
    campaign = campaign_with_budget(request, pk)
    need_edit(request, campaign)
    dossier = Dossier(campaign)
    money, status = dossier.budget, 200
    asked = {"source": request.GET.get("from", "")}
    form = MoveForm(request.POST or None, budget=money, initial=asked)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            move(budget=money, by=request.user, expected=given.pop("version"), **given)
        except StaleVersion as stale:
            status = CONFLICT
            form.add_error(None, _("Somebody changed the budget while you were writing. Please look again."))
            form.renew(stale.current)
            dossier = Dossier(campaign)
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The money is moved."))
            return redirect("campaigns:budget", campaign.pk)
    lines = [(row, figures.of_channel(row)) for row in dossier.channels]
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": dossier.budget,
        "form": form,
        "lines": lines,
    }
    return render(request, "campaigns/budget/move.html", context, status=status)
