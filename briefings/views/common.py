"""What several pages do: find with access, go from page to page."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from briefings.models import Briefing
from campaigns.models import Campaign


def visible_campaign(user: User, pk: int) -> Campaign:
    """The campaign with owner and release, or 404."""
    found = Campaign.objects.visible_to(user).select_related("owner", "release")
    return get_object_or_404(found, pk=pk)


def require_author(user: User, campaign: Campaign) -> None:
    """403 unless the person may write this campaign's briefings."""
    if not can(user, "briefing.write", campaign):
        raise PermissionDenied(_("Only those who plan this campaign can change its briefings."))


def writable_briefing(user: User, pk: int) -> Briefing:
    """A briefing that the person may write, with what its pages show; 404 or 403."""
    related = ("campaign__owner", "campaign__release", "campaign_region__region", "current", "author")
    briefing = get_object_or_404(Briefing.objects.visible_to(user).select_related(*related), pk=pk)
    require_author(user, briefing.campaign)
    return briefing
