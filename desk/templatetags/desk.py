"""Offers on a page: their dates in words, what a search found in them."""

import re
from collections.abc import Iterable

from django import template
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from desk import words
from desk.offers import Offer

register = template.Library()


@register.filter
def when_words(offer: Offer) -> str:
    """When it holds: `until Sat 31 Oct · 41 days left`."""
    return words.when_words(offer)


@register.filter
def is_soon(offer: Offer) -> bool:
    """Whether it ends within a week."""
    return words.is_soon(offer)


@register.filter
def hits(text: str, found: Iterable[str]) -> SafeString:
    """The text, escaped, with what was searched for marked."""
    wanted = [re.escape(word) for word in found if word]
    if not wanted:
        return conditional_escape(str(text))
    parts = re.split(f"({'|'.join(wanted)})", str(text), flags=re.IGNORECASE)
    return format_html_join("", "{}", ((_mark(part) if at % 2 else part,) for at, part in enumerate(parts)))


def _mark(text: str) -> SafeString:
    return format_html('<mark class="ek-hit">{}</mark>', text)
