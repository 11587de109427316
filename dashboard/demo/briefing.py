"""The briefings of a demo campaign: written, published to everybody concerned, and confirmed."""

from typing import Any

from accounts.enums import Audience
from accounts.models import User
from briefings.enums import Part
from briefings.models import Briefing, InboxItem
from briefings.services.confirming import confirm
from briefings.services.publishing import publish
from briefings.services.writing import draft_briefing, save_briefing
from campaigns.models import Campaign, CampaignRegion

Row = dict[str, Any]


def publish_all(campaign: Campaign, row: Row, by: User) -> None:
    """Publish the briefing of every audience in the regions that `brief` names, in the region's language."""
    wanted = row.get("brief", list(row["regions"]))
    for region in campaign.regions.filter(region__code__in=wanted).select_related("region", "campaign"):
        for audience in Audience:
            _publish(region, audience, row["briefing"][region.region.language], by)


def _publish(region: CampaignRegion, audience: Audience, texts: Row, by: User) -> None:
    language, code = region.region.language, region.region.code
    briefing, _made = draft_briefing(campaign_region=region, audience=audience, language=language, by=by)
    # What is said of an audience or region counts more than what is said to all.
    said = texts | texts.get(audience.value, {}) | texts.get(code, {})
    briefing = save_briefing(
        briefing=briefing,
        by=by,
        expected=briefing.version,
        texts={name: said[name].strip() for name in ("title", *Part.values) if name in said},
        questions=[{"question": one[0], "answer": one[1]} for one in said.get("questions", [])],
    )
    publish(briefing=briefing, by=by, expected=briefing.version)


def confirm_all(campaign: Campaign, *, but: set[str]) -> None:
    """Everybody briefed confirms, except the people with these addresses."""
    for briefing in Briefing.objects.filter(campaign=campaign, current__isnull=False).select_related(
        "current"
    ):
        items = InboxItem.objects.filter(version=briefing.current).select_related("user")
        for item in items.exclude(user__email__in=but):
            confirm(version=briefing.current, user=item.user)
