"""The history of the money, and money as files: import with a preview, export."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from campaigns.enums import CostKind
from campaigns.forms.spending import UploadForm
from campaigns.models import Commitment, Expense, SpendingImport
from campaigns.services import ledger, spending_import
from campaigns.services.dossier import Dossier
from campaigns.services.figures import of_budget, of_channel
from campaigns.views.budget import campaign_with_budget
from campaigns.views.spending import list_of, recording
from core import sheets
from core.sheet_input import MAX_ROWS, SheetError

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
DAYS_SHOWN = 30
ROWS_SHOWN = 200


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every change of the money by day, newest first, with the sums after it."""
    campaign = campaign_with_budget(request, pk)
    dossier = Dossier(campaign)
    days = ledger.by_day(ledger.events(dossier.budget))
    page = Paginator(days, DAYS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "budget": dossier.budget,
        "days": page,
        "here": "history",
    }
    return render(request, "campaigns/budget/history.html", context)


@GET_POST
def money_import(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Choose a file; every problem in it is named at its cell, and nothing is recorded yet."""
    campaign = recording(request, pk)
    kind = _kind(kind)
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            kept = spending_import.prepare(
                budget=Dossier(campaign).budget, kind=kind, upload=form.cleaned_data["file"], by=request.user
            )
        except SheetError as error:
            problems = error.problems
        else:
            return redirect("campaigns:money_import_preview", campaign.pk, kind, kept.pk)
    context = {
        "campaign": campaign,
        "kind": kind,
        "form": form,
        "problems": problems,
        "columns": list(zip(spending_import.header(kind), spending_import.COLUMNS[kind], strict=True)),
        "needed": spending_import.NEEDED,
        "most": MAX_ROWS,
    }
    return render(request, "campaigns/budget/import.html", context, status=422 if problems else 200)


def _kind(kind: str) -> CostKind:
    if kind not in CostKind.values:
        raise Http404
    return CostKind(kind)


@GET_POST
def money_import_preview(request: HttpRequest, pk: int, kind: str, import_pk: int) -> HttpResponse:
    """What the file would record; a POST records it, all rows or none."""
    campaign = recording(request, pk)
    mine = SpendingImport.objects.filter(by=request.user, budget__campaign=campaign, kind=_kind(kind))
    kept = get_object_or_404(mine.select_related("budget__campaign"), pk=import_pk)
    try:
        if request.method == "POST":
            made, known = spending_import.run(kept=kept, by=request.user)
            messages.success(request, _said(made, known))
            return list_of(campaign)
        lines, total = spending_import.preview(kept, request.user)
    except SheetError as error:
        context = {"campaign": campaign, "kind": kept.kind, "kept": kept, "problems": error.problems}
        return render(request, "campaigns/budget/preview.html", context, status=409)
    context = {
        "campaign": campaign,
        "kind": kept.kind,
        "kept": kept,
        "budget": kept.budget,
        "lines": lines[:ROWS_SHOWN],
        "more": max(len(lines) - ROWS_SHOWN, 0),
        "new": sum(not line.known for line in lines),
        "known": sum(line.known for line in lines),
        "total": total,
    }
    return render(request, "campaigns/budget/preview.html", context)


def _said(made: int, known: int) -> str:
    words = ngettext("%(made)d row was recorded", "%(made)d rows were recorded", made) % {"made": made}
    if not known:
        return f"{words}."
    there = ngettext("%(known)d was there already", "%(known)d were there already", known) % {"known": known}
    return _("%(made)s, %(known)s.") % {"made": words, "known": there}


@require_safe
def money_export(request: HttpRequest, pk: int, what: str, kind: str) -> HttpResponse:
    """A table as Excel or CSV; commitments and expenses as an import takes them."""
    campaign = campaign_with_budget(request, pk)
    if kind not in sheets.TYPES or what not in EXPORTS:
        raise Http404
    dossier = Dossier(campaign)
    header, rows, title = EXPORTS[what](dossier)
    name = f"{slugify(campaign.name) or campaign.pk}-{what}"
    return sheets.download(kind, name, header, rows, title)


def _costs(dossier: Dossier, kind: CostKind) -> tuple[list[str], Iterator[list[Any]], str]:
    rows: Any = Commitment.objects.filter(corrected_by=None)
    if kind == CostKind.EXPENSE:
        rows = Expense.objects.filter(reverses=None, reversal=None).select_related("commitment")
    rows = rows.filter(budget=dossier.budget)
    # Added to what is selected already.
    rows = rows.select_related("budget", "allocation__campaign_channel__channel")
    lines = (spending_import.line(kind, row) for row in rows.order_by("id"))
    return spending_import.header(kind), lines, str(kind.label)


def _history(dossier: Dossier) -> tuple[list[str], Iterator[list[Any]], str]:
    header = [_("Day"), _("When"), _("What"), _("Channel"), _("Detail"), _("By")]
    header += [pgettext("money", "Approved"), _("Allocated"), _("Committed"), _("Spent")]
    header += [
        _("Approved in all"),
        _("Allocated in all"),
        _("Committed in all"),
        _("Spent in all"),
        _("Reserve"),
    ]
    rows = (
        [
            *(event.day, event.at, event.what, str(event.channel or ""), event.detail, event.who),
            *event.change.amounts,
            *event.after.amounts,
            event.after.reserve,
        ]
        for event in ledger.events(dossier.budget)
    )
    return header, rows, _("History of the money")


def _overview(dossier: Dossier) -> tuple[list[str], Iterator[list[Any]], str]:
    header = [_("Channel"), _("Planned"), _("Committed"), _("Spent"), _("Left"), _("Forecast"), _("Currency")]

    def rows() -> Iterator[list[Any]]:
        currency = dossier.budget.currency
        named = [(str(row.channel), of_channel(row)) for row in dossier.channels]
        for name, row in [*named, (_("Whole campaign"), of_budget(dossier.budget, dossier.channels))]:
            yield [name, row.planned, row.committed, row.spent, row.left, row.forecast, currency]

    return header, rows(), _("Budget")


EXPORTS = {
    "overview": _overview,
    "history": _history,
    CostKind.COMMITMENT.value: lambda dossier: _costs(dossier, CostKind.COMMITMENT),
    CostKind.EXPENSE.value: lambda dossier: _costs(dossier, CostKind.EXPENSE),
}
