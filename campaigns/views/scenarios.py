"""Scenarios side by side: what each gives to which channel, what may be expected, and choosing one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can
from campaigns.forms.lifecycle import ReasonForm
from campaigns.forms.spending import ScenarioForm
from campaigns.models import Campaign, CampaignChannel, Scenario
from campaigns.services import scenarios as service
from campaigns.services.dossier import Dossier
from campaigns.services.figures import of_channel
from campaigns.services.money_base import CLOSED
from campaigns.services.plan_data import ZERO
from campaigns.views.budget import campaign_with_budget, need_edit
from core.concurrency import StaleVersion

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT = 409


class ChooseForm(ReasonForm):
    """Why this one; `version` is the budget's that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Why this one?"), **kwargs)
        self.fields["reason"].widget.attrs["rows"] = 2


@dataclass(frozen=True)
class Column:
    """A scenario beside the others."""

    scenario: Scenario
    total: Decimal
    reserve: Decimal
    stale: bool
    expected: list[tuple[str, Decimal]]
    choose: ChooseForm


@dataclass(frozen=True)
class Line:
    """A channel: what it has, what each scenario gives it with the difference, what is known of it."""

    row: CampaignChannel
    now: Decimal
    used: Decimal
    cells: list[tuple[Decimal, Decimal]]
    experience: service.Experience


@require_safe
def scenarios(request: HttpRequest, pk: int) -> HttpResponse:
    """All scenarios of the campaign, and its money as it is now, in one table."""
    return _page(request, campaign_with_budget(request, pk))


def _page(
    request: HttpRequest, campaign: Campaign, status: int = 200, chosen: tuple[int, ChooseForm] | None = None
) -> HttpResponse:
    dossier = Dossier(campaign)
    money, rows = dossier.budget, list(dossier.channels)
    found = list(money.scenarios.select_related("by").prefetch_related("lines"))
    given = {one.pk: {line.campaign_channel_id: line.amount for line in one.lines.all()} for one in found}
    known = service.experience(campaign, rows, money.currency) if found else {}
    lines = [_line(row, [given[one.pk].get(row.pk, ZERO) for one in found], known) for row in rows]
    basis, columns = service.basis_of(money), []
    for one in found:
        form = chosen[1] if chosen and chosen[0] == one.pk else _choose_form(one, money.version)
        total = sum(given[one.pk].values(), ZERO)
        expected = _expected(rows, given[one.pk], known)
        stale = service.stale(one, basis)
        columns.append(Column(one, total, money.amount - total, stale, expected, form))
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": money,
        "columns": columns,
        "lines": lines,
        "enough": service.ENOUGH,
        "unmeasured": not any(column.expected for column in columns),
        "may_edit": campaign.state not in CLOSED and can(request.user, "campaign.edit", campaign),
        "here": "scenarios",
    }
    return render(request, "campaigns/budget/scenarios.html", context, status=status)


def _choose_form(scenario: Scenario, version: int, data: Any = None) -> ChooseForm:
    return ChooseForm(data, prefix=f"choose-{scenario.pk}", initial={"version": version})


def _line(row: CampaignChannel, amounts: list[Decimal], known: dict[int, service.Experience]) -> Line:
    now = of_channel(row)
    cells = [(amount, amount - now.planned) for amount in amounts]
    experience = known.get(row.channel_id, service.NOTHING_KNOWN)
    return Line(row, now.planned, now.committed + now.spent, cells, experience)


def _expected(
    rows: list[CampaignChannel], amounts: dict[int, Decimal], known: dict[int, service.Experience]
) -> list[tuple[str, Decimal]]:
    """KPIs that the whole scenario would bring, where every channel that gets money is known well enough."""
    paid = [row for row in rows if amounts.get(row.pk)]
    each = [known.get(row.channel_id, service.NOTHING_KNOWN).expected(amounts[row.pk]) for row in paid]
    shared = set.intersection(*(set(one) for one in each)) if each else set()
    return [(name, sum((one[name] for one in each), ZERO)) for name in sorted(shared)]


def _scenario(request: HttpRequest, pk: int, scenario_pk: int) -> tuple[Campaign, Scenario]:
    """A scenario that the person may change; 404 or 403."""
    campaign = campaign_with_budget(request, pk)
    found = Scenario.objects.filter(budget__campaign=campaign).select_related("budget")
    scenario = get_object_or_404(found, pk=scenario_pk)
    need_edit(request, campaign)
    scenario.budget.campaign = campaign
    return campaign, scenario


@GET_POST
def scenario_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a scenario; it begins with the money as it is now."""
    campaign = campaign_with_budget(request, pk)
    need_edit(request, campaign)
    return _edit(request, campaign, Scenario())


@GET_POST
def scenario_edit(request: HttpRequest, pk: int, scenario_pk: int) -> HttpResponse:
    """Change a scenario."""
    campaign, scenario = _scenario(request, pk, scenario_pk)
    return _edit(request, campaign, scenario)


def _edit(request: HttpRequest, campaign: Campaign, scenario: Scenario) -> HttpResponse:
    dossier = Dossier(campaign)
    money = dossier.budget
    form = ScenarioForm(request.POST or None, instance=scenario, budget=money, channels=dossier.channels)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = _save(request, form, scenario)
        if not status:
            messages.success(request, _("The scenario is saved; nothing is allocated by it."))
            return redirect("campaigns:scenarios", campaign.pk)
    context = {"campaign": campaign, "dossier": dossier, "budget": money, "form": form, "scenario": scenario}
    return render(request, "campaigns/budget/scenario.html", context, status=status)


def _save(request: HttpRequest, form: ScenarioForm, scenario: Scenario) -> int:
    """Save; 0 when done, else the status with which the form is shown again."""
    values = form.cleaned_data
    kept = {"scenario": scenario, "expected": form.seen_version} if scenario.pk else {}
    try:
        service.save(
            budget=form.budget,
            name=values["name"],
            note=values["note"],
            amounts=form.amounts,
            by=request.user,
            submission=None if scenario.pk else values["submission"],
            **kept,
        )
    except StaleVersion as stale:
        form.show_conflict(stale.current, at=stale.current.changed_at)
        return CONFLICT
    except ValidationError as error:
        form.take_error(error)
        return 200
    return 0


@require_POST
def scenario_choose(request: HttpRequest, pk: int, scenario_pk: int) -> HttpResponse:
    """Allocate what the scenario says, with a reason."""
    campaign, scenario = _scenario(request, pk, scenario_pk)
    form, status = _choose_form(scenario, scenario.budget.version, request.POST), 200
    if form.is_valid():
        reason, seen = form.cleaned_data["reason"], form.cleaned_data["version"]
        try:
            service.choose(scenario=scenario, reason=reason, by=request.user, expected=seen)
        except StaleVersion as stale:
            status = CONFLICT
            form.add_error(None, _("Somebody changed the budget while you were writing. Please look again."))
            form.data = form.data.copy()
            form.data[form.add_prefix("version")] = str(stale.current.version)
        except ValidationError as error:
            for words in error.messages:
                form.add_error(None, words)
        else:
            messages.success(request, _("The scenario is chosen; its allocations hold now."))
            return redirect("campaigns:budget", campaign.pk)
    return _page(request, campaign, status, (scenario.pk, form))


@require_POST
def scenario_drop(request: HttpRequest, pk: int, scenario_pk: int) -> HttpResponse:
    """Throw a scenario away."""
    campaign, scenario = _scenario(request, pk, scenario_pk)
    service.drop(scenario=scenario, by=request.user)
    messages.success(request, _("The scenario is thrown away."))
    return redirect("campaigns:scenarios", campaign.pk)
