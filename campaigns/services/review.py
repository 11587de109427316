"""Regional review: inviting, naming reviewers, answering passage by passage, approving, asking again.

Every write locks the campaign first, so that nothing is approved while its words are being changed.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import can
from campaigns import hooks
from campaigns.enums import ReviewProblem, ReviewState, Verdict
from campaigns.models import Campaign, CampaignRegion, PassageVerdict, Review, ReviewApproval
from campaigns.querysets import IDLE
from campaigns.services import review_mail
from campaigns.services.content import region_content
from campaigns.services.dossier import Dossier
from campaigns.services.review_state import (
    Picture,
    SeenPassage,
    authors_of,
    due_date,
    picture_of,
    pictures,
    reviewers_for,
)
from core import audit
from core.concurrency import StaleVersion

audit.register_verbs(
    {
        "review.shared": gettext_lazy("shared the message with the reviewers"),
        "review.invited": gettext_lazy("asked %(reviewer)s to review %(place)s"),
        "review.unassigned": gettext_lazy("found no reviewer for %(place)s"),
        "review.verdict": gettext_lazy("reviewed a passage for %(place)s"),
        "review.approved": gettext_lazy("approved the message for %(place)s"),
        "review.asked_again": gettext_lazy("changed the message for %(place)s, so that it is reviewed again"),
    }
)


class StalePassage(Exception):
    """The passage is no longer what the reviewer saw; `seen` is it as it is now, None when it is gone."""

    def __init__(self, seen: SeenPassage | None) -> None:
        super().__init__(_("This passage was changed while you were reading it."))
        self.seen = seen


class StaleReview(Exception):
    """Something the approval would cover changed meanwhile; `picture` is where the review stands now."""

    def __init__(self, picture: Picture) -> None:
        super().__init__(_("The text was changed while you were reading it."))
        self.picture = picture


def _place(region: CampaignRegion, language: str) -> str:
    code = region.region.code
    return code if len(region.region.languages) == 1 else f"{code} ({language.upper()})"


def _log(review: Review, by: User | None, verb: str, **data: Any) -> None:
    region = review.campaign_region
    place = _place(region, review.language)
    audit.record(by=by, verb=verb, scope=region.campaign, subject=review, place=place, **data)


def _lock(campaign_id: int) -> Campaign:
    return Campaign.objects.select_for_update(no_key=True).select_related(None).get(pk=campaign_id)


def _require_editor(campaign: Campaign, by: User) -> None:
    if not can(by, "campaign.edit", campaign):
        raise PermissionDenied(_("Only those who plan this campaign can do this."))


def _open(review: Review, by: User) -> tuple[Dossier, Picture]:
    """Lock the campaign; the review as it is now, if `by` is its reviewer and may answer."""
    campaign = _lock(review.campaign_region.campaign_id)
    dossier = Dossier(campaign)
    picture = picture_of(review, dossier)
    if picture.review.reviewer_id != by.pk:
        raise PermissionDenied(_("Only the reviewer who was asked can answer."))
    if picture.problem == ReviewProblem.AUTHOR:
        raise PermissionDenied(_("You wrote part of this text, so somebody else has to review it."))
    if picture.problem is not None or not picture.shared:
        raise PermissionDenied(_("You do not review this region at present."))
    if campaign.state in IDLE:
        raise PermissionDenied(_("This campaign is closed; there is nothing to review any more."))
    return dossier, picture


def _settle(review: Review, dossier: Dossier) -> Picture:
    """Keep state and turn as the words of the dossier and the newest answers say."""
    picture = picture_of(review, dossier)
    review = picture.review
    review.state, review.awaits_reviewer = picture.state, picture.awaits_reviewer
    Review.objects.filter(pk=review.pk).update(state=review.state, awaits_reviewer=review.awaits_reviewer)
    return picture


@transaction.atomic
def share_message(*, campaign: Campaign, by: User) -> list[Review]:
    """Share the message with the reviewers of all regions; returns the reviews that are new.

    Doing it again changes nothing but inviting regions and finding reviewers that were missing.
    Raises ValidationError for an empty core message or a campaign that is over.
    """
    locked = _lock(campaign.pk)
    _require_editor(locked, by)
    core = Dossier(locked).core
    if core is None or not core.claim.strip():
        raise ValidationError(_("Write the claim of the core message first, then share it."), code="empty")
    if locked.state in IDLE:
        raise ValidationError(_("This campaign is closed; its message is not shared any more."), code="idle")
    first = locked.shared_at is None
    if first:
        locked.shared_at = timezone.now()
        Campaign.objects.filter(pk=locked.pk).update(shared_at=locked.shared_at)
        audit.record(by=by, verb="review.shared", scope=locked)
    campaign.shared_at = locked.shared_at
    new = _invite(locked, by)
    if first:
        hooks.run(hooks.message_shared, locked, by)
    return new


def _invite(campaign: Campaign, by: User) -> list[Review]:
    """Make the reviews that are missing and name a reviewer where there is none."""
    dossier, new = Dossier(campaign), []
    known = {(one.campaign_region_id, one.language): one for one in dossier.reviews}
    for region in dossier.regions:
        for language in region.region.languages:
            review = known.get((region.pk, language))
            if review is None:
                review = Review.objects.create(campaign_region=region, language=language)
                new.append(review)
            if review.reviewer_id is None:
                _find_reviewer(review, dossier, by, tell=review in new)
    return new


def _find_reviewer(review: Review, dossier: Dossier, by: User, *, tell: bool) -> None:
    region = next(one for one in dossier.regions if one.pk == review.campaign_region_id)
    authors = authors_of(dossier, region, review.language)
    found = reviewers_for(region.region_id, but=authors).first()
    if found is not None:
        _name(review, found, by, timezone.now())
    elif tell:
        _log(review, by, "review.unassigned")


def _name(review: Review, reviewer: User, by: User, now: datetime) -> None:
    former, region = review.reviewer, review.campaign_region
    review.reviewer, review.invited_at, review.invited_by = reviewer, now, by
    review.due_on = due_date(region)
    review.version += 1
    review.save(update_fields=["reviewer", "invited_at", "invited_by", "due_on", "version", "changed_at"])
    review_mail.cancel_waiting(review, former)
    picture = _settle(review, Dossier(region.campaign))
    _log(review, by, "review.invited", reviewer=str(reviewer))
    if picture.awaits_reviewer:
        review_mail.invite(review, reviewer)


@transaction.atomic
def assign_reviewer(*, review: Review, reviewer: User, by: User) -> Review:
    """Name the reviewer and invite him. The former one's queued mails are cancelled; his answers stay
    readable but count no longer. Naming the same person again changes nothing.

    Raises ValidationError for somebody who does not speak for the region or wrote part of the text.
    """
    campaign = _lock(review.campaign_region.campaign_id)
    _require_editor(campaign, by)
    dossier = Dossier(campaign)
    review = next(one for one in dossier.reviews if one.pk == review.pk)
    if review.reviewer_id == reviewer.pk and picture_of(review, dossier).problem is None:
        return review
    region = next(one for one in dossier.regions if one.pk == review.campaign_region_id)
    if not reviewers_for(region.region_id).filter(pk=reviewer.pk).exists():
        raise ValidationError(_("%(name)s does not review this region.") % {"name": reviewer}, code="region")
    if reviewer.pk in authors_of(dossier, region, review.language):
        raise ValidationError(
            _("%(name)s wrote part of this text, so somebody else has to review it.") % {"name": reviewer},
            code="author",
        )
    review.campaign_region = region
    _name(review, reviewer, by, timezone.now())
    return review


@transaction.atomic
def give_verdict(
    *,
    review: Review,
    passage_key: str,
    seen_hash: str,
    verdict: str,
    comment: str = "",
    proposal: str = "",
    by: User,
) -> PassageVerdict:
    """Append the reviewer's answer for exactly the passage he saw; the same answer twice is one.

    Raises PermissionDenied for anybody but the named reviewer, StalePassage when the words changed,
    ValidationError for an unknown verdict or an objection without a reason.
    """
    dossier, before = _open(review, by)
    seen = before.find(passage_key)
    if seen is None or seen.passage.content_hash != seen_hash:
        raise StalePassage(seen)
    if verdict not in Verdict.values:
        raise ValidationError({"verdict": _("Choose one of the four answers.")})
    if verdict == Verdict.CLEAR:
        comment = proposal = ""
    elif not comment.strip():
        raise ValidationError({"comment": _("Say what is not clear, so that it can be changed.")})
    given = {"content_hash": seen_hash, "verdict": verdict, "comment": comment, "proposal": proposal}
    if seen.answer is not None and all(getattr(seen.answer, key) == given[key] for key in given):
        return seen.answer
    answer = PassageVerdict.objects.create(
        review=before.review, passage=passage_key, text=seen.passage.text, by=by, **given
    )
    # The campaign is locked and the answer no part of the dossier: its words are still the newest.
    after = _settle(before.review, dossier)
    _log(before.review, by, "review.verdict", passage=passage_key, verdict=verdict)
    if after.objections and not after.awaits_reviewer:
        review_mail.tell_objections(after)
    return answer


@transaction.atomic
def save_understood(*, review: Review, understood: str, expected: int, by: User) -> Review:
    """Keep in the reviewer's own words what he understood. Raises StaleVersion for an older `expected`."""
    _dossier, picture = _open(review, by)
    fresh = picture.review
    if fresh.version != expected and fresh.understood != understood:
        raise StaleVersion(fresh)
    _keep_understood(fresh, understood)
    return fresh


