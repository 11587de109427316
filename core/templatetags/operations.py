"""Words of the operators' pages."""

from django import template

from core.operations.queue import ROUTE_NAMES, say_age

register = template.Library()


@register.filter
def age(minutes: int) -> str:
    """A waiting time in words."""
    return say_age(minutes)


@register.filter
def way(route: str) -> str:
    """The name of a way out."""
    return str(ROUTE_NAMES.get(route, route))
