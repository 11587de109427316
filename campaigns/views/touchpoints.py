"""The touchpoint map of a campaign, and leaving a channel out of it with a reason."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import can
from campaigns.forms.touchpoints import LeaveOutForm
from campaigns.models import Campaign, LeftOut
from campaigns.same_people import neighbours
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import is_open
from campaigns.services.ranking import RELEVANT
from campaigns.services.touchpoints import TouchpointMap, leave_out
from campaigns.services.transitions import CLOSED
from campaigns.views.plan import CONFLICT, editable
from channels.models import Channel
from core.concurrency import StaleVersion
from customers.enums import Level


@require_safe
def touchpoints(request: HttpRequest, pk: int) -> HttpResponse:
    """The map; `?group=3` shows what one of the target groups uses."""
    found = Campaign.objects.visible_to(request.user).select_related("owner", "goal", "theme")
    found = found.prefetch_related("target_groups")
    campaign = get_object_or_404(found, pk=pk)
    dossier = Dossier(campaign)
    asked = request.GET.get("group", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 16 else None
    made = TouchpointMap(dossier, number)
    may_edit = can(request.user, "campaign.edit", campaign)
    context = {
        "campaign": campaign,
        "dossier": dossier,
        "map": made,
        "only": made.groups[0] if len(made.groups) == 1 and len(made.all_groups) > 1 else None,
        "may_add": may_edit and is_open(campaign),
        "may_explain": may_edit and campaign.state not in CLOSED,
        "neighbours": neighbours(dossier, request.user),
        "levels": reversed(Level),
        "relevant": RELEVANT,
    }
    return render(request, "campaigns/touchpoints/map.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def touchpoint_leave_out(request: HttpRequest, pk: int, channel_pk: int) -> HttpResponse:
    """Say why the campaign does without a channel; 409 if somebody else has just said it."""
    campaign = editable(request, pk)
    channel = get_object_or_404(Channel, pk=channel_pk)
    back = f"{reverse('campaigns:touchpoints', args=[pk])}#left-out"
    now = LeftOut.objects.filter(campaign=campaign, channel=channel).select_related("by").first()
    form = LeaveOutForm(request.POST or None, instance=now)
    status = 200
    if request.method == "POST" and form.is_valid():
        reason, expected = form.cleaned_data["reason"], form.seen_version
        try:
            leave_out(campaign=campaign, channel=channel, reason=reason, by=request.user, expected=expected)
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=stale.current.by, at=stale.current.changed_at)
            status = CONFLICT
        except ValidationError as error:
            form.take_error(error)
        else:
            messages.success(request, _("The reason is kept with the campaign."))
            return redirect(back)
    ranks = {one.channel.pk: one.rank for one in TouchpointMap(Dossier(campaign)).touchpoints}
    context = {"campaign": campaign, "channel": channel, "form": form, "back": back}
    context["rank"] = ranks.get(channel.pk)
    return render(request, "campaigns/touchpoints/leave_out.html", context, status=status)
