"""Orders and invoices of a campaign: listed, entered, corrected by rows of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import can
from campaigns.forms.lifecycle import ReasonForm
from campaigns.forms.spending import CommitmentForm, CostForm, ExpenseForm
from campaigns.models import Campaign, Commitment, Expense
from campaigns.services import spending as service
from campaigns.services.dossier import Dossier
from campaigns.services.money_base import CLOSED
from campaigns.views.budget import campaign_with_budget

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
PAGE = 50
SUPPLIERS = 200
UNDO = "undo"


@require_safe
def spending(request: HttpRequest, pk: int) -> HttpResponse:
    """Commitments and expenses, newest first."""
    campaign = campaign_with_budget(request, pk)
    dossier = Dossier(campaign)
    money = dossier.budget
    found = Expense.objects.filter(budget=money).select_related(
        "allocation__campaign_channel__channel", "commitment", "reversal", "reverses", "by"
    )
    orders = Commitment.objects.with_rest().filter(budget=money)
    orders = orders.select_related("allocation__campaign_channel__channel")
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": money,
        "orders": _part(request, orders, "orders"),
        "expenses": _part(request, found, "invoices"),
        "may_record": can(request.user, "money.record", campaign),
        "is_open": campaign.state not in CLOSED,
        "here": "spending",
    }
    return render(request, "campaigns/budget/spending.html", context)


def _part(request: HttpRequest, rows: QuerySet, name: str) -> Page:
    return Paginator(rows, PAGE).get_page(request.GET.get(name))


def recording(request: HttpRequest, pk: int) -> Campaign:
    """A campaign whose orders and invoices the person may enter; 404 or 403."""
    campaign = campaign_with_budget(request, pk)
    if not can(request.user, "money.record", campaign):
        raise PermissionDenied(_("Orders and invoices are entered by whoever plans the campaign."))
    return campaign


def list_of(campaign: Campaign) -> HttpResponse:
    """Back to the list."""
    return redirect("campaigns:spending", campaign.pk)


@GET_POST
def commitment_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an order."""
    campaign = recording(request, pk)
    form = CommitmentForm(request.POST or None, budget=Dossier(campaign).budget)
    if _done(request, form, lambda: service.commit(budget=form.budget, cost=form.cost, by=request.user)):
        messages.success(request, _("The commitment is entered."))
        return list_of(campaign)
    return _form_page(request, campaign, form, _("Enter a commitment"))


@GET_POST
def expense_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an invoice; `?commitment=` names the order it belongs to."""
    campaign = recording(request, pk)
    form = ExpenseForm(request.POST or None, budget=Dossier(campaign).budget)
    _prefill(form, request.GET.get("commitment", ""))
    if _done(request, form, lambda: _spend(request, form)):
        messages.success(request, _("The expense is entered."))
        return list_of(campaign)
    return _form_page(request, campaign, form, _("Enter an expense"))


def _prefill(form: ExpenseForm, number: str) -> None:
    order = form.fields["commitment"].queryset.filter(pk=int(number)).first() if number.isdecimal() else None
    if order:
        known = {"commitment": order.pk, "supplier": order.supplier, "amount": None}
        form.initial |= known | {"channel": order.allocation.campaign_channel_id, "currency": order.currency}


def _spend(request: HttpRequest, form: ExpenseForm) -> Expense:
    last = form.cleaned_data["last"]
    return service.spend(budget=form.budget, cost=form.cost, by=request.user, last=last)


def _done(request: HttpRequest, form: CostForm, act: Callable[[], Any]) -> bool:
    """Whether the form was sent and saved; what a service refuses stands at its field."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ValidationError as error:
        form.take_error(error)
        return False
    return True


def _form_page(
    request: HttpRequest, campaign: Campaign, form: CostForm, title: str, **more: Any
) -> HttpResponse:
    known = Expense.objects if isinstance(form, ExpenseForm) else Commitment.objects
    suppliers = known.filter(budget=form.budget).values_list("supplier", flat=True)
    context = {
        "campaign": campaign,
        "budget": form.budget,
        "form": form,
        "title": title,
        "suppliers": sorted(set(suppliers[:SUPPLIERS])),
        "back": reverse("campaigns:spending", args=[campaign.pk]),
    }
    return render(request, "campaigns/budget/cost.html", context | more)


