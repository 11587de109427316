"""Offers on a page: their dates in words, what a search found in them."""

import re
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from core.richtext import render
from desk import marks, words
from desk.marks import Marks
from desk.offers import Offer

register = template.Library()
# The same answers are shown again and again while people type.
_rendered = lru_cache(maxsize=2000)(render)
_TAG = re.compile(r"(<[^>]*>|&[#\w]+;)")


@register.filter
def when_words(offer: Offer) -> str:
    """When it holds: `until Sat 31 Oct · 41 days left`."""
    return words.when_words(offer)


@register.filter
def is_soon(offer: Offer) -> bool:
    """Whether it ends within a week."""
    return words.is_soon(offer)


@register.filter
def hits(text: str, found: Marks) -> SafeString:
    """The text, escaped, with what was searched for marked."""
    text, at, parts = str(text), 0, []
    places = marks.spans(text, found) if found else ()
    if not places:
        return escape(text)
    for start, end in places:
        parts += [escape(text[at:start]), _mark(text[start:end])]
        at = end
    # Every part is escaped by now.
    return mark_safe("".join((*parts, escape(text[at:]))))  # nosec B308 B703


@register.filter
def marked(text: str, found: Marks) -> SafeString:
    """Markdown as harmless HTML, with what was searched for marked in its words, never in its tags."""
    parts = _TAG.split(_rendered(text))
    # Every other part is a tag or an entity; the words between them are escaped already.
    return mark_safe("".join(part if at % 2 else hits(part, found) for at, part in enumerate(parts)))  # nosec


def _mark(text: str) -> SafeString:
    return format_html('<mark class="ek-hit">{}</mark>', text)


@register.filter
def answers(offer: Offer, found: Marks) -> list[dict[str, Any]]:
    """Questions of the person's briefings that have what was searched for, with their answers."""
    return marks.answers(offer.questions, offer.said, found) if found else []


@register.filter
def stands_aside(offer: Offer, found: Marks) -> bool:
    """Whether nothing that was searched for stands in what a list says of the offer, beside its questions."""
    return bool(found) and not marks.found_in(offer.said, found)