def _keep_understood(review: Review, understood: str) -> None:
    if review.understood != understood:
        review.understood = understood
        review.save_versioned(expected=review.version, fields=["understood"])


@transaction.atomic
def approve_review(*, review: Review, seen_hash: str, understood: str, by: User) -> ReviewApproval:
    """Approve exactly the content that was seen; approving it twice is one approval.

    Raises StaleReview when the content is another by now, ValidationError while a passage is not clear
    or the reviewer has not said what he understood, PermissionDenied for anybody but the reviewer.
    """
    dossier, before = _open(review, by)
    if before.content_hash != seen_hash:
        raise StaleReview(before)
    if before.approved:
        return before.approval
    if not before.all_clear:
        raise ValidationError(_("Every passage must be clear before you approve."), code="not_clear")
    if not understood.strip():
        raise ValidationError({"understood": _("Say in your own words what you understood.")})
    _keep_understood(before.review, understood)
    approval = ReviewApproval.objects.create(
        review=before.review,
        content_hash=seen_hash,
        content=region_content(dossier, before.campaign_region, before.language),
        understood=understood,
        by=by,
    )
    after = _settle(before.review, Dossier(dossier.campaign))
    _log(before.review, by, "review.approved", content_hash=seen_hash)
    review_mail.tell_approval(after)
    return approval