@dataclass(frozen=True)
class Kind:
    """How a row of one kind is corrected, or taken back instead; `name` is what the services call it."""

    name: str
    form: type[CostForm]
    find: Callable[[Campaign, int], Any]
    correct: Callable[..., Any]
    undo: Callable[..., Any]
    undo_url: str
    title: str | Promise
    corrected: str | Promise
    undo_title: str | Promise
    undo_action: str | Promise
    undone: str | Promise


def _order(campaign: Campaign, pk: int) -> Commitment:
    found = Commitment.objects.with_rest().filter(budget__campaign=campaign)
    order = get_object_or_404(found.select_related("budget", "allocation"), pk=pk)
    order.budget.campaign = campaign
    return order


def _paid(campaign: Campaign, pk: int) -> Expense:
    """An invoice of the campaign, no reversal."""
    found = Expense.objects.filter(budget__campaign=campaign, reverses=None)
    paid = get_object_or_404(found.select_related("budget", "allocation", "commitment"), pk=pk)
    paid.budget.campaign = campaign
    return paid


ORDER = Kind(
    name="commitment",
    form=CommitmentForm,
    find=_order,
    correct=service.correct_commitment,
    undo=service.close,
    undo_url="campaigns:commitment_close",
    title=gettext_lazy("Correct a commitment"),
    corrected=gettext_lazy("The commitment is corrected; the old one stays readable."),
    undo_title=gettext_lazy("Nothing more will come: close it instead"),
    undo_action=gettext_lazy("Close the commitment"),
    undone=gettext_lazy("The commitment is closed; what was left is free again."),
)
INVOICE = Kind(
    name="expense",
    form=ExpenseForm,
    find=_paid,
    correct=service.correct_expense,
    undo=service.reverse,
    undo_url="campaigns:expense_reverse",
    title=gettext_lazy("Correct an expense"),
    corrected=gettext_lazy("The expense is corrected; the old one is reversed and stays readable."),
    undo_title=gettext_lazy("It should not be here at all: reverse it instead"),
    undo_action=gettext_lazy("Reverse the expense"),
    undone=gettext_lazy("The expense is reversed."),
)


@GET_POST
def commitment_correct(request: HttpRequest, pk: int, cost_pk: int) -> HttpResponse:
    """Put a corrected order in the place of one without invoices, or close it."""
    return _correct(request, recording(request, pk), cost_pk, ORDER)


@require_POST
def commitment_close(request: HttpRequest, pk: int, cost_pk: int) -> HttpResponse:
    """Free what is left of an order, with a reason."""
    return _undo(request, recording(request, pk), cost_pk, ORDER)


@GET_POST
def expense_correct(request: HttpRequest, pk: int, cost_pk: int) -> HttpResponse:
    """Reverse an invoice and enter it as it should have been, or only reverse it."""
    return _correct(request, recording(request, pk), cost_pk, INVOICE)


@require_POST
def expense_reverse(request: HttpRequest, pk: int, cost_pk: int) -> HttpResponse:
    """Take an invoice back, with a reason."""
    return _undo(request, recording(request, pk), cost_pk, INVOICE)


def _correct(request: HttpRequest, campaign: Campaign, cost_pk: int, kind: Kind) -> HttpResponse:
    row = kind.find(campaign, cost_pk)
    form = kind.form(request.POST or None, budget=row.budget, previous=row)

    def act() -> None:
        kind.correct(cost=form.cost, reason=form.cleaned_data["reason"], by=request.user, **{kind.name: row})

    if _done(request, form, act):
        messages.success(request, kind.corrected)
        return list_of(campaign)
    return _correct_page(request, campaign, kind, form, ReasonForm(prefix=UNDO))


def _undo(request: HttpRequest, campaign: Campaign, cost_pk: int, kind: Kind) -> HttpResponse:
    row = kind.find(campaign, cost_pk)
    undo = ReasonForm(request.POST, prefix=UNDO)
    if undo.is_valid():
        kind.undo(reason=undo.cleaned_data["reason"], by=request.user, **{kind.name: row})
        messages.success(request, kind.undone)
        return list_of(campaign)
    return _correct_page(request, campaign, kind, kind.form(budget=row.budget, previous=row), undo)


def _correct_page(
    request: HttpRequest, campaign: Campaign, kind: Kind, form: CostForm, undo: ReasonForm
) -> HttpResponse:
    more = {
        "undo": undo,
        "undo_url": reverse(kind.undo_url, args=[campaign.pk, form.previous.pk]),
        "undo_title": kind.undo_title,
        "undo_action": kind.undo_action,
    }
    return _form_page(request, campaign, form, kind.title, **more)
