"""Lists that come page by page (Django's Paginator): the addresses of the pages around the one shown."""

from django.core.paginator import Page
from django.http import HttpRequest


def page_urls(request: HttpRequest, page: Page, name: str = "page", anchor: str = "") -> dict[str, str]:
    """Addresses of the pages before and after, other parameters kept, for components/pagination.html.

    `name`: the parameter that has the number, `anchor`: where on the page the list begins.
    """

    def url(number: int) -> str:
        query = request.GET.copy()
        query[name] = str(number)
        return f"?{query.urlencode()}{anchor}"

    return {
        "newer_url": url(page.previous_page_number()) if page.has_previous() else "",
        "older_url": url(page.next_page_number()) if page.has_next() else "",
    }
