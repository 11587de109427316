"""Documents as PDF and their pages as pictures.

WeasyPrint needs Pango, which Python packages don't bring; it is imported late, so that everything else works
without. Styles and pictures are read from static files only: a document fetches nothing from elsewhere.
"""

import logging
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

STATIC = "static:"
# Points of a PDF per inch, and dots per inch of a picture.
POINTS, DPI = 72, 144


class DocumentsUnavailable(Exception):
    """This machine makes no documents; `str(error)` says in one sentence what has to be installed."""


@lru_cache(maxsize=1)
def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as error:
        raise DocumentsUnavailable(
            _("No PDF can be made here: the library Pango is missing on the server (package libpango-1.0-0).")
        ) from error
    # They report every step and every style that paper does not know.
    for name in ("fontTools", "weasyprint", "weasyprint.progress"):
        logging.getLogger(name).setLevel(logging.ERROR)
    return weasyprint


def _fetcher() -> Any:
    """Reads only what the product itself ships: `static:css/print.css`."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFiles(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            name = static_name(url)
            found = finders.find(name)
            if not found:
                raise ValueError(f"no static file {name}")
            with open(found, "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": _mime(name)})

    return StaticFiles()


def _fonts() -> Any:
    """Makes the style sheet's own fonts known to Pango."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


def static_name(url: str) -> str:
    """The static file behind an address in a document; ValueError for every other address."""
    name = unquote(url.removeprefix(STATIC))
    if not url.startswith(STATIC) or ".." in name:
        raise ValueError(f"documents read static files only, not {url[:80]}")
    return name


def _mime(name: str) -> str:
    kinds = {"css": "text/css", "svg": "image/svg+xml", "png": "image/png", "woff2": "font/woff2"}
    return kinds.get(name.rpartition(".")[2], "application/octet-stream")


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template as PDF, styled by static/css/print.css. DocumentsUnavailable without Pango."""
    weasyprint = _weasyprint()
    page, fetcher = render_to_string(template, context), _fetcher()
    fonts = _fonts()
    sheet = weasyprint.CSS(url=f"{STATIC}css/print.css", url_fetcher=fetcher, font_config=fonts)
    document = weasyprint.HTML(string=page, base_url=STATIC, url_fetcher=fetcher)
    return document.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_tags=True)


def picture(pdf_bytes: bytes, *, page: int = 0, dpi: int = DPI) -> bytes:
    """One page of a PDF (counted from 0) as PNG. DocumentsUnavailable where it can't be drawn."""
    try:
        import pypdfium2
    except (ImportError, OSError) as error:
        raise DocumentsUnavailable(
            _("No picture can be made here: the library PDFium is missing.")
        ) from error
    document = pypdfium2.PdfDocument(pdf_bytes)
    try:
        drawn = document[page].render(scale=dpi / POINTS).to_pil()
        buffer = BytesIO()
        drawn.save(buffer, "PNG", optimize=True)
        return buffer.getvalue()
    finally:
        document.close()
