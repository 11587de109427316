"""Target groups: who they are, what they look for, and how far they are the same people."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import attempt
from accounts.permissions import can
from channels.models import Channel
from core import audit
from core.concurrency import StaleVersion
from core.models import AuditEvent
from customers.definition import SHORT, definition
from customers.enums import Closeness
from customers.forms import GroupForm, UsesForm
from customers.models import TargetGroup
from customers.overlap import Ranges
from customers.services import phases, save_group, save_uses
from customers.times import time_rows
from customers.uses import use_rows

LOG_LENGTH = 10
CAMPAIGNS = 6
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def _group(request: HttpRequest, pk: int, action: str = "") -> TargetGroup:
    """The group if the person may see it (else 404) and may do `action` (else 403)."""
    group = get_object_or_404(TargetGroup.objects.visible_to(request.user).defined(), pk=pk)
    if action and not can(request.user, action, group):
        raise PermissionDenied
    return group


@require_safe
def group_list(request: HttpRequest) -> HttpResponse:
    """All groups, those in use first."""
    groups = TargetGroup.objects.visible_to(request.user).defined().order_by("-active", "name_en")
    rows = [(group, definition(group, SHORT)) for group in groups]
    context = {"rows": rows, "may_edit": can(request.user, "group.edit")}
    return render(request, "customers/list.html", context)


@require_safe
def group_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One group with all that is known of it."""
    group = _group(request, pk)
    events = AuditEvent.objects.filter(scope=audit.scope_of(group)).select_related("actor")[:LOG_LENGTH]
    others = TargetGroup.objects.visible_to(request.user).active().defined()
    shown = phases()
    context = {
        "group": group,
        "criteria": definition(group),
        "times": time_rows(group.times),
        "days": WEEKDAYS_ABBR.values(),
        "phases": shown,
        "uses": use_rows(group.uses.shown(), shown),
        "overlaps": Ranges().others(group, others),
        "campaigns": group.campaigns.visible_to(request.user).order_by("-starts_on", "-pk")[:CAMPAIGNS],
        "may_edit": can(request.user, "group.edit", group),
        "log": [{"actor": e.actor, "text": audit.sentence(e), "at": e.at} for e in events],
    }
    return render(request, "customers/detail.html", context)


@require_safe
def overlap(request: HttpRequest) -> HttpResponse:
    """How far the groups in use are the same people, by their definitions."""
    groups = list(TargetGroup.objects.visible_to(request.user).active().defined())
    matrix = Ranges().matrix(groups)
    pairs = [one for place, (_group, row) in enumerate(matrix) for one in row[place + 1 :] if not one.apart]
    context = {
        "groups": groups,
        "matrix": matrix,
        "pairs": sorted(pairs, key=lambda one: -one.share),
        "words": list(Closeness),
    }
    return render(request, "customers/overlap.html", context)


@GET_POST
def group_create(request: HttpRequest) -> HttpResponse:
    """A new group."""
    return _edit(request, TargetGroup())


@GET_POST
def group_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a group; somebody else's change in between is shown, not overwritten."""
    return _edit(request, _group(request, pk, "group.edit"))


def _edit(request: HttpRequest, group: TargetGroup) -> HttpResponse:
    name, status = str(group), 200
    form = GroupForm(request.POST or None, instance=group)
    if request.method == "POST" and form.is_valid():
        saving = form.kept | {"expected": form.seen_version}
        try:
            if attempt(form, save_group, group=form.instance, by=request.user, **saving):
                messages.success(request, _("The target group is saved."))
                return redirect(group)
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=_last_actor(group), at=stale.current.changed_at)
            status = 409
    context = {"form": form, "group": group, "name": name}
    return render(request, "customers/form.html", context, status=status)


@GET_POST
def group_uses(request: HttpRequest, pk: int) -> HttpResponse:
    """How much the group uses each channel in each phase of the journey."""
    group = _group(request, pk, "group.edit")
    places: dict[str, Any] = {"channels": Channel.objects.active(), "phases": phases()}
    form = UsesForm(request.POST or None, instance=group, **places)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            save_uses(group=group, uses=form.uses, by=request.user, expected=form.seen_version)
            messages.success(request, _("The channels of the target group are saved."))
            return redirect(f"{group.get_absolute_url()}#channels")
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=_last_actor(group), at=stale.current.changed_at)
            status = 409
    return render(request, "customers/uses.html", {"form": form, "group": group}, status=status)


def _last_actor(group: TargetGroup) -> Any:
    event = AuditEvent.objects.filter(scope=audit.scope_of(group)).select_related("actor").first()
    return event.actor if event else None
