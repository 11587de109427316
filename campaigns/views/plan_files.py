"""Plans from a spreadsheet and as one: choose a file, say what its columns are, look, take over; export."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import can
from campaigns.filters import CampaignFilter
from campaigns.forms.imports import ColumnsForm
from campaigns.forms.spending import UploadForm
from campaigns.listing import ids_of
from campaigns.models import PlanImport
from campaigns.services import plan_import as service
from campaigns.services import plan_sheet
from campaigns.services.plan_rows import Entry, Fate
from core import formats, sheets
from core.sheet_input import SheetError

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
EXPORTED = 10_000
SHOWN = 300


@require_safe
def plan_export(request: HttpRequest, kind: str) -> HttpResponse:
    """The campaigns of the list, filtered as the address says, as Excel or CSV that an import takes.

    More than one file holds go back to the list, which says so.
    """
    if kind not in sheets.TYPES:
        raise Http404
    chosen = CampaignFilter.from_query(request.GET)
    ids = ids_of(chosen, request.user, EXPORTED + 1)
    if len(ids) > EXPORTED:
        words = _(
            "One file holds at most %(most)s campaigns, and these are more."
            " Please filter the list and export it in parts."
        )
        messages.error(request, words % {"most": formats.number(EXPORTED)})
        return redirect(f"{reverse('campaigns:list')}{chosen.query()}")
    name = f"{_('campaigns')}-{timezone.localdate().isoformat()}"
    return sheets.download(kind, name, plan_sheet.header(), plan_sheet.lines(ids), _("Campaigns"))


@GET_POST
def plan_import(request: HttpRequest) -> HttpResponse:
    """Choose a file. Nothing is made before it has been looked at."""
    _need_right(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    problems: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        try:
            kept = service.keep(upload=form.cleaned_data["file"], by=request.user)
        except SheetError as error:
            problems = error.problems
        else:
            return redirect(_next(kept), kept.pk)
    context = {
        "form": form,
        "problems": problems,
        "columns": list(zip(plan_sheet.header(), plan_sheet.COLUMNS, strict=True)),
        "needed": plan_sheet.NEEDED,
        "most": service.MAX_ROWS,
    }
    return render(request, "campaigns/import/upload.html", context, status=422 if problems else 200)


def _need_right(request: HttpRequest) -> None:
    if not can(request.user, "campaign.create"):
        raise PermissionDenied


def _next(kept: PlanImport) -> str:
    """Where a new file leads: to its columns if some of them mean nothing to us."""
    unclear = service.strangers(kept) and service.fields_left(kept)
    return "campaigns:plan_columns" if unclear else "campaigns:plan_preview"


@GET_POST
def plan_columns(request: HttpRequest, import_pk: int) -> HttpResponse:
    """Say what the columns are that have no name of ours."""
    kept = get_object_or_404(PlanImport, pk=import_pk, by=request.user)
    form = ColumnsForm(request.POST if request.method == "POST" else None, kept=kept)
    if request.method == "POST" and form.is_valid():
        try:
            service.choose(kept=kept, chosen=form.chosen, by=request.user)
        except ValidationError as error:
            form.take_error(error)
        else:
            return redirect("campaigns:plan_preview", kept.pk)
    return render(request, "campaigns/import/columns.html", {"form": form, "kept": kept})


@GET_POST
def plan_preview(request: HttpRequest, import_pk: int) -> HttpResponse:
    """What the file would make, change and leave; a POST does it, all or nothing."""
    kept = PlanImport.objects.filter(pk=import_pk).first()
    if kept is None and request.method == "POST":
        messages.info(request, _("This file is taken over already, or was put away after a day."))
        return redirect("campaigns:list")
    if kept is None or kept.by_id != request.user.pk:
        raise Http404
    try:
        if request.method == "POST":
            messages.success(request, _said(service.run(kept=kept, by=request.user)))
            return redirect("campaigns:list")
        entries = service.preview(kept, request.user)
    except PlanImport.DoesNotExist:
        return redirect("campaigns:list")
    except SheetError as error:
        context = {"kept": kept, "problems": error.problems, "strangers": service.strangers(kept)}
        return render(request, "campaigns/import/preview.html", context, status=422)
    context = {
        "kept": kept,
        "entries": entries[:SHOWN],
        "more": max(len(entries) - SHOWN, 0),
        "counts": [(fate, _count(entries, fate)) for fate in Fate],
        "to_do": len(entries) - _count(entries, Fate.SAME),
        "strangers": service.strangers(kept),
    }
    return render(request, "campaigns/import/preview.html", context)


def _count(entries: list[Entry], fate: Fate) -> int:
    return sum(entry.fate == fate for entry in entries)


def _said(entries: list[Entry]) -> str:
    made, changed = _count(entries, Fate.NEW), _count(entries, Fate.CHANGED)
    new = ngettext("%(number)d campaign was made", "%(number)d campaigns were made", made) % {"number": made}
    other = ngettext("%(number)d was changed", "%(number)d were changed", changed) % {"number": changed}
    return _("%(made)s, %(changed)s.") % {"made": new, "changed": other}
