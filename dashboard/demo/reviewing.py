"""The regional reviews of a demo campaign: answered passage by passage, approved, or objected to."""

from typing import Any

from campaigns.enums import Verdict
from campaigns.models import Campaign, Review, Variant
from campaigns.services.review import approve_review, give_verdict, save_understood
from campaigns.services.review_mail import cancel_waiting
from campaigns.services.review_state import SeenPassage, picture_of

Row = dict[str, Any]


def reviews_of(campaign: Campaign) -> list[Review]:
    """The campaign's reviews that have a reviewer."""
    found = Review.objects.filter(campaign_region__campaign=campaign, reviewer__isnull=False)
    return list(found.select_related("campaign_region__region", "campaign_region__campaign", "reviewer"))


def answer(review: Review, row: Row) -> None:
    """What the file says of this region's review: all clear and approved unless it says otherwise.

    `answered` is the number of passages that are answered, `objections` name passages by
    "core.claim", "fact.price" or "<channel>.body".
    """
    objections = {_key(review, one["passage"]): one for one in row.get("objections", [])}
    for seen in picture_of(review).passages[: row.get("answered")]:
        _answer(review, seen, objections.get(seen.key))
    if "answered" in row or objections:
        if row.get("understood"):
            review.refresh_from_db()
            save_understood(
                review=review, understood=row["understood"], expected=review.version, by=review.reviewer
            )
        return
    approve_review(
        review=review,
        seen_hash=picture_of(review).content_hash,
        understood=row["understood"],
        by=review.reviewer,
    )
    # He was asked while nothing was sent yet, and has answered meanwhile.
    cancel_waiting(review, review.reviewer)


def _answer(review: Review, seen: SeenPassage, objection: Row | None) -> None:
    given = objection or {"verdict": Verdict.CLEAR}
    give_verdict(
        review=review,
        passage_key=seen.key,
        seen_hash=seen.passage.content_hash,
        verdict=given["verdict"],
        comment=given.get("comment", ""),
        proposal=given.get("proposal", ""),
        by=review.reviewer,
    )


def _key(review: Review, passage: str) -> str:
    """The key of a passage; variants are named by their channel in the files."""
    channel, _, part = passage.partition(".")
    if channel in ("core", "fact"):
        return passage
    variant = Variant.objects.get(
        campaign_region=review.campaign_region,
        language=review.language,
        campaign_channel__channel__code=channel,
    )
    return f"variant.{variant.pk}.{part}"
