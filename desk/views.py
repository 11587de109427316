"""What is running now: the page that is open while a customer is on the phone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.models import Region
from desk import reach
from desk.offers import Offer, Stage, folded, matches, offer_for, offers_for
from desk.page import OfferPage
from desk.words import clock_words

ALL = "all"
QUERY_LENGTH = 100


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Live, coming and expired offers of a region, or of all the person's; `q` narrows them while typing."""
    regions = list(reach.regions_for(request.user))
    region = _chosen(regions, request)
    query = request.GET.get("q", "").strip()[:QUERY_LENGTH]
    words = folded(query).split()
    found = offers_for(request.user, [region] if region else regions)
    found = [offer for offer in found if matches(offer, words)]
    context = {
        "regions": regions,
        "region": region,
        "local_now": clock_words(region, timezone.now()) if region else "",
        "chosen": region.code if region else ALL,
        "several": len(regions) > 1,
        "query": query,
        "words": words,
        "total": len(found),
        "groups": _groups(found),
        "live_part": _is_part(request),
    }
    template = "desk/results.html" if context["live_part"] else "desk/now.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _is_part(request: HttpRequest) -> bool:
    return bool(request.htmx) and not request.htmx.history_restore_request


def _chosen(regions: list[Region], request: HttpRequest) -> Region | None:
    """The region of the address (404 for a foreign one), else the one in the person's zone, else the first.

    None stands for all of them.
    """
    code = request.GET.get("region", "")
    if code == ALL or not (code or regions):
        return None
    if code:
        named = next((one for one in regions if one.code == code), None)
        if named is None:
            raise Http404
        return named
    return next((one for one in regions if one.timezone == request.user.timezone), regions[0])


def _groups(found: list[Offer]) -> dict[str, list[Offer]]:
    return {stage.value: [offer for offer in found if offer.stage is stage] for stage in Stage}


@require_GET
def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer with all its facts and what customers see; `?release=1` is an earlier release of it."""
    rows = reach.visible_to(request.user).select_related("region", "campaign")
    row = get_object_or_404(rows, pk=pk)
    current = offer_for(request.user, row)
    if current is None:
        raise Http404
    page = OfferPage.of(current)
    shown = page.release_numbered(request.GET.get("release", ""))
    if shown is None:
        raise Http404
    if shown.pk != current.release_id:
        earlier = offer_for(request.user, row, shown.pk)
        if earlier is None:
            raise Http404
        page = page.at(earlier)
    context: dict[str, Any] = {"page": page, "offer": page.offer, "nav_current": "desk"}
    return render(request, "desk/offer.html", context)
