"""Texts of a message on a page: filled in, with what comes from a fact marked."""

from collections.abc import Iterable

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from campaigns.services.content import Piece

register = template.Library()


_NAMED = '<span class="ek-fact" title="{}">{}<span class="visually-hidden"> {}</span></span>'


def _marked(piece: Piece, old: str | None, *, named: bool) -> SafeString:
    if not piece.known:
        title = _("There is no value for this token")
        return format_html('<mark class="ek-mark" title="{}">{}</mark>', title, piece.text)
    if named:
        token = f"{{{{{piece.key}}}}}"
        return format_html(_NAMED, token, piece.text, token)
    if old is None or old == piece.text:
        return format_html('<span class="ek-fact" title="{}">{}</span>', piece.key, piece.text)
    return format_html(
        '<del class="ek-fact ek-fact--old">{}</del> <ins class="ek-fact ek-fact--new">{}</ins>',
        old,
        piece.text,
    )


@register.simple_tag
def filled(pieces: Iterable[Piece], old: dict[str, str] | None = None, *, named: bool = False) -> SafeString:
    """The pieces as one text; `old` holds what facts said before, by key. Line breaks are kept.

    `named`: for whoever writes; each fact tells its token, on hover and to screen readers.
    """
    before = old or {}
    return format_html_join(
        "",
        "{}",
        (
            (_marked(piece, before.get(piece.key), named=named) if piece.key else _lines(piece.text),)
            for piece in pieces
        ),
    )


def _lines(text: str) -> SafeString:
    # Escaped first, so the only tags are our own breaks.
    return mark_safe(str(conditional_escape(text)).replace("\n", "<br>"))


@register.simple_tag
def preview(words: object, sender: str = "") -> SafeString:
    """A variant as customers will see it: a campaigns.views.cards.Words, whose `kind` names the template."""
    name = f"components/preview/{words.kind}.html"
    return render_to_string(name, {"words": words, "sender": sender or words.sender})
