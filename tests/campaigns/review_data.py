"""A shared campaign with a reviewer per region, for the tests of the regional review."""

from accounts.enums import Role
from campaigns.models import Review
from campaigns.services import message
from campaigns.services import review as services
from campaigns.services.content import CORE_FIELDS
from campaigns.services.review_state import picture_of
from tests.campaigns.message_data import make_message
from tests.factories import RegionFactory, UserFactory

UNDERSTOOD = "I get a jacket for every weather and may test it for 60 days."


def reviewer_of(code, **fields):
    """Somebody who speaks for just this region."""
    return UserFactory(roles_in={RegionFactory(code=code): [Role.REVIEWER]}, **fields)


def make_shared(**campaign):
    """A message with a text for UK, shared; Helen reviews UK, Urs CH, Anna DE."""
    made = make_message(**campaign)
    made.variant("UK", channel=made.mail, language="en", headline="Out there", body="Now {{price}}.")
    made.helen = reviewer_of("UK", first_name="Helen", last_name="Whitfield")
    made.urs = reviewer_of("CH", first_name="Urs")
    made.anna = reviewer_of("DE", first_name="Anna")
    services.share_message(campaign=made.campaign, by=made.owner)
    return made


def review_in(made, code):
    """The region's review as it is in the database now."""
    return Review.objects.select_related("campaign_region__campaign", "campaign_region__region").get(
        campaign_region__campaign=made.campaign, campaign_region__region__code=code
    )


def picture(made, code):
    """Where the region's review stands now."""
    return picture_of(review_in(made, code))


def answer(made, code, key, verdict="clear", by=None, **more):
    """One verdict about the passage as it is now, by the region's reviewer."""
    review = review_in(made, code)
    seen = picture_of(review).find(key)
    return services.give_verdict(
        review=review,
        passage_key=key,
        seen_hash=seen.passage.content_hash,
        verdict=verdict,
        by=by or review.reviewer,
        **more,
    )


def clear_all(made, code):
    """Every passage that waits is answered as clear."""
    for seen in picture(made, code).waiting:
        answer(made, code, seen.key)


def approve(made, code, understood=UNDERSTOOD):
    """Everything clear, then approved as it is now."""
    clear_all(made, code)
    review = review_in(made, code)
    seen = picture_of(review).content_hash
    return services.approve_review(review=review, seen_hash=seen, understood=understood, by=review.reviewer)


def change_core(made, by=None, **fields):
    """Write the core message anew, as the page does."""
    core = made.campaign.core_message
    core.refresh_from_db()
    values = {name: getattr(core, name) for name in (*CORE_FIELDS, "language")} | fields
    return message.save_core(
        campaign=made.campaign, values=values, expected=core.version, by=by or made.owner
    )


def change_text(made, code, by=None, **fields):
    """Write the region's first variant anew."""
    variant = made.campaign.variants.filter(campaign_region__region__code=code).first()
    words = {"headline": variant.headline, "body": variant.body} | fields
    return message.save_variant(variant=variant, expected=variant.version, by=by or made.owner, **words)
