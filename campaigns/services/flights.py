"""Flights one by one: adding, moving, stretching, removing, their hours; and moving a whole campaign.

The calendar, the API and imports call these. Errors: StaleVersion when somebody changed the flight in
between, PlanLocked while the plan is approved or closed (a change is started first and goes round again),
PermissionDenied without the right, ValidationError by field ("starts_on", "ends_on", "dayparts").
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Flight
from campaigns.services.flight_rows import DAYS, Hours, hours_words, write_hours
from campaigns.services.plan_data import ChannelPlan, Period, Plan, RegionPlan, plan_of
from campaigns.services.plan_rules import PlanLocked, day, is_open, window
from campaigns.services.planning import update_plan
from campaigns.services.transitions import lock_campaign
from core import audit
from core.concurrency import StaleVersion

MOST_DAYPARTS = 12


@transaction.atomic
def add_flight(
    *, row: CampaignChannel, by: User, starts_on: date, ends_on: date, hours: Iterable[Hours] = ()
) -> Flight:
    """A new flight of a campaign's channel."""
    campaign = _open_campaign(row.campaign_id, by)
    flight = Flight(campaign_channel=row, starts_on=starts_on, ends_on=ends_on)
    _check(flight, campaign)
    flight.save()
    _write_hours(flight, hours)
    _record("flight.added", campaign, flight, by)
    return flight


@transaction.atomic
def move_flight(*, flight: Flight, by: User, starts_on: date, ends_on: date, expected: int) -> Flight:
    """Other days for a flight, by moving or stretching it. The same days again change nothing."""
    campaign, flight = _locked(flight, by, expected)
    if (flight.starts_on, flight.ends_on) == (starts_on, ends_on):
        return flight
    flight.starts_on, flight.ends_on = starts_on, ends_on
    _check(flight, campaign)
    flight.save_versioned(expected=expected, fields=DAYS)
    _record("flight.moved", campaign, flight, by)
    return flight


@transaction.atomic
def remove_flight(*, flight: Flight, by: User, expected: int) -> None:
    """Take a flight out of the plan."""
    campaign, flight = _locked(flight, by, expected)
    _record("flight.removed", campaign, flight, by)
    flight.delete()


@transaction.atomic
def set_hours(*, flight: Flight, by: User, hours: Iterable[Hours], expected: int) -> Flight:
    """The dayparts of a flight, all at once; none means the whole day."""
    campaign, flight = _locked(flight, by, expected)
    if _write_hours(flight, hours):
        flight.save_versioned(expected=expected, fields=())
        _record("flight.hours", campaign, flight, by)
    return flight


def move_campaign(
    *,
    campaign: Campaign,
    by: User,
    starts_on: date,
    ends_on: date,
    expected: int,
    regions: Mapping[int, Period] | None = None,
) -> Campaign:
    """Move or stretch a campaign.

    Moved as a whole, its regions and flights go with it. Stretched, regions that begin or end with the
    campaign follow its edge, and flights stay where they are. `regions` (days by region id) says where
    regions go instead: undoing puts them back exactly.
    """
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _before(starts_on)})
    fresh = Campaign.objects.get(pk=campaign.pk)
    plan = plan_of(fresh)
    wanted = moved(plan, starts_on, ends_on)
    if regions:
        wanted = replace(wanted, regions=tuple(_placed(row, regions) for row in wanted.regions))
    if (plan.starts_on, plan.ends_on) == (starts_on, ends_on) and fresh.version == expected:
        return fresh
    return _planned(fresh, by, plan, wanted, expected)


def move_region(
    *, region: CampaignRegion, by: User, starts_on: date, ends_on: date, expected: int
) -> CampaignRegion:
    """Move or stretch one region within its campaign, whose version is `expected`; all else stays."""
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _before(starts_on)})
    fresh = Campaign.objects.get(pk=region.campaign_id)
    plan = plan_of(fresh)
    days = {region.region_id: (starts_on, ends_on)}
    wanted = replace(plan, regions=tuple(_placed(row, days) for row in plan.regions))
    if wanted != plan or fresh.version != expected:
        fresh = _planned(fresh, by, plan, wanted, expected)
    found = fresh.regions.select_related("region").get(pk=region.pk)
    found.campaign = fresh
    return found


def _planned(fresh: Campaign, by: User, plan: Plan, wanted: Plan, expected: int) -> Campaign:
    """Save the plan; what is wrong stands at the first day, with the region or channel it is about."""
    try:
        return update_plan(campaign=fresh, by=by, plan=wanted, expected=expected)
    except PlanLocked:
        raise
    except ValidationError as error:
        raise ValidationError({"starts_on": list(_named(error, plan))}) from error


