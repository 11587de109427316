"""The steps in a campaign's life as pages say them: what will happen, what is asked, what was done."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models import Campaign, CampaignRegion
from campaigns.services import launch, lifecycle, release, restore
from campaigns.services.transitions import (
    ANYONE_RUNNING,
    CANCEL,
    CHANGE,
    CLOSED,
    DISCARD,
    EVALUATE,
    FINISH,
    GIVE_UP,
    PAUSE,
    REPLACE,
    RESUME,
    RETURN,
    START,
    SUBMIT,
    Move,
)


@dataclass(frozen=True)
class Step:
    """One step. `reason`: the words that ask for one, `needed` if it must be given; `run` is the service."""

    move: Move
    label: Any
    icon: str
    effects: tuple[Any, ...]
    done: Any
    run: Callable[..., Any]
    reason: Any = ""
    needed: bool = False
    stop: bool = False
    slug: str = field(default="")

    @property
    def key(self) -> str:
        return self.slug or self.move.name


def _with_reason(service: Callable[..., Any], name: str) -> Callable[[Any, User, str], Any]:
    return lambda item, by, reason: service(**{name: item, "by": by, "reason": reason})


def _plain(service: Callable[..., Any], name: str) -> Callable[[Any, User, str], Any]:
    return lambda item, by, _reason: service(**{name: item, "by": by})


CAMPAIGN_STEPS = (
    Step(
        SUBMIT,
        _("Put into review"),
        "send-check",
        (
            _("Managers see that it waits for their approval as soon as every region's review is approved."),
            _("Plan and message can still be changed; a change asks the reviewers again for the difference."),
        ),
        _("The campaign is in review."),
        _plain(lifecycle.submit_for_review, "campaign"),
    ),
    Step(
        RETURN,
        _("Back to draft"),
        "arrow-counterclockwise",
        (_("The campaign leaves the review; what reviewers have said so far stays."),),
        _("The campaign is a draft again."),
        _with_reason(lifecycle.return_to_draft, "campaign"),
        reason=_("What has to change?"),
    ),
    Step(
        CHANGE,
        _("Start a change"),
        "pencil-square",
        (
            _("The release stays in force as it is, and regions that are due still start with it."),
            _(
                "You work on a new draft beside it. It passes review, approval, briefing and launch gate,"
                " then replaces the release region by region."
            ),
            _("Staff who have confirmed are asked for the difference only."),
        ),
        _("You are working on a change. The release stays in force."),
        _plain(lifecycle.start_change, "campaign"),
    ),
    Step(
        GIVE_UP,
        _("Give up the release"),
        "x-octagon",
        (
            _("No region starts with this release any more."),
            _("The campaign is a draft again; to start, it has to be reviewed and approved anew."),
        ),
        _("The release is given up; the campaign is a draft again."),
        _plain(release.give_up_release, "campaign"),
        stop=True,
    ),
    Step(
        DISCARD,
        _("Discard the change"),
        "trash3",
        (
            _("Plan and message say again exactly what the approved release says; the change is lost."),
            _("Whoever was asked about the change is asked no more. What ran goes on as it is."),
            _("Budget, KPIs, partners and the owner stay as they are."),
        ),
        _("The change is discarded; the approved release counts."),
        _plain(restore.discard_change, "campaign"),
        stop=True,
    ),
    Step(
        CANCEL,
        _("Cancel the campaign"),
        "slash-circle",
        (
            _("It starts nowhere and cannot be opened again."),
            _("Everything that was written stays readable."),
        ),
        _("The campaign is cancelled."),
        _with_reason(lifecycle.cancel, "campaign"),
        reason=_("Why is it cancelled?"),
        needed=True,
        stop=True,
    ),
    Step(
        EVALUATE,
        _("Close the evaluation"),
        "clipboard-data",
        (_("Figures and learnings are complete; the campaign is closed."),),
        _("The evaluation is closed."),
        _plain(lifecycle.evaluate, "campaign"),
    ),
    Step(
        PAUSE,
        _("Pause everywhere"),
        "pause-circle",
        (
            _("Every live region that you answer for stops at once, without any gate."),
            _("Service, sales and branches are told at once. Going on needs the launch gate again."),
        ),
        _("The campaign is paused and staff are told."),
        _with_reason(launch.pause_everywhere, "campaign"),
        reason=_("What should staff know?"),
        stop=True,
        slug="pause_everywhere",
    ),
)

REGION_STEPS = (
    Step(
        START,
        _("Go live"),
        "broadcast",
        (
            _("All conditions are checked once more; only if every one holds does the region go live."),
            _("Customers get the approved release from then on, and staff see it as running now."),
        ),
        _("The region is live."),
        _plain(launch.go_live, "region"),
    ),
    Step(
        REPLACE,
        _("Change over to the new release"),
        "arrow-left-right",
        (
            _("All conditions are checked for the new release; until then the old one stays in force."),
            _("Customers get the new release from then on."),
        ),
        _("The new release is in force."),
        _plain(launch.replace_release, "region"),
    ),
    Step(
        RESUME,
        _("Go on"),
        "play-circle",
        (_("All conditions are checked again; only if every one holds does the region go on."),),
        _("The region is live again."),
        _plain(launch.resume, "region"),
    ),
    Step(
        PAUSE,
        _("Pause"),
        "pause-circle",
        (
            _("The region stops at once, without any gate."),
            _("Service, sales and branches are told at once. Going on needs the launch gate again."),
        ),
        _("The region is paused and staff are told."),
        _with_reason(launch.pause, "region"),
        reason=_("What should staff know?"),
        stop=True,
    ),
    Step(
        FINISH,
        _("Finish now"),
        "flag",
        (
            _("The region ends before its last day and cannot be started again."),
            _("Staff find the offer under what has just expired."),
        ),
        _("The region has finished."),
        _plain(launch.finish, "region"),
        stop=True,
    ),
)


def step_of(key: str, *, region: bool = False) -> Step | None:
    """The step with this key, None when there is no such step."""
    return next((step for step in (REGION_STEPS if region else CAMPAIGN_STEPS) if step.key == key), None)


def is_open(step: Step, item: Campaign | CampaignRegion) -> bool:
    """True if the table has this move from the present state, whether or not the gate is clear."""
    if isinstance(item, CampaignRegion):
        return _region_open(step, item)
    if step.slug:
        return any(region.running in step.move.sources for region in item.regions.all())
    if step.move is GIVE_UP and not _can_give_up(item):
        return False
    if step.move is DISCARD and item.release_id is None:
        return False
    return item.state in step.move.sources


def _can_give_up(campaign: Campaign) -> bool:
    running = [region for region in campaign.regions.all() if region.running in ANYONE_RUNNING]
    return campaign.release_id not in (None, *(region.release_id for region in running))


def _region_open(step: Step, region: CampaignRegion) -> bool:
    closed = region.campaign.state in CLOSED and step.move is not FINISH
    if closed or region.running not in step.move.sources:
        return False
    if step.move is REPLACE:
        return region.campaign.release_id not in (None, region.release_id)
    return step.move is not START or region.campaign.release_id is not None
