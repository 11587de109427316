"""Channels and who answers for them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import attempt
from accounts.models import Region
from accounts.permissions import can
from channels.forms import ChannelFilter, ChannelForm, ExpertFormSet
from channels.models import Channel, ChannelExpert
from channels.services import save_channel
from core import audit
from core.concurrency import StaleVersion
from core.models import AuditEvent

LOG_LENGTH = 10


def _channel(request: HttpRequest, pk: int, action: str = "") -> Channel:
    """The channel if the person may see it (else 404) and may do `action` (else 403)."""
    channel = get_object_or_404(Channel.objects.visible_to(request.user), pk=pk)
    if action and not can(request.user, action, channel):
        raise PermissionDenied
    return channel


@require_safe
def channel_list(request: HttpRequest) -> HttpResponse:
    """All channels with their experts."""
    form = ChannelFilter(request.GET)
    medium = form.cleaned_data["medium"] if form.is_valid() else ""
    experts = ChannelExpert.objects.filter(user__is_active=True).select_related("user", "region")
    channels = Channel.objects.visible_to(request.user).prefetch_related(
        Prefetch("expert_links", queryset=experts.order_by("region__code", "id"))
    )
    context = {
        "channels": channels.filter(medium=medium) if medium else channels,
        "form": form,
        "medium": medium,
        "may_edit": can(request.user, "channel.edit"),
    }
    return render(request, "channels/list.html", context)


@require_safe
def channel_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One channel: what kind it is, and who answers for it in each region."""
    channel = _channel(request, pk)
    events = AuditEvent.objects.filter(scope=audit.scope_of(channel)).select_related("actor")[:LOG_LENGTH]
    context = {
        "channel": channel,
        "answering": _answering(channel),
        "may_edit": can(request.user, "channel.edit", channel),
        "log": [{"actor": e.actor, "text": audit.sentence(e), "at": e.at} for e in events],
    }
    return render(request, "channels/detail.html", context)


def _answering(channel: Channel) -> list[dict[str, Any]]:
    """For each region in use who answers there; people for everywhere where the region has nobody."""
    links = channel.expert_links.filter(user__is_active=True).select_related("user")
    by_region: dict[int | None, list[Any]] = {}
    for link in links:
        by_region.setdefault(link.region_id, []).append(link.user)
    everywhere = by_region.get(None, [])
    return [
        {"region": region, "people": by_region.get(region.pk, everywhere), "own": region.pk in by_region}
        for region in Region.objects.filter(active=True)
    ]


@require_http_methods(["GET", "POST"])
def channel_create(request: HttpRequest) -> HttpResponse:
    """A new channel."""
    return _edit(request, Channel())


@require_http_methods(["GET", "POST"])
def channel_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a channel and its experts; somebody else's change in between is shown, not overwritten."""
    return _edit(request, _channel(request, pk, "channel.edit"))


def _edit(request: HttpRequest, channel: Channel) -> HttpResponse:
    form = ChannelForm(request.POST or None, instance=channel)
    experts = ExpertFormSet(request.POST or None, instance=channel, by=request.user, prefix="experts")
    status = 200
    if request.method == "POST" and all([form.is_valid(), experts.is_valid()]):
        try:
            if _saved(request, form, experts):
                messages.success(request, _("The channel is saved."))
                return redirect(channel)
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=_last_actor(channel), at=stale.current.changed_at)
            status = 409
    context = {"form": form, "experts": experts, "channel": channel}
    return render(request, "channels/form.html", context, status=status)


def _saved(request: HttpRequest, form: ChannelForm, experts: Any) -> bool:
    """Save both in one step; False when the service refuses, its words then stand in the form."""
    namings = {"add": experts.added, "remove": experts.removed}
    saving = form.values | namings | {"expected": form.seen_version}
    return attempt(form, save_channel, channel=form.instance, by=request.user, **saving)


def _last_actor(channel: Channel) -> Any:
    event = AuditEvent.objects.filter(scope=audit.scope_of(channel)).select_related("actor").first()
    return event.actor if event else None
