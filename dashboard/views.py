"""Home: my work first."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.permissions import CAMPAIGN_READERS, FRONT, can
from campaigns.models import Campaign
from campaigns.readiness_card import card_of
from campaigns.services.dossier import Dossier
from core.navigation import badges_for
from dashboard.greeting import count_sentence, greeting, today
from dashboard.mine import campaigns_of, changes_for
from dashboard.waiting import Waiting, waiting_for
from desk import reach
from desk.offers import Offer, Stage, offers_for

OFFERS = 5
# Rows that are looked through for what is live now; the desk shows all.
OFFER_ROWS = 60


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, my campaigns or what is running now, what changed lately."""
    user, now = request.user, timezone.now()
    waiting = waiting_for(user, now)
    context = {
        "greeting": greeting(user, now),
        "today": today(now),
        "sentence": count_sentence(waiting),
        "waiting": waiting,
        "mine": campaigns_of(user),
        "changes": changes_for(user),
        "running": running_for(user),
        "may_create": can(user, "campaign.create"),
        "may_read": user.rights.has(*CAMPAIGN_READERS),
        "is_front": user.rights.has(*FRONT),
        "knows_nothing": not user.rights.roles,
    }
    return render(request, "dashboard/home.html", context)


def running_for(user: User) -> list[Offer]:
    """The live offers of a person who talks to customers, at most OFFERS."""
    if not user.rights.has(*FRONT):
        return []
    offers = offers_for(user, list(reach.regions_for(user)), most=OFFER_ROWS)
    return [offer for offer in offers if offer.stage is Stage.LIVE][:OFFERS]


@require_GET
def home_waiting(request: HttpRequest) -> HttpResponse:
    """What waits for me alone, for Home after something was done there (htmx)."""
    waiting = waiting_for(request.user)
    context: dict[str, Any] = {"waiting": waiting, "sentence": count_sentence(waiting), "again": True}
    context["badges"] = _badges(request.user, waiting)
    return render(request, "dashboard/waiting_again.html", context)


@require_GET
def home_readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """How many of a campaign's conditions are fulfilled, for its row on Home (htmx, after the page)."""
    visible = Campaign.objects.visible_to(request.user).select_related("owner", "release", "goal", "theme")
    campaign = get_object_or_404(visible, pk=pk)
    card = card_of(Dossier(campaign))
    return render(request, "dashboard/readiness.html", {"card": card, "done": card.total - len(card.open)})


@require_GET
def nav_badges(request: HttpRequest) -> HttpResponse:
    """The figures in the menu; 304 while none of them has changed."""
    waiting = waiting_for(request.user)
    badges = _badges(request.user, waiting)
    etag = quote_etag("-".join(str(count) for _key, count in badges) + f"-{request.user.pk}")
    response = render(request, "components/shell/badges.html", {"badges": badges})
    response.headers["ETag"] = etag
    patch_cache_control(response, private=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response)


def _badges(user: User, waiting: Waiting) -> list[tuple[str, int]]:
    counts = waiting.counts | {"home": waiting.total}
    return [(key, counts.get(key, 0)) for key in badges_for(user)]
