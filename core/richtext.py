"""Text that people wrote in Markdown, as harmless HTML: lists, emphasis and links, nothing else."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

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
