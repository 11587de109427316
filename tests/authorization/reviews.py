"""Builders: regional reviews."""

from accounts.enums import Role
from campaigns.models import CoreMessage, Review
from campaigns.services.review_state import picture_of
from tests.authorization.objects import Place, Target, builds, invited, plain
from tests.factories import CampaignFactory, UserFactory, marketer

plain("campaigns:review_inbox")


def review_in(place: Place) -> Review:
    """A shared review of the region; whoever is a reviewer there is the one who was asked."""
    campaign = CampaignFactory(in_regions=[place.region], owner=marketer(), shared_at="2026-09-01T08:00Z")
    CoreMessage.objects.create(campaign=campaign, claim="Raus")
    invited(place, campaign)
    asked = place.mine and place.role == Role.REVIEWER
    reviewer = place.user if asked else UserFactory(roles_in={place.region: [Role.REVIEWER]})
    region = campaign.regions.get()
    return Review.objects.create(campaign_region=region, language="de", reviewer=reviewer)


@builds("campaigns:share")
def share(place: Place) -> Target:
    return Target({"pk": review_in(place).campaign_region.campaign_id})


@builds("campaigns:reviews")
def tab(place: Place) -> Target:
    return Target({"pk": review_in(place).campaign_region.campaign_id})


@builds("campaigns:review")
def review_page(place: Place) -> Target:
    return Target({"pk": review_in(place).pk})


@builds("campaigns:verdict")
def verdict(place: Place) -> Target:
    review = review_in(place)
    seen = picture_of(review).find("core.claim").passage
    data = {"passage": seen.key, "seen_hash": seen.content_hash, "verdict": "clear"}
    return Target({"pk": review.pk}, data)


@builds("campaigns:review_understood")
def understood(place: Place) -> Target:
    return Target({"pk": review_in(place).pk}, {"understood": "Out!", "version": "1"})


@builds("campaigns:review_approve")
def approve(place: Place) -> Target:
    """Not yet: a passage still waits, which is said on the page."""
    review = review_in(place)
    data = {"understood": "Out!", "version": "1", "seen_hash": picture_of(review).content_hash}
    return Target({"pk": review.pk}, data, post=422)


@builds("campaigns:review_assign")
def assign(place: Place) -> Target:
    review = review_in(place)
    other = UserFactory(roles_in={place.region: [Role.REVIEWER]})
    return Target({"pk": review.pk}, {f"review{review.pk}-reviewer": other.pk})
