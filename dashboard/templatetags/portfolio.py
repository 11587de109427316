"""What templates of the portfolio need."""

from typing import Any

from django import template

from dashboard.portfolio.chosen import Quarter, quarter_words

register = template.Library()


@register.simple_tag
def lookup(found: dict[Any, Any], key: Any) -> Any:
    """The entry of a dictionary, None when there is none."""
    return found.get(key)


@register.filter
def quarter(found: Quarter) -> str:
    """`Q4 2026`."""
    return quarter_words(found)
