"""Words of the operators' pages."""

from django import template

from core.operations import words
from core.operations.queue import ROUTE_NAMES, say_age

register = template.Library()


@register.filter
def age(minutes: int) -> str:
    """A waiting time in words."""
    return say_age(minutes)


@register.filter
def in_words(said: str) -> str:
    """What a mail server said as a sentence; empty where its own words have to do."""
    return words.in_words(said)


@register.filter
def way(route: str) -> str:
    """The name of a way out."""
    return str(ROUTE_NAMES.get(route, route))
