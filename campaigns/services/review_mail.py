"""Mails of the regional review, one function each. A link in them only leads to the page."""

from django.db.models import QuerySet
from django.urls import reverse

from accounts import hooks
from accounts.models import User
from campaigns.models import Review
from campaigns.services.review_state import Picture, SeenPassage
from core.delivery import decisions
from core.delivery.models import OutgoingMail
from core.emails import NOTICE_ROUTES, absolute, queue_mail

FOLDER = "campaigns/email"


def _key(review: Review, to: User, occasion: str) -> str:
    return f"review:{review.pk}:{to.pk}:{occasion}"


def _send(review: Review, to: User, template: str, occasion: str, **context: object) -> None:
    region = review.campaign_region
    common = {
        "review": review,
        "campaign": region.campaign,
        "region": region.region,
        "url": absolute(review.get_absolute_url()),
    }
    queue_mail(
        key=_key(review, to, occasion),
        to=to,
        template=f"{FOLDER}/{template}",
        context=common | context,
        urgent=False,
    )


def invite(review: Review, reviewer: User) -> None:
    """Ask the reviewer to look at the message for the first time."""
    occasion = f"invited:{review.invited_at:%Y%m%d%H%M%S%f}"
    _send(review, reviewer, "review_invited", occasion, asked_by=review.invited_by)


def ask_again(picture: Picture, changed: list[SeenPassage]) -> None:
    """Ask the reviewer to look at what changed; once for the same words, however often they are saved."""
    review = picture.review
    _send(review, review.reviewer, "review_again", f"again:{picture.content_hash[:32]}", changed=changed)


def tell_objections(picture: Picture) -> None:
    """Tell the campaign's owner what is not clear, once the reviewer is through."""
    review, owner = picture.review, picture.review.campaign_region.campaign.owner
    newest = max(seen.answer.pk for seen in picture.objections)
    occasion, tab = f"objected:{newest}", _tab(picture)
    _send(review, owner, "review_objected", occasion, objections=picture.objections, url=tab)


def tell_approval(picture: Picture) -> None:
    """Tell the campaign's owner that the region's review is approved."""
    review, owner = picture.review, picture.review.campaign_region.campaign.owner
    _send(review, owner, "review_approved", f"approved:{picture.approval.pk}", url=_tab(picture))


def _tab(picture: Picture) -> str:
    """Where the owner sees the region's objections, and what was meant beside what was understood."""
    page = reverse("campaigns:reviews", args=[picture.campaign_region.campaign_id])
    return absolute(f"{page}#review-{picture.campaign_region.region.code}-{picture.language}")


def waiting_mails(review: Review, to: User) -> QuerySet[OutgoingMail]:
    """What is still queued to a person about a review."""
    return OutgoingMail.objects.filter(recipient=to, key__startswith=f"review:{review.pk}:{to.pk}:")


def cancel_waiting(review: Review, to: User | None) -> None:
    """Nothing that is still queued to this person about the review goes out any more."""
    if to is not None:
        decisions.cancel(waiting_mails(review, to))


@hooks.membership_changed.register("reviews")
def follow_rights(user_ids: frozenset[int]) -> None:
    """Mails queued to reviewers who left or lost the role are withheld, and go out if they are back."""
    reviews = Review.objects.filter(reviewer__in=user_ids).select_related("reviewer").with_standing()
    for review in reviews:
        mails = waiting_mails(review, review.reviewer)
        if review.reviewer.is_active and review.speaks_for:
            for route in NOTICE_ROUTES:
                decisions.queue_again(mails, route)
        else:
            decisions.withhold(mails)
