"""Preparing a campaign: into review and back, a change beside the release in force, the end.

Approval, which fixes a release, and giving one up stand in release.py; going live in launch.py.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import Preparation, Running
from campaigns.hooks import campaign_cancelled, tell
from campaigns.models import Campaign, CampaignRegion
from campaigns.readiness import Line, Progress
from campaigns.services.dossier import Dossier
from campaigns.services.snapshot import ends_at, region_entry
from campaigns.services.transitions import (
    ANYONE_RUNNING,
    CANCEL,
    CHANGE,
    EVALUATE,
    RETURN,
    SUBMIT,
    TransitionRefused,
    lock_campaign,
    move_to,
    require_move,
)
from core.audit import record


def submit_lines(dossier: Dossier) -> list[Line]:
    """What has to stand before the campaign goes into review, done ones included."""
    campaign = dossier.campaign
    url = reverse("campaigns:reviews", args=[campaign.pk])
    if campaign.shared_at:
        shared = Line("submit.shared", _("The core message is shared"), Progress.DONE, who=campaign.owner)
    else:
        shared = Line(
            key="submit.shared",
            title=_("The core message is not shared yet"),
            progress=Progress.STUCK,
            detail=_("Sharing it invites the reviewers of all regions."),
            who=campaign.owner,
            url=url,
            action=_("Share"),
        )
    return [shared, *_invited_lines(dossier, url)]


def _invited_lines(dossier: Dossier, url: str) -> list[Line]:
    invited = {
        (review.campaign_region_id, review.language)
        for review in dossier.reviews
        if review.reviewer_id and review.invited_at
    }
    if not dossier.regions:
        title = _("No region is named yet")
        return [Line("submit.regions", title, Progress.STUCK, who=dossier.campaign.owner)]
    return [
        _invited_line(dossier, one, language, done=(one.pk, language) in invited, url=url)
        for one in dossier.regions
        for language in one.region.languages
    ]


def _invited_line(dossier: Dossier, one: CampaignRegion, language: str, *, done: bool, url: str) -> Line:
    title = _("A reviewer is invited for %(region)s") if done else _("No reviewer is invited for %(region)s")
    return Line(
        key=f"submit.invited.{one.region.code}.{language}",
        title=title % {"region": one.region},
        progress=Progress.DONE if done else Progress.STUCK,
        who=dossier.campaign.owner,
        region=one,
        url=url,
    )


def _require_done(lines: list[Line], sentence: str) -> None:
    missing = [line for line in lines if line.is_open]
    if missing:
        raise TransitionRefused(sentence, lines=missing)


@transaction.atomic
def submit_for_review(*, campaign: Campaign, by: User) -> Campaign:
    """draft -> in review, by the owner. TransitionRefused with the open lines when something is missing."""
    campaign = lock_campaign(campaign)
    require_move(SUBMIT, campaign, by)
    _require_done(submit_lines(Dossier(campaign)), _("The review cannot begin yet."))
    move_to(campaign, SUBMIT)
    record(by=by, verb="campaign.submitted", scope=campaign)
    return campaign


@transaction.atomic
def return_to_draft(*, campaign: Campaign, by: User, reason: str = "") -> Campaign:
    """in review -> draft, by the owner or a manager, with what has to change."""
    campaign = lock_campaign(campaign)
    require_move(RETURN, campaign, by)
    move_to(campaign, RETURN)
    record(by=by, verb="campaign.returned", scope=campaign, reason=reason)
    return campaign


@transaction.atomic
def start_change(*, campaign: Campaign, by: User) -> Campaign:
    """approved -> a new draft beside the release, which stays in force, or due to start, as it is."""
    campaign = lock_campaign(campaign)
    require_move(CHANGE, campaign, by)
    move_to(campaign, CHANGE)
    record(by=by, verb="campaign.change_started", scope=campaign, number=campaign.release.number)
    return campaign


@transaction.atomic
def cancel(*, campaign: Campaign, by: User, reason: str) -> Campaign:
    """End the campaign before it runs; refused without a reason, or while or after it ran somewhere."""
    campaign = lock_campaign(campaign)
    require_move(CANCEL, campaign, by)
    if not reason.strip():
        raise TransitionRefused(_("Say why the campaign is cancelled."))
    states = set(campaign.regions.values_list("running", flat=True))
    if states & set(ANYONE_RUNNING):
        raise TransitionRefused(_("The campaign is running. Pause or finish its regions instead."))
    if states == {Running.FINISHED}:
        raise TransitionRefused(_("The campaign has run in all its regions. Close its evaluation instead."))
    move_to(campaign, CANCEL, cancelled_reason=reason.strip())
    record(by=by, verb="campaign.cancelled", scope=campaign, reason=reason.strip())
    tell(campaign_cancelled, campaign=campaign, reason=reason.strip(), by=by)
    return campaign


def is_over(dossier: Dossier) -> bool:
    """True once every region has finished, or never started and is past its end."""
    now = timezone.now()

    def gone(region: CampaignRegion) -> bool:
        entry = region_entry(dossier.release, region)
        return (ends_at(entry) if entry else region.ends_at) <= now

    return bool(dossier.regions) and all(
        one.running == Running.FINISHED or (one.running == Running.WAITING and gone(one))
        for one in dossier.regions
    )


@transaction.atomic
def evaluate(*, campaign: Campaign, by: User) -> Campaign:
    """Close the evaluation, by the owner, once every region is over."""
    campaign = lock_campaign(campaign)
    require_move(EVALUATE, campaign, by)
    if campaign.release is None:
        raise TransitionRefused(_("A campaign that was never approved has nothing to evaluate: cancel it."))
    if not is_over(Dossier(campaign)):
        raise TransitionRefused(_("The evaluation can be closed when all regions have finished."))
    move_to(campaign, EVALUATE)
    record(by=by, verb="campaign.evaluated", scope=campaign)
    return campaign


def is_editable(campaign: Campaign) -> bool:
    """True while plan and message may change: in draft, and in review (that asks for the review again)."""
    return campaign.state in (Preparation.DRAFT, Preparation.IN_REVIEW)