def moved(plan: Plan, starts_on: date, ends_on: date) -> Plan:
    """The plan with another period and what follows from it."""
    shift = starts_on - plan.starts_on
    if ends_on - plan.ends_on == shift:
        regions = tuple(_shifted_region(row, shift) for row in plan.regions)
        channels = tuple(_shifted_channel(row, shift) for row in plan.channels)
        return replace(plan, starts_on=starts_on, ends_on=ends_on, regions=regions, channels=channels)
    regions = tuple(
        replace(
            row,
            starts_on=starts_on if row.starts_on == plan.starts_on else row.starts_on,
            ends_on=ends_on if row.ends_on == plan.ends_on else row.ends_on,
        )
        for row in plan.regions
    )
    return replace(plan, starts_on=starts_on, ends_on=ends_on, regions=regions)


def _placed(row: RegionPlan, regions: Mapping[int, Period]) -> RegionPlan:
    first, last = regions.get(row.region.pk, (row.starts_on, row.ends_on))
    return replace(row, starts_on=first, ends_on=last)


def _shifted_region(row: RegionPlan, shift: timedelta) -> RegionPlan:
    return replace(row, starts_on=row.starts_on + shift, ends_on=row.ends_on + shift)


def _shifted_channel(row: ChannelPlan, shift: timedelta) -> ChannelPlan:
    return replace(row, flights=tuple((first + shift, last + shift) for first, last in row.flights))


def _named(error: ValidationError, plan: Plan) -> Iterable[str]:
    """The problems of a plan, each with the region or channel it is about."""
    names = {f"region.{row.region.pk}": str(row.region) for row in plan.regions}
    names |= {f"channel.{row.channel.pk}": str(row.channel) for row in plan.channels}
    places = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for place, problems in places.items():
        name = names.get(place.rpartition(".")[0])
        for problem in problems:
            params = {"name": name, "problem": problem}
            yield _("%(name)s: %(problem)s") % params if name else problem


def _open_campaign(pk: int, by: User) -> Campaign:
    campaign = lock_campaign(pk)
    if not can(by, "campaign.edit", campaign):
        raise PermissionDenied
    if not is_open(campaign):
        raise PlanLocked
    return campaign


def _locked(flight: Flight, by: User, expected: int) -> tuple[Campaign, Flight]:
    """The campaign, locked, and the flight as it is now; StaleVersion if it isn't what the person saw."""
    campaign = _open_campaign(flight.campaign_channel.campaign_id, by)
    now = Flight.objects.select_related("campaign_channel__channel").get(pk=flight.pk)
    if now.version != expected:
        raise StaleVersion(now)
    return campaign, now


def _before(starts_on: date) -> str:
    return _("The end is before the start on %(day)s.") % {"day": day(starts_on)}


def _check(flight: Flight, campaign: Campaign) -> None:
    """ValidationError at the field that is wrong."""
    if flight.ends_on < flight.starts_on:
        raise ValidationError({"ends_on": _before(flight.starts_on)})
    row = flight.campaign_channel
    periods = [(one.starts_on, one.ends_on) for one in row.regions.all()]
    first, last = window(row.channel, periods) if periods else (campaign.starts_on, campaign.ends_on)
    first, last = max(first, campaign.starts_on), min(last, campaign.ends_on)
    if flight.starts_on < first:
        words = _("The campaign is here only from %(day)s.") % {"day": day(first)}
        raise ValidationError({"starts_on": words})
    if flight.ends_on > last:
        raise ValidationError({"ends_on": _("The campaign is here only until %(day)s.") % {"day": day(last)}})
    others = row.flights.exclude(pk=flight.pk)
    meets = others.filter(starts_on__lte=flight.ends_on, ends_on__gte=flight.starts_on).first()
    if meets:
        params = {"channel": row.channel, "first": day(meets.starts_on), "last": day(meets.ends_on)}
        words = _("%(channel)s already has a flight from %(first)s to %(last)s.") % params
        raise ValidationError({"starts_on": words})


def _write_hours(flight: Flight, hours: Iterable[Hours]) -> bool:
    hours = list(hours)
    for one in hours:
        if one.begins == one.ends:
            raise ValidationError({"dayparts": _("A daypart needs a beginning and another end.")})
        if not one.weekdays:
            raise ValidationError({"dayparts": _("A daypart needs at least one weekday.")})
    if len(hours) > MOST_DAYPARTS:
        params = {"most": MOST_DAYPARTS}
        raise ValidationError({"dayparts": _("At most %(most)s dayparts are possible.") % params})
    return write_hours(flight, hours)


def _record(verb: str, campaign: Campaign, flight: Flight, by: User) -> None:
    """To the log; and whoever has the plan's form open must meet the change, so that its version grows."""
    now = timezone.now()
    Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1, changed_at=now)
    data = {name: str(getattr(flight, name)) for name in DAYS}
    if verb == "flight.hours":
        parts = flight.dayparts.order_by("begins", "ends", "weekdays")
        words = [hours_words(Hours(one.weekdays, one.begins, one.ends)) for one in parts]
        data = {"hours": "; ".join(words) or "–"}
    channel = str(flight.campaign_channel.channel)
    audit.record(by=by, verb=verb, scope=campaign, subject=flight, channel=channel, **data)
