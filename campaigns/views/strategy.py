"""The pages of strategies: reading one, editing it part by part, its paper."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.permissions import can
from campaigns.decision_log import _number
from campaigns.forms.strategy import (
    AboutForm,
    DutyForm,
    GoalForm,
    MarketForm,
    MeansForm,
    MilestoneForm,
    PartForm,
)
from campaigns.models import Duty, Goal, Milestone, Strategy
from campaigns.services import strategy as service
from campaigns.services.strategy_page import overview
from campaigns.views.plan import last_change
from core import documents, formats
from core.concurrency import StaleVersion

GET_POST = require_http_methods(["GET", "HEAD", "POST"])
CONFLICT = 409
PARTS = {
    "about": (AboutForm, gettext_lazy("Title and time")),
    "market": (MarketForm, gettext_lazy("Market and feasibility")),
    "means": (MeansForm, gettext_lazy("Resources and effort")),
}
KINDS = {
    "milestones": (Milestone, MilestoneForm, gettext_lazy("Milestone")),
    "organisation": (Duty, DutyForm, gettext_lazy("What a department carries")),
    "goals": (Goal, GoalForm, gettext_lazy("Goal")),
}


@require_safe
def strategy_list(request: HttpRequest) -> HttpResponse:
    """All strategies; while there is only one, it is shown at once."""
    found = list(Strategy.objects.select_related("owner")[:200])
    if len(found) == 1 and "all" not in request.GET:
        return redirect(found[0])
    context = {"strategies": found, "today": timezone.localdate(), "may_create": _may_create(request)}
    return render(request, "campaigns/strategy/list.html", context)


def _may_create(request: HttpRequest) -> bool:
    return can(request.user, "strategy.create")


@require_safe
def strategy_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about a strategy on one page; `?department=`, `?channel=`: only the goals that it serves."""
    strategy = _strategy(pk)
    context = _page_context(strategy, request.user)
    chosen = {name: _number(request.GET.get(name, "")) for name in ("department", "channel")}
    context |= {
        "chosen": chosen,
        "shown": context["view"].serving(**chosen),
        "narrowed": any(chosen.values()),
    }
    return render(request, "campaigns/strategy/detail.html", context)


def _page_context(strategy: Strategy, user: User) -> dict[str, Any]:
    return {
        "strategy": strategy,
        "view": overview(strategy, user),
        "may_edit": can(user, "strategy.edit", strategy),
        "may_create": can(user, "strategy.create"),
        "today": timezone.localdate(),
    }


@require_safe
def strategy_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The strategy on paper."""
    strategy = _strategy(pk)
    context = _page_context(strategy, request.user) | {
        "made": formats.full_datetime(timezone.now()),
        "by": str(request.user),
    }
    try:
        body = documents.pdf("campaigns/strategy/print.html", context)
    except documents.DocumentsUnavailable as error:
        return render(request, "campaigns/strategy/no_document.html", {"reason": str(error)}, status=503)
    response = HttpResponse(body, content_type="application/pdf")
    name = slugify(strategy.title) or "strategy"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response


def _strategy(pk: int) -> Strategy:
    return get_object_or_404(Strategy.objects.select_related("owner"), pk=pk)


def _editable(request: HttpRequest, pk: int) -> Strategy:
    strategy = _strategy(pk)
    if not can(request.user, "strategy.edit", strategy):
        raise PermissionDenied(_("A strategy is changed by its owner and by managers."))
    return strategy


@GET_POST
def strategy_create(request: HttpRequest) -> HttpResponse:
    """A new strategy: title, time and owner; the rest follows on its page."""
    form = AboutForm(request.POST or None, instance=Strategy(owner=request.user))
    if request.method == "POST" and form.is_valid():
        strategy = service.create_strategy(by=request.user, values=form.values)
        messages.success(request, _("The strategy is saved. Now add its goals."))
        return redirect(strategy)
    return _form_page(request, form, None, _("New strategy"))


@GET_POST
def strategy_edit(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Change one part of a strategy."""
    strategy = _editable(request, pk)
    if part not in PARTS:
        raise Http404
    kind, heading = PARTS[part]
    form = kind(request.POST or None, instance=strategy)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = save(form, lambda expected: _save(form, strategy, request.user, expected))
        if not status:
            messages.success(request, _("The strategy is saved."))
            return redirect(strategy)
    return _form_page(request, form, _strategy(pk), heading, status)


def _save(form: PartForm, strategy: Strategy, by: User, expected: int) -> None:
    service.save_strategy(strategy=strategy, by=by, values=form.values, expected=expected)


def save(form: PartForm, write: Any) -> int:
    """Call `write(expected)`; 0 when it is done, else the status with which the form is shown again.

    What somebody else changed meanwhile, in other parts only, stands in nobody's way.
    """
    expected = form.seen_version
    try:
        try:
            write(expected)
        except StaleVersion as stale:
            last = last_change(stale.current)
            form.show_conflict(stale.current, by=last.actor if last else None, at=stale.current.changed_at)
            if form.conflict.changes:
                return CONFLICT
            form.conflict = None
            write(stale.current.version)
    except StaleVersion:
        form.add_error(None, _("Somebody else is saving at the same time. Please save again."))
        return CONFLICT
    except ValidationError as error:
        form.refuse(error)
        return 200
    return 0


@GET_POST
def strategy_part(request: HttpRequest, pk: int, kind: str, part_pk: int = 0) -> HttpResponse:
    """Add or change a milestone, a duty or a goal."""
    strategy = _editable(request, pk)
    part, form_class, heading = _part(strategy, kind, part_pk)
    form = form_class(request.POST or None, instance=part)
    status = 200
    if request.method == "POST" and form.is_valid():
        status = save(
            form,
            lambda expected: service.save_part(
                part=_part(strategy, kind, part_pk)[0],
                by=request.user,
                values=form.values,
                expected=expected,
            ),
        )
        if not status:
            messages.success(request, _("Saved."))
            return redirect(strategy)
    more = {"part": part if part_pk else None, "kind": kind}
    return _form_page(request, form, strategy, heading, status, **more)


def _part(strategy: Strategy, kind: str, part_pk: int) -> tuple[service.Part, type[PartForm], Any]:
    if kind not in KINDS:
        raise Http404
    model, form, heading = KINDS[kind]
    if not part_pk:
        return model(strategy=strategy), form, heading
    found = model.objects.filter(strategy=strategy).select_related("strategy")
    return get_object_or_404(found, pk=part_pk), form, heading


@require_POST
def strategy_remove(request: HttpRequest, pk: int, kind: str, part_pk: int) -> HttpResponse:
    """Take a milestone, a duty or a goal away."""
    strategy = _editable(request, pk)
    service.remove_part(part=_part(strategy, kind, part_pk)[0], by=request.user)
    messages.success(request, _("Removed."))
    return redirect(strategy)


def _form_page(
    request: HttpRequest,
    form: PartForm,
    strategy: Strategy | None,
    heading: Any,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {"form": form, "strategy": strategy, "heading": heading} | more
    return render(request, "campaigns/strategy/form.html", context, status=status)
