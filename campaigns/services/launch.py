"""Going live: the gate, the launch record and the running state in one transaction, per region."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns import hooks
from campaigns.enums import DecisionKind, LaunchKind, Running
from campaigns.models import Campaign, CampaignRegion, Decision, LaunchRecord
from campaigns.permissions import runs_region
from campaigns.readiness import Line, launch_lines
from campaigns.services.dossier import Dossier
from campaigns.services.snapshot import ends_at, region_entry, starts_at
from campaigns.services.transitions import (
    BY_KIND,
    FINISH,
    PAUSE,
    NotAllowed,
    TransitionRefused,
    lock_campaign,
    lock_region,
    require_region_move,
    sync_phase,
)
from channels.models import Channel
from core import formats
from core.audit import record

_VERBS = {
    LaunchKind.START: "region.started",
    LaunchKind.RESUME: "region.resumed",
    LaunchKind.REPLACE: "region.replaced",
}


@dataclass(frozen=True)
class Gate:
    """What stands between a region and its customers: all lines, and the exception that a manager made."""

    region: CampaignRegion
    lines: list[Line]
    exception: Decision | None = None

    @property
    def blocking(self) -> list[Line]:
        """Open lines that no exception covers."""
        return [line for line in self.lines if line.is_open and not (self.exception and line.waivable)]

    @property
    def waived(self) -> list[Line]:
        """Open lines that the exception covers."""
        return [line for line in self.lines if self.exception and line.is_open and line.waivable]

    @property
    def is_clear(self) -> bool:
        return not self.blocking


def exceptions_of(dossier: Dossier) -> dict[int, Decision]:
    """Exceptions for the campaign's present release, by campaign region id (one query per dossier)."""

    def read() -> dict[int, Decision]:
        found = Decision.objects.filter(
            campaign=dossier.campaign, kind=DecisionKind.GATE_EXCEPTION, release=dossier.campaign.release
        )
        return {decision.campaign_region_id: decision for decision in found.select_related("by")}

    return dossier.once("gate exceptions", read)


def gate(dossier: Dossier, region: CampaignRegion) -> Gate:
    """Run every registered launch check on the current rows for this region and the campaign's release."""
    return Gate(region, launch_lines(dossier, region), exceptions_of(dossier).get(region.pk))


@transaction.atomic
def go_live(
    *, region: CampaignRegion | int, by: User | None = None, kind: LaunchKind = LaunchKind.START
) -> LaunchRecord:
    """Start, resume or replace: with campaign and region locked, all checks on current rows, then the record.

    `by` is None for the clock. Raises TransitionRefused with the blocking lines and changes nothing when
    the gate is not clear, before the region's first day, or when the move does not fit (`already` when
    somebody was faster).
    """
    region = lock_region(region)
    require_region_move(BY_KIND[kind], region, by)
    _require_turn(region, kind)
    found = gate(Dossier(region.campaign), region)
    if not found.is_clear:
        name = {"region": region.region}
        raise TransitionRefused(_("%(region)s cannot go live yet.") % name, lines=found.blocking)
    previous = region.release
    launch = LaunchRecord.objects.create(
        campaign_region=region,
        release=region.campaign.release,
        kind=kind,
        by=by,
        checks=[_kept(line) for line in found.lines],
        exception=found.exception if found.waived else None,
    )
    _run(region, Running.LIVE, release=launch.release, launch=launch, held_told="")
    record(by=by, verb=_VERBS[kind], scope=region.campaign, subject=launch, **_named(region))
    if kind == LaunchKind.REPLACE:
        hooks.tell(hooks.release_replaced, region=region, launch=launch, previous=previous, by=by)
    else:
        hooks.tell(hooks.region_started, region=region, launch=launch, by=by)
    return launch


def _require_turn(region: CampaignRegion, kind: LaunchKind) -> None:
    """The release is there, its first day has begun, and a replacement brings another release."""
    release = region.campaign.release
    if release is None:
        raise TransitionRefused(_("The campaign has not been approved yet."))
    if kind == LaunchKind.REPLACE and region.release_id == release.pk:
        raise TransitionRefused(_("This release is in force here already."), already=True)
    entry = region_entry(release, region)
    if entry is None:
        raise TransitionRefused(_("This region is not part of the approved release."))
    if timezone.now() < starts_at(entry):
        day = formats.short_date(date.fromisoformat(entry["starts_on"]))
        params = {"day": day, "zone": entry["timezone"]}
        raise TransitionRefused(_("The first day here is %(day)s (%(zone)s). It starts then.") % params)


