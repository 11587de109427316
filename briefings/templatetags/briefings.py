"""How stored content is written in the reader's language."""

from typing import Any

from django import template

from briefings import reading
from briefings.services import difference

register = template.Library()


@register.filter
def local_name(entry: dict[str, Any]) -> str:
    """`name_de` or `name_en` of a stored region or channel."""
    return reading.local_name(entry)


@register.filter
def days(period: dict[str, str]) -> str:
    """A stored period in words."""
    return difference.days(period)
