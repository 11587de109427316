"""The transition table: every change of a campaign's state or of a region's running state stands here.

Preparation belongs to the campaign, running to each of its regions (design: "Life of a campaign"). The
services in lifecycle.py, release.py and launch.py make the moves; nothing else may. Triggers refuse the
same illegal edges below them (campaigns/triggers.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns import permissions
from campaigns.enums import LaunchKind, Phase, Preparation, Running
from campaigns.errors import Refused
from campaigns.models import Campaign, CampaignRegion

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.readiness import Line

ANYONE_RUNNING = (Running.LIVE, Running.PAUSED)
CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)


class TransitionRefused(Refused):
    """The move is not possible now: a sentence for the person, and the open lines that stand against it.

    `already` is true when somebody (or a first click) has made the same move before.
    """

    def __init__(self, sentence: str, *, lines: "Sequence[Line]" = (), already: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.lines = list(lines)
        self.already = already


class NotAllowed(TransitionRefused):
    """The move is possible, but not for this person."""


@dataclass(frozen=True)
class Move:
    """One row of the table. `who` says in words whom `allowed` lets; `clock`: beat may do it as well.

    `allowed` takes the person and the campaign (preparation) or the region (running).
    """

    name: str
    sources: tuple[str, ...]
    target: str
    allowed: Callable[[Any, Any], bool]
    who: Any
    clock: bool = False
    gate: bool = False


_OWNER = gettext_lazy("Only the owner of the campaign can do this.")
_OTHER_MANAGER = gettext_lazy("Only a manager of all its regions who is not the owner can do this.")
_OWNER_MANAGER = gettext_lazy("Only the owner or a manager can do this.")
_D, _R, _A = Preparation.DRAFT, Preparation.IN_REVIEW, Preparation.APPROVED

SUBMIT = Move("submit", (_D,), _R, permissions.is_owner, _OWNER)
RETURN = Move("return", (_R,), _D, permissions.is_owner_or_manager, _OWNER_MANAGER)
APPROVE = Move("approve", (_R,), _A, permissions.is_other_manager, _OTHER_MANAGER)
# Also while a change is in work beside it: what is approved but wrong must not start by itself.
GIVE_UP = Move("give_up", (_A, _D, _R), _D, permissions.is_owner, _OWNER)
CHANGE = Move("change", (_A,), _D, permissions.is_owner, _OWNER)
# The change goes, the release stays: see services/restore.py.
DISCARD = Move("discard", (_D, _R), _A, permissions.is_owner, _OWNER)
CANCEL = Move("cancel", (_D, _R, _A), Preparation.CANCELLED, permissions.is_owner_or_manager, _OWNER_MANAGER)
EVALUATE = Move("evaluate", (_D, _R, _A), Preparation.EVALUATED, permissions.is_owner, _OWNER)
PREPARATION = (SUBMIT, RETURN, APPROVE, GIVE_UP, CHANGE, DISCARD, CANCEL, EVALUATE)

_runs = permissions.runs_region
START = Move("start", (Running.WAITING,), Running.LIVE, _runs, _OWNER_MANAGER, clock=True, gate=True)
RESUME = Move("resume", (Running.PAUSED,), Running.LIVE, _runs, _OWNER_MANAGER, gate=True)
REPLACE = Move("replace", (Running.LIVE,), Running.LIVE, _runs, _OWNER_MANAGER, clock=True, gate=True)
PAUSE = Move("pause", (Running.LIVE,), Running.PAUSED, _runs, _OWNER_MANAGER)
FINISH = Move("finish", ANYONE_RUNNING, Running.FINISHED, _runs, _OWNER_MANAGER, clock=True)
RUNNING = (START, RESUME, REPLACE, PAUSE, FINISH)
BY_KIND = {LaunchKind.START: START, LaunchKind.RESUME: RESUME, LaunchKind.REPLACE: REPLACE}


def require_move(move: Move, campaign: Campaign, by: "User") -> None:
    """Raise TransitionRefused unless `by` may make this move of the campaign as it stands."""
    if not move.allowed(by, campaign):
        raise NotAllowed(str(move.who))
    _require_source(move, campaign.state, Preparation(campaign.state).label)


def require_region_move(move: Move, region: CampaignRegion, by: "User | None") -> None:
    """The same for a region; `by` None is the clock."""
    if (by is None and not move.clock) or (by is not None and not move.allowed(by, region)):
        raise NotAllowed(str(move.who))
    if move is not FINISH and region.campaign.state in CLOSED:
        state = Preparation(region.campaign.state).label
        raise TransitionRefused(_("The campaign is closed: its state is “%(state)s”.") % {"state": state})
    _require_source(move, region.running, Running(region.running).label)


def _require_source(move: Move, state: str, word: str) -> None:
    if state in move.sources:
        return
    if state == move.target:
        sentence = _("This has been done already: the state is “%(state)s”.") % {"state": word}
        raise TransitionRefused(sentence, already=True)
    raise TransitionRefused(_("This cannot be done while the state is “%(state)s”.") % {"state": word})


def _locked(model: type[models.Model]) -> models.QuerySet:
    # no_key: rows that only refer to a locked one can still be written.
    return model._default_manager.select_for_update(of=("self",), no_key=True)


def lock_campaign(campaign: Campaign | int) -> Campaign:
    """The campaign's current row, locked until the transaction ends (on SQLite the whole database is)."""
    pk = campaign if isinstance(campaign, int) else campaign.pk
    return _locked(Campaign).select_related("release", "owner").get(pk=pk)


def lock_region(region: CampaignRegion | int) -> CampaignRegion:
    """The region's current row with its campaign, both locked; always the campaign first."""
    pk = region if isinstance(region, int) else region.pk
    campaign_id = CampaignRegion.objects.values_list("campaign_id", flat=True).get(pk=pk)
    campaign = lock_campaign(campaign_id)
    locked = _locked(CampaignRegion).select_related("region", "release")
    found = locked.get(pk=pk)
    found.campaign = campaign
    return found


def move_to(campaign: Campaign, move: Move, *, keep: bool = False, **also: Any) -> None:
    """Write the state of a move that was allowed (not with `keep`), and the phase that follows from it."""
    campaign.state = campaign.state if keep else move.target
    for name, value in also.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=["state", *also])
    sync_phase(campaign)


def sync_phase(campaign: Campaign) -> str:
    """Sum up preparation and all regions in `campaign.phase`, in the transaction of the change itself."""
    phase = _phase(campaign, list(campaign.regions.select_related("region")))
    if phase != campaign.phase:
        Campaign.objects.filter(pk=campaign.pk).update(phase=phase)
        campaign.phase = phase
    return phase


def _phase(campaign: Campaign, regions: list[CampaignRegion]) -> str:
    if campaign.state in CLOSED:
        return campaign.state
    running = {region.running for region in regions}
    for state, phase in ((Running.LIVE, Phase.LIVE), (Running.PAUSED, Phase.PAUSED)):
        if state in running:
            return phase
    over = all(region.running == Running.FINISHED or is_past(region) for region in regions)
    return Phase.FINISHED if over and Running.FINISHED in running else campaign.state


def is_past(region: CampaignRegion) -> bool:
    """True if the region never started and its last day is over where it is."""
    return region.running == Running.WAITING and region.ends_at <= timezone.now()
