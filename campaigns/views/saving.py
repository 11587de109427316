"""What every edit page of the message does: fetch with access, save, say who saved in between."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import can
from campaigns.errors import Refused
from campaigns.models import Campaign
from campaigns.services import versions
from campaigns.services.message import is_editable
from core.concurrency import StaleVersion

CONFLICT = 409
GET_POST = require_http_methods(["GET", "HEAD", "POST"])


def visible_campaign(request: HttpRequest, pk: int) -> Campaign:
    """The campaign with its owner, or 404."""
    found = Campaign.objects.visible_to(request.user).select_related("owner")
    return get_object_or_404(found, pk=pk)


def editable_campaign(request: HttpRequest, pk: int) -> Campaign:
    """A campaign whose core message and facts the person may change; 404 or 403."""
    campaign = visible_campaign(request, pk)
    if not can(request.user, "message.edit", campaign):
        raise PermissionDenied(_("The message is changed by the owner and by marketers of its regions."))
    return campaign


def attempt(form: Any, save: Callable[[], object], kind: str) -> int:
    """Call `save`; 0 when it is done, else the status with which the form is shown again, entries kept."""
    try:
        save()
    except StaleVersion as stale:
        last = versions.history(kind=kind, object_id=stale.current.pk).first()
        form.show_conflict(stale.current, by=last.author if last else None, at=stale.current.changed_at)
        return CONFLICT
    except Refused as refused:
        form.add_error(None, str(refused))
        return CONFLICT
    return 0


def url_or_none(name: str, *args: object) -> str:
    """The address of a page, empty while nobody provides it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def message_url(campaign: Campaign, anchor: str = "") -> str:
    """The Message page of the campaign, at a place on it."""
    return reverse("campaigns:message", args=[campaign.pk]) + anchor


def closed(request: HttpRequest, campaign: Campaign) -> HttpResponse | None:
    """Back to the page, with the reason, when there is nothing to edit; what was posted is kept instead."""
    if is_editable(campaign) or request.method == "POST":
        return None
    messages.warning(request, _("This message is closed for changes at the moment."))
    return redirect(message_url(campaign))
