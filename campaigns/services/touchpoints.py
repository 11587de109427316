"""Journey phases x touchpoints: what the target groups use, where the campaign is, where it is missing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.models import Campaign, CampaignChannel, Flight, LeftOut
from campaigns.services.dossier import Dossier
from campaigns.services.plan_rules import window
from campaigns.services.ranking import Rank, ranked
from campaigns.services.scenarios import experience
from campaigns.services.transitions import CLOSED
from channels.models import Channel, JourneyPhase
from core import audit
from core.concurrency import StaleVersion
from customers.enums import Level
from customers.models import ChannelUse, TargetGroup


@dataclass(frozen=True)
class Cell:
    """A touchpoint: how much it is used in a phase, by which of the groups most, and whether we are there."""

    phase: JourneyPhase
    level: Level | None
    groups: list[TargetGroup]
    present: bool
    reason: LeftOut | None

    @property
    def counts(self) -> bool:
        """Whether it is used often or first."""
        return self.level is not None and self.level >= Level.OFTEN

    @property
    def gap(self) -> bool:
        """Often used, and the campaign is absent without a reason."""
        return self.counts and not self.present and self.reason is None


@dataclass(frozen=True)
class Touchpoint:
    """A channel along the journey, with its part in the campaign."""

    channel: Channel
    cells: list[Cell]
    rank: Rank
    row: CampaignChannel | None
    reason: LeftOut | None
    outside: bool = False

    @property
    def present(self) -> bool:
        """Whether the campaign is there."""
        return self.row is not None

    @property
    def flights(self) -> list[Flight]:
        """The flights that the plan has."""
        return list(self.row.flights.all()) if self.row else []

    @property
    def missing(self) -> bool:
        """Whether the campaign is absent where it should not be without a reason."""
        return not self.present and self.reason is None and (self.rank.relevant or bool(self.gaps))

    @property
    def gaps(self) -> list[Cell]:
        """The cells that are often used and empty."""
        return [cell for cell in self.cells if cell.gap]

    @property
    def used(self) -> bool:
        """Whether anybody uses it at all, or the campaign is there."""
        return self.present or any(cell.level for cell in self.cells)


@dataclass
class TouchpointMap:
    """The map of a campaign for `chosen` of its target groups (all of them unless said); seven queries."""

    dossier: Dossier
    chosen: int | None = None
    groups: list[TargetGroup] = field(init=False)

    def __post_init__(self) -> None:
        self.all_groups = list(self.dossier.campaign.target_groups.all())
        picked = [group for group in self.all_groups if group.pk == self.chosen]
        self.groups = picked or self.all_groups

    @cached_property
    def phases(self) -> list[JourneyPhase]:
        """Phases in use, in order."""
        return list(JourneyPhase.objects.filter(active=True))

    @cached_property
    def channels(self) -> list[Channel]:
        """Active channels, and those that the campaign has."""
        own = [row.channel for row in self.dossier.channels]
        active = {channel.pk: channel for channel in Channel.objects.active()}
        found = active | {channel.pk: channel for channel in own}
        return sorted(found.values(), key=lambda channel: (channel.position, channel.code))

    @cached_property
    def uses(self) -> list[ChannelUse]:
        """What the groups use."""
        return list(ChannelUse.objects.filter(group__in=self.groups))

    @cached_property
    def touchpoints(self) -> list[Touchpoint]:
        """All channels, the best ranked first."""
        rows = {row.channel_id: row for row in self.dossier.channels}
        left = {one.channel_id: one for one in left_out(self.dossier.campaign)}
        budget = self.dossier.budget
        lines = [CampaignChannel(channel=channel) for channel in self.channels]
        earlier = experience(self.dossier.campaign, lines, budget.currency) if budget and self.groups else {}
        ranks = ranked(self.channels, self.groups, self.phases, self.uses, earlier)
        return [
            self._touchpoint(rank, rows.get(rank.channel.pk), left.get(rank.channel.pk)) for rank in ranks
        ]

    def _touchpoint(self, rank: Rank, row: CampaignChannel | None, reason: LeftOut | None) -> Touchpoint:
        reason = None if row else reason
        cells = [self._cell(rank.channel, phase, row is not None, reason) for phase in self.phases]
        return Touchpoint(rank.channel, cells, rank, row, reason, outside=row is not None and outside(row))

    def _cell(self, channel: Channel, phase: JourneyPhase, present: bool, reason: LeftOut | None) -> Cell:
        known = self._levels.get((channel.pk, phase.pk), {})
        if not known:
            return Cell(phase, None, [], present, reason)
        best = max(known.values())
        who = [group for group in self.groups if known.get(group.pk) == best]
        return Cell(phase, Level(best), who, present, reason)

    @cached_property
    def _levels(self) -> dict[tuple[int, int], dict[int, int]]:
        found: dict[tuple[int, int], dict[int, int]] = {}
        for one in self.uses:
            found.setdefault((one.channel_id, one.phase_id), {})[one.group_id] = one.level
        return found

    @property
    def measured(self) -> bool:
        """Whether results of earlier campaigns move any points."""
        return any(one.rank.measured for one in self.touchpoints)

    @property
    def shown(self) -> list[Touchpoint]:
        """What anybody uses, what the campaign has and what it leaves out."""
        return [one for one in self.touchpoints if one.used or one.reason]

    @property
    def unknown(self) -> list[Channel]:
        """All other channels, in the order of the catalogue."""
        shown = {one.channel.pk for one in self.shown}
        return [channel for channel in self.channels if channel.pk not in shown]

    @property
    def missing(self) -> list[Touchpoint]:
        """Where the campaign is missed, the most important first."""
        return [one for one in self.touchpoints if one.missing]

    @property
    def excused(self) -> list[Touchpoint]:
        """What is left out with a reason."""
        return [one for one in self.touchpoints if one.reason]

    @property
    def by_phase(self) -> list[tuple[JourneyPhase, list[tuple[Touchpoint, Cell]], int]]:
        """For each phase what is used there, gaps first, and how many they are: the map on a phone."""
        found = []
        for place, phase in enumerate(self.phases):
            pairs = [(one, one.cells[place]) for one in self.touchpoints]
            shown = [pair for pair in pairs if pair[1].level or pair[0].present]
            order = sorted(shown, key=lambda pair: (not pair[1].gap, -(pair[1].level or 0)))
            found.append((phase, order, sum(cell.gap for _one, cell in shown)))
        return found


def outside(row: CampaignChannel) -> bool:
    """Whether a flight lies outside the period of the regions that the channel carries."""
    regions = [(region.starts_on, region.ends_on) for region in row.regions.all()]
    if not regions:
        return False
    first, last = window(row.channel, regions)
    return any(flight.starts_on < first or flight.ends_on > last for flight in row.flights.all())


def left_out(campaign: Campaign) -> Iterable[LeftOut]:
    """The channels that the campaign does without, with their reasons (one query)."""
    return LeftOut.objects.filter(campaign=campaign).select_related("channel", "by")


@transaction.atomic
def leave_out(*, campaign: Campaign, channel: Channel, reason: str, by: User, expected: int) -> LeftOut:
    """Say why the campaign does without a channel; a reason that is there is changed.

    `expected` is the version that the person saw, 0 for none. PermissionDenied without the right to plan,
    StaleVersion if somebody else gave a reason in between, ValidationError at "reason".
    """
    if not can(by, "campaign.edit", campaign):
        raise PermissionDenied
    Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    _check(campaign, channel, reason)
    found = LeftOut.objects.filter(campaign=campaign, channel=channel).first()
    if found is None:
        found = _first(campaign, channel, reason, by)
    else:
        found.reason, found.by = reason, by
        found.save_versioned(expected=expected, fields=("reason", "by"))
    words = {"channel": str(channel), "reason": reason}
    audit.record(by=by, verb="channel.left_out", scope=campaign, subject=channel, **words)
    return found


def _check(campaign: Campaign, channel: Channel, reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": [_("Please say why the campaign does without it.")]})
    if campaign.state in CLOSED:
        raise ValidationError({"reason": [_("The campaign is closed; nothing is changed any more.")]})
    if campaign.channels.filter(channel=channel).exists():
        raise ValidationError(
            {"reason": [_("%(channel)s is part of the plan by now.") % {"channel": channel}]}
        )


def _first(campaign: Campaign, channel: Channel, reason: str, by: User) -> LeftOut:
    try:
        with transaction.atomic():
            return LeftOut.objects.create(campaign=campaign, channel=channel, reason=reason, by=by)
    except IntegrityError as error:
        raise StaleVersion(LeftOut.objects.get(campaign=campaign, channel=channel)) from error
