"""What waits for a person on Home: reviews to answer, objections to take up."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import User
from campaigns.enums import ReviewState
from campaigns.models import Review
from core.registry import HomeItem, home_sources

MOST = 50
PLACE = ("campaign_region__region", "campaign_region__campaign", "reviewer")


@home_sources.register("reviews")
def reviews_to_answer(user: User, now: datetime) -> list[HomeItem]:
    """Reviews in which the next step is this reviewer's, earliest first (one query)."""
    if not user.rights.has(Role.REVIEWER):
        return []
    return [_to_answer(review) for review in Review.objects.open_for(user).select_related(*PLACE)[:MOST]]


def _to_answer(review: Review) -> HomeItem:
    names = {
        "campaign": review.campaign_region.campaign.name,
        "region": review.campaign_region.region.name,
    }
    again = review.state == ReviewState.ASKED_AGAIN
    title = _("Please review (%(region)s): %(campaign)s")
    if again:
        title = _("Look at what changed (%(region)s): %(campaign)s")
    detail = _("Only the difference is asked.") if again else _("Does the message arrive unmistakably?")
    return HomeItem(
        title=title % names,
        detail=detail % names,
        url=review.get_absolute_url(),
        action=_("Review"),
        icon="translate",
        tone="move",
        due=review.due_on,
        key=f"review-{review.pk}",
    )


@home_sources.register("review_objections")
def objections_to_answer(user: User, now: datetime) -> list[HomeItem]:
    """Objections in the owner's campaigns, earliest first (one query)."""
    found = Review.objects.objected_for(user).select_related(*PLACE)[:MOST]
    return [_objected(review) for review in found]


def _objected(review: Review) -> HomeItem:
    campaign, region = review.campaign_region.campaign, review.campaign_region.region
    tab = reverse("campaigns:reviews", args=[campaign.pk])
    return HomeItem(
        title=_("Not clear yet (%(region)s): %(campaign)s")
        % {"region": region.name, "campaign": campaign.name},
        detail=_("Objections by %(reviewer)s") % {"reviewer": review.reviewer},
        url=f"{tab}#review-{region.code}-{review.language}",
        action=pgettext("verb", "Answer"),
        icon="chat-left-quote",
        tone="stop",
        due=review.due_on,
        key=f"review-objection-{review.pk}",
    )
