"""How stored content is written in the reader's language."""

from typing import Any

from django import template

from accounts.enums import Audience
from briefings import reading
from briefings.services import difference, due
from campaigns.models import CampaignRegion

register = template.Library()
_AUDIENCE_ICONS = {Audience.SERVICE: "headset", Audience.SALES: "telephone-outbound", Audience.BRANCH: "shop"}


@register.filter
def local_name(entry: dict[str, Any]) -> str:
    """`name_de` or `name_en` of a stored region or channel."""
    return reading.local_name(entry)


@register.filter
def days(period: dict[str, str]) -> str:
    """A stored period in words."""
    return difference.days(period)


@register.filter
def audience_icon(audience: str) -> str:
    """The sign by which an audience is told from the others in a list."""
    return _AUDIENCE_ICONS[Audience(audience)]


@register.inclusion_tag("briefings/author/due.html")
def briefing_due(region: CampaignRegion, done: bool = False) -> dict[str, Any]:
    """By when a region's briefings have to be published, in working days; nothing to do once `done`."""
    return {"due": due.due_of(region), "done": done, "number": region.region.briefing_days}
