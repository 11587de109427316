"""From a campaign's data file to its plan and the values of its facts."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from accounts.models import User
from campaigns.models import Campaign, Flight
from campaigns.services import flights, touchpoints
from campaigns.services.flight_rows import Hours
from campaigns.services.plan_data import ChannelPlan, Plan, RegionPlan
from dashboard.demo.company import Company

NAMESPACE = UUID("6f1d5c1e-3c0b-4c0e-9a55-0d3b7a3d2c10")
Row = dict[str, Any]


def submission(slug: str) -> UUID:
    """The form number by which a demo campaign is found again."""
    return uuid5(NAMESPACE, slug)


def plan_for(row: Row, company: Company, today: date) -> Plan:
    """The plan of a campaign's file."""
    regions = tuple(
        RegionPlan(company.regions[code], _day(today, first), _day(today, last))
        for code, (first, last) in row["regions"].items()
    )
    return Plan(
        name=row["name"],
        starts_on=min(region.starts_on for region in regions),
        ends_on=max(region.ends_on for region in regions),
        goal=company.goals[row["goal"]] if "goal" in row else None,
        theme=row.get("theme", ""),
        purpose=row.get("purpose", ""),
        target_groups=tuple(company.groups[key] for key in row.get("groups", [])),
        partners=tuple(company.departments[key] for key in row.get("partners", [])),
        regions=regions,
        channels=tuple(_channel(company, today, code, one) for code, one in row["channels"].items()),
        currency=row.get("currency", "EUR"),
        proposed=Decimal(row["proposed"]) if "proposed" in row else None,
        submission=submission(row["slug"]),
    )


def _day(today: date, offset: int) -> date:
    return today + timedelta(days=offset)


def _channel(company: Company, today: date, code: str, row: Row) -> ChannelPlan:
    return ChannelPlan(
        channel=company.channels[code],
        expert=company.people[row["expert"]] if "expert" in row else None,
        regions=tuple(company.regions[key] for key in row.get("regions", [])),
        flights=tuple((_day(today, first), _day(today, last)) for first, last in row.get("flights", [])),
        amount=Decimal(row["amount"]) if "amount" in row else None,
    )


def set_hours(campaign: Campaign, row: Row, by: User) -> None:
    """Dayparts of the channels whose file names `hours`: bits of weekdays (lowest is Monday), from, to."""
    for code, one in row["channels"].items():
        hours = [
            Hours(bits, time.fromisoformat(a), time.fromisoformat(b)) for bits, a, b in one.get("hours", [])
        ]
        for flight in Flight.objects.filter(campaign_channel__campaign=campaign) if hours else ():
            if flight.campaign_channel.channel.code == code:
                flights.set_hours(flight=flight, by=by, hours=hours, expected=flight.version)


def leave_out(campaign: Campaign, row: Row, company: Company, by: User) -> None:
    """Why the campaign does without the channels that its file names under `left_out`."""
    for code, reason in row.get("left_out", {}).items():
        channel = company.channels[code]
        touchpoints.leave_out(campaign=campaign, channel=channel, reason=reason, by=by, expected=0)


def fact_values(row: Row, company: Company, today: date) -> dict[int | None, dict[str, str]]:
    """A fact's values by region id; `value` counts everywhere else, a `day` is counted from today."""
    found = {None: row["value"]} if "value" in row else {}
    found |= {company.regions[code].pk: value for code, value in row.get("by_region", {}).items()}
    return {
        key: {"date": _day(today, value["day"]).isoformat()} if "day" in value else value
        for key, value in found.items()
    }
