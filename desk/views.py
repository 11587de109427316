"""What is running now: the page that is open while a customer is on the phone."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from accounts.models import Region, User
from desk import reach
from desk.marks import Marks
from desk.offers import Stage, offer_for, offers_for
from desk.page import OfferPage
from desk.search import MORE, Found, find
from desk.words import clock_words

ALL = "all"
QUERY_LENGTH = 200
# Of a stage, as long as nobody searches or asks for more.
LISTED = 15


@require_GET
def now(request: HttpRequest) -> HttpResponse:
    """Live, coming and expired offers of a region, or of all the person's; `q` narrows them while typing.

    `more` names a stage of which more is shown than fits beside the others.
    """
    regions = list(reach.regions_for(request.user))
    region = _chosen(regions, request)
    query = request.GET.get("q", "").strip()[:QUERY_LENGTH]
    more = Stage(asked) if (asked := request.GET.get("more", "")) in set(Stage) else None
    here = [region] if region else regions
    found = find(request.user, here, query, stage=more) if query else listed(request.user, here, more)
    context = {
        "regions": regions,
        "region": region,
        "local_now": clock_words(region, timezone.now()) if region else "",
        "chosen": region.code if region else ALL,
        "several": len(regions) > 1,
        "query": query,
        "found": found,
        "marks": Marks(found.terms),
        "groups": {stage.value: offers for stage, offers in found.groups.items()},
        "further": {stage.value for stage in found.more},
        "only": more,
        "live_part": _is_part(request),
    }
    template = "desk/results.html" if context["live_part"] else "desk/now.html"
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def listed(user: User, regions: list[Region], stage: Stage | None) -> Found:
    """What the person may see in these regions, the next to end or to start first, or more of one stage."""
    most = MORE if stage else LISTED
    # A few more: what has just ended stands among what runs until the clock has finished it.
    offers = offers_for(user, regions, most=most + 5)
    found = Found()
    for one in [stage] if stage else list(Stage):
        here = [offer for offer in offers if offer.stage is one]
        found.groups[one] = here[:most]
        if len(here) > most:
            found.more.add(one)
    return found


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