def _kept(line: Line) -> dict[str, Any]:
    return {
        "key": line.key,
        "title": str(line.title),
        "progress": str(line.progress),
        "detail": str(line.detail),
    }


def _named(region: CampaignRegion) -> dict[str, Any]:
    release = region.release
    return {"region": region.region.code, "number": release.number if release else None}


def _run(region: CampaignRegion, running: Running, **also: Any) -> None:
    region.running = running
    for name, value in also.items():
        setattr(region, name, value)
    region.save(update_fields=["running", *also])
    sync_phase(region.campaign)


def resume(*, region: CampaignRegion | int, by: User) -> LaunchRecord:
    """Live again after a pause, through the gate, with the release approved last."""
    return go_live(region=region, by=by, kind=LaunchKind.RESUME)


def replace_release(*, region: CampaignRegion | int, by: User | None = None) -> LaunchRecord:
    """Change a live region over to the release approved last, through the gate."""
    return go_live(region=region, by=by, kind=LaunchKind.REPLACE)


@transaction.atomic
def pause(*, region: CampaignRegion | int, by: User, reason: str = "") -> CampaignRegion:
    """Stop a region at once, without any gate; staff are told in the same transaction."""
    region = lock_region(region)
    require_region_move(PAUSE, region, by)
    _run(region, Running.PAUSED)
    record(by=by, verb="region.paused", scope=region.campaign, reason=reason.strip(), **_named(region))
    hooks.tell(hooks.region_paused, region=region, reason=reason.strip(), by=by)
    return region


@transaction.atomic
def pause_everywhere(*, campaign: Campaign | int, by: User, reason: str = "") -> list[CampaignRegion]:
    """Pause every live region that the person may pause; TransitionRefused when there is none."""
    campaign = lock_campaign(campaign)
    live = list(campaign.regions.filter(running=Running.LIVE).order_by("pk"))
    mine = [region for region in live if runs_region(by, region)]
    if live and not mine:
        raise NotAllowed(str(PAUSE.who))
    if not live:
        raise TransitionRefused(_("No region is live."), already=True)
    return [pause(region=region, by=by, reason=reason) for region in mine]


@transaction.atomic
def finish(*, region: CampaignRegion | int, by: User | None = None) -> CampaignRegion:
    """Finish a running region: by a person at any time, by the clock (`by` None) only after its last day."""
    region = lock_region(region)
    require_region_move(FINISH, region, by)
    if by is None and not is_past_end(region):
        raise TransitionRefused(_("The last day is not over here."))
    _run(region, Running.FINISHED, ended_at=timezone.now())
    record(by=by, verb="region.finished", scope=region.campaign, **_named(region))
    hooks.tell(hooks.region_finished, region=region, by=by)
    return region


def is_past_end(region: CampaignRegion) -> bool:
    """True if the last day in the release in force is over in the region's own zone."""
    entry = region_entry(region.release, region)
    return (ends_at(entry) if entry else region.ends_at) <= timezone.now()


@dataclass(frozen=True)
class ChannelStart:
    """When a channel begins: `at` (on `day`) is the latest start of its regions; `waiting` did not start."""

    name: str
    at: datetime | None
    day: date | None
    waiting: tuple[str, ...]


def channel_starts(dossier: Dossier, channel: dict[str, Any]) -> ChannelStart:
    """For an entry of `release.content["channels"]`: of several regions, it starts with the last."""
    release = dossier.campaign.release
    carried = [one for one in dossier.regions if one.region.code in channel["region_codes"]]
    entries = [entry for one in carried if (entry := region_entry(release, one))]
    last = max(entries, key=starts_at, default=None)
    waiting = tuple(one.region.code for one in carried if one.running == Running.WAITING)
    name = channel["name_de"] if formats.language() == "de" else channel["name_en"]
    if last is None:
        return ChannelStart(name, None, None, waiting)
    return ChannelStart(name, starts_at(last), date.fromisoformat(last["starts_on"]), waiting)


def at_once(dossier: Dossier) -> set[str]:
    """Codes of the channels that reach all their regions at once (one query per dossier)."""
    found = Channel.objects.filter(at_once=True)
    return dossier.once("channels at once", lambda: set(found.values_list("code", flat=True)))


def shared_channels(dossier: Dossier) -> Iterable[ChannelStart]:
    """The channels of the campaign's release that reach several regions at once, and when each starts."""
    release = dossier.campaign.release
    for channel in release.content["channels"] if release else ():
        if len(channel["region_codes"]) > 1 and channel["code"] in at_once(dossier):
            yield channel_starts(dossier, channel)
