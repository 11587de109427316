"""Offers on a page: their dates in words, what a search found in them."""

import re
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from core.richtext import render
from desk import marks, words
from desk.offers import Offer
from desk.vocabulary import Term

register = template.Library()
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
def hits(text: str, terms: Sequence[Term]) -> SafeString:
    """The text, escaped, with what was searched for marked."""
    text, at, parts = str(text), 0, []
    for start, end in marks.spans(text, terms) if terms else ():
        parts += [escape(text[at:start]), _mark(text[start:end])]
        at = end
    return format_html_join("", "{}", ((part,) for part in (*parts, escape(text[at:]))))


@register.filter
def marked(text: str, terms: Sequence[Term]) -> SafeString:
    """Markdown as harmless HTML, with what was searched for marked in its words, never in its tags."""
    parts = _TAG.split(render(text))
    # Every other part is a tag or an entity; the words between them are escaped already.
    return mark_safe("".join(part if at % 2 else hits(part, terms) for at, part in enumerate(parts)))  # nosec


def _mark(text: str) -> SafeString:
    return format_html('<mark class="ek-hit">{}</mark>', text)


@register.filter
def answers(offer: Offer, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """Questions of the person's briefings that have what was searched for, with their answers."""
    return marks.answers(offer.questions, offer.said, terms) if terms else []
