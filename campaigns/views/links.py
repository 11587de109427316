"""Links for people outside: those of a campaign's plan."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import can
from campaigns.forms.links import LinkForm, PlanLinkForm
from campaigns.models import Campaign, ShareLink
from campaigns.services import share_links as service
from core.emails import absolute

INVALID = 422


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, pk: int) -> HttpResponse:
    """The links of a campaign and a form for another. A new address is shown once, in the answer to it."""
    campaign = _campaign(request, pk)
    form, address = offered(request, PlanLinkForm, partial(service.share_plan, campaign=campaign))
    found = campaign.share_links.select_related("by", "revoked_by")
    for link in found:
        link.campaign = campaign
    context = {"campaign": campaign, "revoke_name": "campaigns:link_revoke", "form": form}
    return answer(request, "campaigns/links/plan.html", context, service.with_states(found), address)


def offered(
    request: HttpRequest, form_class: type[LinkForm], make: Callable[..., tuple[ShareLink, str]]
) -> tuple[LinkForm, str]:
    """The form for another link, and the whole address of the one that was just made; else an empty one."""
    form = form_class(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            _link, token = make(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.take_error(error)
        else:
            return form_class(user=request.user), absolute(reverse("shared", args=[token]))
    return form, ""


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], rows: list[Any], address: str
) -> HttpResponse:
    """The page with its links, which no cache keeps; 422 when the form came back."""
    refused = request.method == "POST" and not address
    context = context | {"rows": rows, "address": address}
    response = render(request, template, context, status=INVALID if refused else 200)
    patch_cache_control(response, no_store=True, private=True)
    return response


def _campaign(request: HttpRequest, pk: int) -> Campaign:
    found = Campaign.objects.visible_to(request.user).select_related("owner").prefetch_related("regions")
    campaign = get_object_or_404(found, pk=pk)
    if not can(request.user, "link.make", campaign):
        raise PermissionDenied(
            _("Links for people outside are made by the campaign’s owner and by managers of all its regions.")
        )
    return campaign


@require_POST
def link_revoke(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Let a link open nothing any more."""
    campaign = _campaign(request, pk)
    link = get_object_or_404(campaign.share_links.select_related("by", "campaign"), pk=link_pk)
    service.revoke(link=link, by=request.user)
    messages.success(request, _("The link for %(label)s no longer opens.") % {"label": link.label})
    return redirect("campaigns:links", pk)
