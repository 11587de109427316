"""What people without an account read through a link: a plan or a view of the calendar, and nothing else.

An address that is old, revoked, resting or guessed gets the same page and status; only who has the right
secret is told that it has expired. Nothing here leads into the product.
"""

import re
from collections.abc import Callable
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from campaigns.document.parts import document_of
from campaigns.models import ShareLink
from campaigns.services import share_links
from campaigns.views.document import pdf_response, plan_pdf
from core import documents, formats
from dashboard.calendar.printing import sheet_of
from dashboard.calendar.saved import chosen_in

# So many addresses that do not exist, from one place, in so many seconds; then it has to wait.
GUESSES, WAIT_SECONDS = 20, 600
GONE, TOO_MANY, UNAVAILABLE = 404, 429, 503
# Programs that look at links in mails and chats before a person does.
SCANNERS = re.compile(
    r"bot|crawl|spider|preview|scan|proofpoint|mimecast|barracuda|safelinks|slack|whatsapp|skype"
    r"|facebookexternalhit|curl|wget|python|headless",
    re.IGNORECASE,
)


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link."""
    return _answer(request, token, _page)


@login_not_required
@require_safe
def shared_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """The same as PDF."""
    return _answer(request, token, _paper)


Show = Callable[[HttpRequest, ShareLink], HttpResponse]


def _answer(request: HttpRequest, token: str, show: Show) -> HttpResponse:
    """What the link shows, in the reader's language, or the page that says why not; no cache keeps it."""
    with translation.override(_language(request)):
        response = _shown(request, token, show)
        response.headers["Content-Language"] = formats.language()
    patch_cache_control(response, no_store=True, private=True)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _language(request: HttpRequest) -> str:
    """The one chosen on the page, else the browser's."""
    code = request.GET.get("lang", "")
    return code if code in dict(settings.LANGUAGES) else translation.get_language_from_request(request)


def _shown(request: HttpRequest, token: str, show: Show) -> HttpResponse:
    guesses = "shared-guess:" + get_adapter().get_client_ip(request)
    if cache.get(guesses, 0) >= GUESSES:
        words = _("Too many links that do not exist were tried from here. Please try again in ten minutes.")
        return _gone(request, words, TOO_MANY)
    link = share_links.find(token)
    if link is None:
        cache.add(guesses, 0, WAIT_SECONDS)
        cache.incr(guesses)
        return _gone(
            request, _("Perhaps it was not copied as a whole. Compare it with the one you were sent.")
        )
    if not share_links.opens(link):
        return _gone(request, _closed_words(link))
    response = show(request, link)
    if request.method == "GET" and response.status_code < GONE:
        share_links.note_opening(link, counts=show is _page and _is_reader(request, link))
    return response


def _closed_words(link: ShareLink) -> str:
    """Said to who has the right secret."""
    if link.state == link.state.EXPIRED:
        return _("It could be opened until %(moment)s.") % {"moment": formats.full_datetime(link.last_moment)}
    return _("It was closed.")


def _is_reader(request: HttpRequest, link: ShareLink) -> bool:
    """Whether this is somebody who looks: neither a scanner of mails nor its own maker."""
    ahead = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    if "prefetch" in ahead or SCANNERS.search(request.headers.get("User-Agent", "")):
        return False
    return not request.user.is_authenticated or request.user.pk != link.by_id


def _gone(request: HttpRequest, reason: str, status: int = GONE) -> HttpResponse:
    return render(request, "public/gone.html", {"reason": reason} | _frame(), status=status)


def _frame() -> dict[str, Any]:
    """What the frame of every public page needs: its own languages, each in its own words."""
    return {"lang": formats.language(), "languages": [("de", "Deutsch"), ("en", "English")]}


def _page(request: HttpRequest, link: ShareLink) -> HttpResponse:
    context = _frame() | {"until": formats.full_datetime(link.last_moment), "pdf_url": f"{request.path}pdf/"}
    if link.campaign:
        doc = document_of(link.campaign, link.by, link.parts)
        context |= {"doc": doc, "made": made_words(doc.made, link)}
        return render(request, "public/plan.html", context)
    sheet = sheet_of(chosen_in(link.view), link.by, outside=True)
    return render(request, "public/view.html", context | {"sheet": sheet, "view": link.view})


def _paper(request: HttpRequest, link: ShareLink) -> HttpResponse:
    try:
        if link.campaign:
            doc = document_of(link.campaign, link.by, link.parts)
            return pdf_response(plan_pdf(doc, made_words(doc.made, link)), link.campaign.name)
        sheet = sheet_of(chosen_in(link.view), link.by, outside=True)
        return pdf_response(documents.pdf("dashboard/calendar/print.html", sheet), link.view.name)
    except documents.DocumentsUnavailable as error:
        return _gone(request, str(error), UNAVAILABLE)


def made_words(moment: Any, link: ShareLink) -> str:
    """When it was made, and who shares it."""
    return _("As of %(made)s, shared by %(by)s") % {"made": formats.full_datetime(moment), "by": link.by}
