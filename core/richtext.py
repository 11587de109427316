"""Text that people wrote in Markdown, as harmless HTML: lists, emphasis and links, nothing else."""

from collections.abc import Iterator
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "h3", "h4", "blockquote", "code"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    # A line break stays one: people write briefings like mails. Images and raw HTML are not Markdown here.
    return MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block"])


def render(text: str) -> SafeString:
    """`text` (Markdown) as HTML that may stand on any page; whatever could run or load is gone."""
    html = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(html)


def plain(text: str) -> str:
    """`text` (Markdown) for where nothing can stand out: without marks of emphasis, a link as its address."""
    (line,) = _markdown().parseInline(text)
    return "".join(_said(line.children or []))


def _said(tokens: list[Token]) -> Iterator[str]:
    address = said = ""
    for token in tokens:
        if token.type == "link_open":
            address, said = str(token.attrs["href"]), ""
        elif token.type == "link_close" and not address.endswith(said):
            yield f" ({address})"
        else:
            piece = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            said += piece
            yield piece