@hooks.message_changed.register("reviews")
@transaction.atomic
def refresh_reviews(*, campaign: Campaign, by: User | None) -> list[Review]:
    """After a change of the message: invite new regions, ask again where the words differ.

    Returns the reviews that are asked again. Each is asked once, until its reviewer has answered; words
    that come back to what was approved are approved.
    """
    locked = _lock(campaign.pk)
    if locked.shared_at is None or locked.state in IDLE:
        return []
    if by is not None:
        _invite(locked, by)
    return [
        picture.review
        for picture in pictures(Dossier(locked))
        if picture.review is not None and _refresh(picture, by)
    ]


def _refresh(picture: Picture, by: User | None) -> bool:
    """Bring one review up to date; True if its reviewer is asked again."""
    review = picture.review
    asked = picture.awaits_reviewer and not review.awaits_reviewer
    if review.state == picture.state and not asked and review.awaits_reviewer == picture.awaits_reviewer:
        return False
    review.state, review.awaits_reviewer = picture.state, picture.awaits_reviewer
    if asked:
        review.due_on = due_date(picture.campaign_region)
    elif picture.state == ReviewState.APPROVED:
        review_mail.cancel_waiting(review, review.reviewer)
    review.save(update_fields=["state", "awaits_reviewer", "due_on"])
    if asked:
        _log(review, by, "review.asked_again")
        if picture.problem is None:
            review_mail.ask_again(picture, picture.waiting)
    return asked
