"""How stored content is written in the reader's language."""

from typing import Any

from django import template

from briefings import reading
from briefings.services import difference, due
from campaigns.models import CampaignRegion

register = template.Library()


@register.filter
def local_name(entry: dict[str, Any]) -> str:
    """`name_de` or `name_en` of a stored region or channel."""
    return reading.local_name(entry)


@register.filter
def days(period: dict[str, str]) -> str:
    """A stored period in words."""
    return difference.days(period)


@register.inclusion_tag("briefings/author/due.html")
def briefing_due(region: CampaignRegion, done: bool = False) -> dict[str, Any]:
    """By when a region's briefings have to be published, in working days; nothing to do once `done`."""
    return {"due": due.due_of(region), "done": done, "number": region.region.briefing_days}
