"""What a plan says, as plain values: what forms, imports and the demo hand to campaigns.services.planning."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import Department, Region, User
from campaigns.models import Campaign, Goal
from channels.models import Channel
from customers.models import TargetGroup

if TYPE_CHECKING:
    from uuid import UUID

ZERO = Decimal("0.00")
Period = tuple[date, date]


@dataclass(frozen=True)
class RegionPlan:
    """A region with its first and last day (days in the region's zone)."""

    region: Region
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class ChannelPlan:
    """A channel; no regions named means all regions of the campaign. `amount` None leaves the allocation."""

    channel: Channel
    expert: User | None = None
    regions: tuple[Region, ...] = ()
    flights: tuple[Period, ...] = ()
    amount: Decimal | None = None


@dataclass(frozen=True)
class Plan:
    """A whole plan. Only name and period are needed. `proposed` and `currency` count until a budget round."""

    name: str
    starts_on: date
    ends_on: date
    owner: User | None = None
    goal: Goal | None = None
    theme: str = ""
    purpose: str = ""
    target_groups: tuple[TargetGroup, ...] = ()
    partners: tuple[Department, ...] = ()
    regions: tuple[RegionPlan, ...] = ()
    channels: tuple[ChannelPlan, ...] = ()
    currency: str = "EUR"
    proposed: Decimal | None = None
    submission: "UUID | None" = field(default=None, compare=False)

    def carried(self, channel: ChannelPlan) -> tuple[RegionPlan, ...]:
        """The regions that a channel carries."""
        wanted = {region.pk for region in channel.regions}
        return tuple(row for row in self.regions if not wanted or row.region.pk in wanted)


def region_plans(campaign: Campaign) -> tuple[RegionPlan, ...]:
    """The regions as they are planned now."""
    rows = campaign.regions.select_related("region")
    return tuple(RegionPlan(row.region, row.starts_on, row.ends_on) for row in rows)


def channel_plans(campaign: Campaign) -> tuple[ChannelPlan, ...]:
    """The channels as they are planned now."""
    rows = campaign.channels.select_related("channel", "expert", "allocation").prefetch_related(
        "flights", "regions__region"
    )
    return tuple(
        ChannelPlan(
            channel=row.channel,
            expert=row.expert,
            regions=tuple(carried.region for carried in row.regions.all()),
            flights=tuple((flight.starts_on, flight.ends_on) for flight in row.flights.all()),
            amount=row.allocation.amount if hasattr(row, "allocation") else ZERO,
        )
        for row in rows
    )


def plan_of(campaign: Campaign) -> Plan:
    """The plan as it stands."""
    invited = campaign.partners.filter(department__isnull=False)
    return Plan(
        name=campaign.name,
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
        owner=campaign.owner,
        goal=campaign.goal,
        theme=campaign.theme.title if campaign.theme else "",
        purpose=campaign.purpose,
        target_groups=tuple(campaign.target_groups.all()),
        partners=tuple(row.department for row in invited.select_related("department")),
        regions=region_plans(campaign),
        channels=channel_plans(campaign),
    )
