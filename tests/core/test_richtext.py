"""Markdown from people: kept where it helps to read, harmless always."""

import re

import pytest

from core.richtext import plain, render

pytestmark = pytest.mark.once


def test_keeps_paragraphs_breaks_lists_and_emphasis():
    html = render("Erste Zeile\nzweite\n\n- **159 €**\n- *bis 31.10.*")
    assert html == (
        "<p>Erste Zeile<br>\nzweite</p>\n"
        "<ul>\n<li><strong>159 €</strong></li>\n<li><em>bis 31.10.</em></li>\n</ul>\n"
    )


def test_links_leave_no_trace_and_lead_only_where_links_may_lead():
    assert render("[Shop](https://shop.example)") == (
        '<p><a href="https://shop.example" rel="nofollow noopener noreferrer">Shop</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://evil.example/x.png)",
        '<a href="data:text/html,x" onclick="alert(1)">x</a>',
        "<svg/onload=alert(1)>",
    ],
)
def test_nothing_that_runs_or_loads_gets_through(text):
    html = render(text)
    assert not re.search(r"<(?!/?p>|/a>|a href=\"https:)", html)


def test_where_nothing_stands_out_the_marks_are_gone_and_an_address_stands_beside_its_link():
    said = (
        "Nur **bis Freitag**, *nie* danach: 3*4\n\n- [Shop](https://shop.example)\n- <https://a.example> `x`"
    )
    assert plain(said) == (
        "Nur bis Freitag, nie danach: 3*4\n\n- Shop (https://shop.example)\n- https://a.example x"
    )
    assert plain("<b>a</b> & \\*b\\* **c") == "<b>a</b> & *b* **c"
    assert plain("") == ""
