"""What is done in the portfolio: setting warnings aside, taking their suggestions, the limits."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import attempt
from accounts.permissions import can
from campaigns.models import Campaign
from core import audit, formats
from core.concurrency import StaleVersion
from core.models import AuditEvent
from dashboard.enums import StepKind
from dashboard.models import LoadRules
from dashboard.portfolio import services
from dashboard.portfolio.forms import AsideForm, LimitsForm, StepForm
from dashboard.portfolio.judging import Warned
from dashboard.portfolio.showing import Warnings, warnings_between

CONFLICT, INVALID = 409, 422


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = Campaign.objects.visible_to(request.user).select_related("owner").prefetch_related("regions")
    return get_object_or_404(found, pk=pk)


def _back(request: HttpRequest, otherwise: str) -> str:
    """The page that the button stood on, if it is one of ours."""
    wanted = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(wanted, None) and wanted.startswith("/")
    return wanted if ours else otherwise


def warnings_about(request: HttpRequest, campaign: Campaign) -> Warnings:
    """What stands about a campaign now."""
    days = campaign.starts_on, campaign.ends_on
    return warnings_between(request.user, *days, timezone.localdate(), about=campaign.pk)


@require_GET
def warning(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """One warning with its suggestions."""
    campaign = _campaign(request, pk)
    found = warnings_about(request, campaign)
    warned = found.find(pk, key)
    form = AsideForm(initial={"facts": warned.facts if warned else ""})
    return _show(request, campaign, found, warned, form)


@require_POST
def aside(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Set a warning aside with a reason. 409 when it says something else than the person has read."""
    campaign = _campaign(request, pk)
    if not can(request.user, "warning.set_aside", campaign):
        raise PermissionDenied
    found = warnings_about(request, campaign)
    warned, form = found.find(pk, key), AsideForm(request.POST)
    if not form.is_valid():
        return _show(request, campaign, found, warned, form, INVALID)
    try:
        services.set_aside(warned=warned, by=request.user, **form.cleaned_data)
    except services.Outdated:
        form.data = form.data.copy()
        form.data["facts"] = warned.facts if warned else ""
        return _show(request, campaign, found, warned, form, CONFLICT)
    messages.success(request, _("The warning is set aside. Your reason stands beside it."))
    return redirect(reverse("portfolio_warning", args=[pk, key]))


def _show(
    request: HttpRequest,
    campaign: Campaign,
    found: Warnings,
    warned: Warned | None,
    form: AsideForm,
    status: int = 200,
) -> HttpResponse:
    shown = found.in_words([warned])[0] if warned else None
    context = {
        "campaign": campaign,
        "shown": shown,
        "form": form,
        "may_aside": can(request.user, "warning.set_aside", campaign),
        "changed": status == CONFLICT,
        "back": shown.url if shown else request.path,
    }
    return render(request, "dashboard/portfolio/warning.html", context, status=status)


@require_POST
def take_up(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """A warning that was set aside stands again."""
    campaign = _campaign(request, pk)
    services.take_up(campaign=campaign, key=key, by=request.user)
    messages.success(request, _("The warning stands again."))
    return redirect(reverse("portfolio_warning", args=[pk, key]))


@require_POST
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what a warning suggests. 409 when somebody changed the plan in between."""
    campaign = _campaign(request, pk)
    if not can(request.user, "campaign.edit", campaign):
        raise PermissionDenied
    back = _back(request, campaign.get_absolute_url())
    form = StepForm(request.POST)
    if not form.is_valid():
        return render(request, "dashboard/portfolio/refused.html", _refused(form, back), status=INVALID)
    try:
        done = _done(request, campaign, form.cleaned_data)
    except StaleVersion:
        words = _("Somebody changed this plan in the meantime, so nothing was done. Please look again.")
        return render(request, "errors/409.html", {"reason": words, "url": back}, status=CONFLICT)
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return render(request, "dashboard/portfolio/refused.html", _refused(form, back), status=INVALID)
    messages.success(request, done)
    return redirect(back)


def _refused(form: StepForm, back: str) -> dict[str, Any]:
    words = [word for errors in form.errors.values() for word in errors]
    return {"problems": words, "back": back}


def _done(request: HttpRequest, campaign: Campaign, data: dict[str, Any]) -> str:
    """Call the service; what has happened, in words."""
    how = {"campaign": campaign, "by": request.user, "expected": data["version"]}
    if data["kind"] in (StepKind.MOVE, StepKind.LENGTHEN):
        moved = services.move(first=data["first"], last=data["last"], **how)
        days = formats.date_range(moved.starts_on, moved.ends_on)
        return _("%(name)s: now %(days)s") % {"name": moved.name, "days": days}
    services.hand_over(person=data["person"], channel=data["channel"] or 0, **how)
    return _("Handed over to %(person)s.") % {"person": data["person"]}


@require_http_methods(["GET", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """The limits by which the portfolio warns: to read for planners, to set for managers and admins."""
    rules = LoadRules.current()
    may_edit = can(request.user, "load_rules.edit")
    if request.method == "POST" and not may_edit:
        raise PermissionDenied
    form = LimitsForm(request.POST or None, instance=rules)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            saving = form.values | {"expected": form.seen_version}
            if attempt(form, services.save_limits, by=request.user, **saving):
                messages.success(request, _("The limits are saved; the warnings follow them at once."))
                return redirect("portfolio_limits")
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=_last_actor(rules), at=stale.current.changed_at)
            status = CONFLICT
    events = AuditEvent.objects.filter(scope=audit.scope_of(rules)).select_related("actor")[:10]
    context = {
        "form": form,
        "rules": rules,
        "may_edit": may_edit,
        "rows": [(field.verbose_name, getattr(rules, field.name)) for field in _fields(rules)],
        "log": [{"actor": e.actor, "text": audit.sentence(e), "at": e.at} for e in events],
    }
    return render(request, "dashboard/portfolio/limits.html", context, status=status)


def _fields(rules: LoadRules) -> list[Any]:
    return [rules._meta.get_field(name) for name in services.FIELDS]


def _last_actor(rules: LoadRules) -> Any:
    event = AuditEvent.objects.filter(scope=audit.scope_of(rules)).select_related("actor").first()
    return event.actor if event else None
