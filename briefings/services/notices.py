"""Staff are told at once when a campaign is paused, runs again, changes over, or ends in their region.

Registered with campaigns.hooks, so everything here is written in the transaction of the change itself.
"""

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from briefings.models import Delivery, InboxItem
from campaigns.enums import LaunchKind
from campaigns.hooks import campaign_cancelled, region_finished, region_paused, region_started
from campaigns.models import Campaign, CampaignRegion, LaunchRecord
from core.delivery.decisions import withhold
from core.emails import absolute, queue_mails


def briefed(region: CampaignRegion) -> list[User]:
    """Everybody who has a briefing for this region of the campaign in his inbox, whatever the audience."""
    items = InboxItem.objects.current().filter(version__briefing__campaign_region=region)
    return list(User.objects.here().filter(pk__in=items.values("user")).order_by("pk"))


def _tell(region: CampaignRegion, what: str, occasion: str, **context: Any) -> None:
    shown = {"campaign": region.campaign, "region": region.region, "link": _link()} | context
    queue_mails(
        briefed(region),
        template=f"briefings/email/{what}",
        key=lambda user: f"running:{region.pk}:{what}:{occasion}:{user.pk}",
        context=lambda _user: shown,
    )


def _link() -> str:
    try:
        return absolute(reverse("desk:now"))
    except NoReverseMatch:
        return absolute(reverse("briefings:inbox"))


@region_paused.register("briefings")
def tell_paused(region: CampaignRegion, reason: str, by: User | None) -> None:
    """Say to stop offering it, with the reason."""
    _tell(region, "paused", timezone.now().isoformat(), reason=reason)


@region_started.register("briefings")
def tell_resumed(region: CampaignRegion, launch: LaunchRecord, by: User | None) -> None:
    """Say that it holds again after a pause. A first start is what everybody has been briefed for."""
    if launch.kind == LaunchKind.RESUME:
        _tell(region, "resumed", str(launch.pk))


@region_finished.register("briefings")
def tell_withdrawn(region: CampaignRegion, by: User | None) -> None:
    """Hold back what still waits; say so when somebody ended it before its last day."""
    withhold(Delivery.objects.filter(version__briefing__campaign_region=region))
    if by is not None and timezone.now() < region.ends_at:
        _tell(region, "withdrawn", "finished")


@campaign_cancelled.register("briefings")
def tell_cancelled(campaign: Campaign, reason: str, by: User | None) -> None:
    """Hold back what still waits and tell everybody who has been briefed that it will not come."""
    withhold(Delivery.objects.filter(version__briefing__campaign=campaign))
    for region in campaign.regions.select_related("region", "campaign"):
        _tell(region, "cancelled", "cancelled", reason=reason)
