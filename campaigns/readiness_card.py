"""The readiness list of a campaign for a page: what is open, by whom and when, region by region."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from django.utils import timezone

from campaigns.enums import Phase, Preparation, Running
from campaigns.models import CampaignRegion, Decision, Release
from campaigns.readiness import Line, Progress, approval_lines
from campaigns.services.dossier import Dossier
from campaigns.services.launch import Gate, gate
from campaigns.services.snapshot import Content, ends_at, region_entry, starts_at

FAR = date.max
OVER = (Phase.FINISHED, Phase.EVALUATED, Phase.CANCELLED)


@dataclass(frozen=True)
class Shown:
    """A line as components/readiness_line.html shows it; `waived`: an exception covers it."""

    line: Line
    waived: bool = False

    @property
    def status(self) -> str:
        return {Progress.DONE: "done", Progress.IN_WORK: "work"}.get(self.line.progress, "stuck")


@dataclass(frozen=True)
class RegionState:
    """One region: where it stands, its gate when it has one to pass, and its period in the release."""

    region: CampaignRegion
    gate: Gate | None
    entry: Content | None
    release: Release | None

    @property
    def starts_at(self) -> datetime | None:
        return starts_at(self.entry) if self.entry else None

    @property
    def has_begun(self) -> bool:
        return self.entry is not None and starts_at(self.entry) <= timezone.now()

    @property
    def ends_at(self) -> datetime | None:
        return ends_at(self.entry) if self.entry else None

    @property
    def starts_on(self) -> date | None:
        return date.fromisoformat(self.entry["starts_on"]) if self.entry else None

    @property
    def ends_on(self) -> date | None:
        return date.fromisoformat(self.entry["ends_on"]) if self.entry else None

    @property
    def zone(self) -> str:
        return self.entry["timezone"] if self.entry else self.region.region.timezone

    @property
    def is_held(self) -> bool:
        """Due to start, not started: the gate is not clear."""
        due = self.entry and starts_at(self.entry) <= timezone.now() < ends_at(self.entry)
        waits = self.region.running == Running.WAITING and self.gate is not None
        return bool(due and waits and not self.gate.is_clear)

    @property
    def is_ready(self) -> bool:
        return self.gate is not None and self.gate.is_clear

    @property
    def open_count(self) -> int:
        return len(self.gate.blocking) if self.gate else 0

    @property
    def stuck_count(self) -> int:
        stuck = [line for line in self.gate.blocking if line.progress == Progress.STUCK] if self.gate else []
        return len(stuck)

    @property
    def exception(self) -> Decision | None:
        """The exception that was used, or will be; it stands here as long as the region runs."""
        if self.gate and self.gate.exception:
            return self.gate.exception
        running = self.region.running in (Running.LIVE, Running.PAUSED)
        return self.region.launch.exception if running and self.region.launch else None

    @property
    def shown(self) -> list[Shown]:
        """Open lines, stuck ones first, then those an exception covers."""
        if self.gate is None:
            return []
        waived = [Shown(line, waived=True) for line in self.gate.waived]
        return [*(Shown(line) for line in in_order(self.gate.blocking)), *waived]

    @property
    def done(self) -> list[Shown]:
        return [Shown(line) for line in self.gate.lines if not line.is_open] if self.gate else []


def in_order(lines: list[Line]) -> list[Line]:
    """Stuck lines first, each group by its due date, without one last."""

    def rank(line: Line) -> tuple[bool, date]:
        due = line.due.date() if isinstance(line.due, datetime) else line.due
        return line.progress != Progress.STUCK, due or FAR

    return sorted(lines, key=rank)


def needs_gate(region: CampaignRegion, campaign: "object") -> bool:
    """True if a launch, a resumption or a replacement lies before this region."""
    if campaign.release_id is None or region.running == Running.FINISHED:
        return False
    return region.running != Running.LIVE or region.release_id != campaign.release_id


@dataclass(frozen=True)
class Card:
    """Everything the readiness card shows. Lines that hold for all regions are counted once."""

    regions: list[RegionState]
    approval: list[Line] = field(default_factory=list)

    @cached_property
    def lines(self) -> list[Line]:
        """Every line once, approval first."""
        found = {line.key: line for line in self.approval}
        for state in self.regions:
            if state.gate:
                open_keys = {line.key for line in state.gate.blocking}
                for line in state.gate.lines:
                    if line.key not in found and (line.key in open_keys or not line.is_open):
                        found[line.key] = line
        return list(found.values())

    @cached_property
    def open(self) -> list[Shown]:
        return [Shown(line) for line in in_order([line for line in self.lines if line.is_open])]

    @property
    def done(self) -> list[Shown]:
        return [Shown(line) for line in self.lines if not line.is_open]

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def stuck(self) -> int:
        return sum(one.status == "stuck" for one in self.open)

    @property
    def by_region(self) -> list[RegionState]:
        """The regions when there is more than one with something to pass."""
        waiting = [state for state in self.regions if state.gate]
        return waiting if len(waiting) > 1 else []

    @property
    def held(self) -> list[RegionState]:
        return [state for state in self.regions if state.is_held]

    @property
    def held_names(self) -> str:
        return ", ".join(str(state.region.region) for state in self.held)

    @property
    def exceptions(self) -> list[RegionState]:
        return [state for state in self.regions if state.exception]

    @property
    def is_empty(self) -> bool:
        return not self.lines and not self.exceptions


def card_of(dossier: Dossier) -> Card:
    """Run the checks that matter now: those for the approval in a draft, those for the launch per region."""
    campaign = dossier.campaign
    if campaign.phase in OVER:
        return Card([])
    working = campaign.state in (Preparation.DRAFT, Preparation.IN_REVIEW)
    return Card(
        [region_state(dossier, region) for region in dossier.regions],
        approval_lines(dossier) if working else [],
    )


def region_state(dossier: Dossier, region: CampaignRegion) -> RegionState:
    """Where one region stands, with its gate if it has one to pass."""
    campaign = dossier.campaign
    release = campaign.release if needs_gate(region, campaign) else region.release
    entry = region_entry(release, region)
    passes = needs_gate(region, campaign) and entry is not None
    return RegionState(region, gate(dossier, region) if passes else None, entry, release)
