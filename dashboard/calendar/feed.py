"""A person's campaigns and flights as iCalendar (RFC 5545), for programs that ask again and again.

Campaigns and flights are events of whole days: DTEND is the day after the last one. A flight's dayparts are
events with hours that repeat weekly until its end, in the time of the regions that it reaches (one event for
regions whose clocks agree). UIDs never change; SEQUENCE counts what the log knows of the campaign, so that it
grows with every change; what was cancelled or removed stays for a while as CANCELLED. The same records give
the same bytes.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Max
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vRecur

from accounts.models import User
from campaigns.enums import Phase
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Flight, FlightRemoval
from campaigns.services.flight_rows import Hours, hours_of
from core.audit import scope_of
from core.emails import absolute
from core.models import AuditEvent
from dashboard.calendar.rows import ChannelSign, channel_signs

# What lies further back or ahead is not in the feed.
BEHIND, AHEAD = timedelta(days=90), timedelta(days=550)
GONE_FOR = timedelta(days=60)
DAY = timedelta(days=1)
TENTATIVE = (Phase.DRAFT, Phase.IN_REVIEW)
BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Known(NamedTuple):
    """How often a campaign was changed and when last."""

    changes: int
    at: datetime


class Zone(NamedTuple):
    """A time zone and the codes of the regions that live by it."""

    name: str
    codes: str
    alone: bool


def feed_for(user: User, now: datetime) -> bytes:
    """The feed of everything that the person may see, in his language."""
    with translation.override(user.language or "en"):
        return Feed(user, now).calendar().to_ical()


class Feed:
    """Reads all records in a few queries, then writes events."""

    def __init__(self, user: User, now: datetime) -> None:
        self.now = now
        first, last = now.date() - BEHIND, now.date() + AHEAD
        found = Campaign.objects.visible_to(user).filter(starts_on__lte=last, ends_on__gte=first)
        self.campaigns = {one.pk: one for one in found.select_related("owner").order_by("starts_on", "pk")}
        self.known = self._known()
        self.signs = channel_signs()
        self.regions = defaultdict(list)
        regions = CampaignRegion.objects.filter(campaign__in=list(self.campaigns)).select_related("region")
        for row in regions.order_by("region__code"):
            self.regions[row.campaign_id].append(row.region)
        self.flights = self._flights(first, last)
        self.reach = self._reach()

    def _known(self) -> dict[int, Known]:
        scopes = {scope_of(one): one for one in self.campaigns.values()}
        counted = AuditEvent.objects.filter(scope__in=list(scopes)).order_by().values_list("scope")
        found = {
            scopes[scope].pk: Known(count, at)
            for scope, count, at in counted.annotate(Count("pk"), Max("at"))
        }
        return {pk: found.get(pk, Known(0, one.changed_at)) for pk, one in self.campaigns.items()}

    def _flights(self, first: date, last: date) -> list[Flight]:
        found = Flight.objects.filter(
            campaign_channel__campaign__in=list(self.campaigns), starts_on__lte=last, ends_on__gte=first
        )
        related = found.select_related("campaign_channel").prefetch_related("dayparts")
        return list(related.order_by("starts_on", "pk"))

    def _reach(self) -> dict[int, list[Any]]:
        """The regions of each channel that has flights with hours."""
        rows = {one.campaign_channel_id for one in self.flights if one.dayparts.all()}
        found: dict[int, list[Any]] = defaultdict(list)
        through = CampaignChannel.regions.through.objects.filter(campaignchannel__in=rows)
        for link in through.select_related("campaignregion__region").order_by("campaignregion__region__code"):
            found[link.campaignchannel_id].append(link.campaignregion.region)
        return found

    def calendar(self) -> Calendar:
        """All events, with the time zones that they use."""
        made = Calendar()
        made.add("prodid", "-//Einklang//Calendar//EN")
        made.add("version", "2.0")
        made.add("calscale", "GREGORIAN")
        made.add("x-wr-calname", "Einklang")
        made.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
        for event in self._events():
            made.add_component(event)
        made.add_missing_timezones()
        return made

    def _events(self) -> Iterator[Event]:
        for campaign in self.campaigns.values():
            if campaign.phase != Phase.CANCELLED or self._is_recent(self.known[campaign.pk].at):
                yield self._campaign(campaign)
        for flight in self.flights:
            campaign = self.campaigns[flight.campaign_channel.campaign_id]
            if campaign.phase == Phase.CANCELLED and not self._is_recent(self.known[campaign.pk].at):
                continue
            yield self._flight(flight, campaign)
            for number, hours in enumerate(hours_of(flight), start=1):
                yield from self._hours(flight, campaign, hours, number)
        yield from self._removed()

    def _is_recent(self, at: datetime) -> bool:
        return self.now - at < GONE_FOR

    def _event(self, uid: str, campaign: Campaign, summary: str, first: date, last: date) -> Event:
        """An event of whole days."""
        known = self.known[campaign.pk]
        made = Event()
        made.add("uid", f"{uid}@einklang")
        made.add("summary", summary)
        made.add("dtstart", first)
        made.add("dtend", last + DAY)
        # Of a published calendar, the stamp is the last revision.
        made.add("dtstamp", known.at.astimezone(UTC))
        made.add("last-modified", known.at.astimezone(UTC))
        made.add("sequence", known.changes)
        made.add("status", _status(campaign.phase))
        made.add("transp", "TRANSPARENT")
        made.add("url", absolute(campaign.get_absolute_url()))
        return made

    def _campaign(self, campaign: Campaign) -> Event:
        made = self._event(
            _campaign_uid(campaign), campaign, campaign.name, campaign.starts_on, campaign.ends_on
        )
        codes = " · ".join(region.code for region in self.regions[campaign.pk])
        made.add("description", self._about(campaign, codes))
        made.add("categories", [_("Campaign")])
        return made

    @staticmethod
    def _about(campaign: Campaign, codes: str) -> str:
        params = {"state": Phase(campaign.phase).label, "owner": campaign.owner, "regions": codes or "–"}
        return _("State: %(state)s\nOwner: %(owner)s\nRegions: %(regions)s") % params

    def _flight(self, flight: Flight, campaign: Campaign) -> Event:
        sign = self.signs[flight.campaign_channel.channel_id]
        made = self._event(
            _flight_uid(flight.pk, campaign),
            campaign,
            _summary(sign, campaign),
            flight.starts_on,
            flight.ends_on,
        )
        made.add("description", _("State: %(state)s") % {"state": Phase(campaign.phase).label})
        made.add("categories", [_("Flight")])
        return made

    def _hours(self, flight: Flight, campaign: Campaign, hours: Hours, number: int) -> Iterator[Event]:
        """One daypart, once for all regions whose clocks agree."""
        begin = next(
            (day for day in _days(flight.starts_on, flight.ends_on) if hours.weekdays >> day.weekday() & 1),
            None,
        )
        if begin is None:
            return
        sign = self.signs[flight.campaign_channel.channel_id]
        for zone in zones_of(self.reach[flight.campaign_channel_id], flight):
            place = ZoneInfo(zone.name)
            made = self._event(
                f"{_flight_uid(flight.pk, campaign)}-{number}-{zone.codes.replace(' ', '-')}",
                campaign,
                _summary(sign, campaign) if zone.alone else f"{_summary(sign, campaign)} ({zone.codes})",
                begin,
                begin,
            )
            del made["DTSTART"], made["DTEND"]
            ends_on = begin if hours.ends > hours.begins else begin + DAY
            made.add("dtstart", datetime.combine(begin, hours.begins, place))
            made.add("dtend", datetime.combine(ends_on, hours.ends, place))
            until = datetime.combine(flight.ends_on, time(23, 59, 59), place).astimezone(UTC)
            days = [BYDAY[day] for day in range(7) if hours.weekdays >> day & 1]
            made.add("rrule", vRecur({"FREQ": "WEEKLY", "UNTIL": until, "BYDAY": days}))
            made.add("categories", [_("Daypart")])
            yield made

    def _removed(self) -> Iterator[Event]:
        """Flights that are no more, so that programs take them out."""
        found = FlightRemoval.objects.filter(
            campaign__in=list(self.campaigns), removed_at__gt=self.now - GONE_FOR
        )
        there = {flight.pk for flight in self.flights}
        for gone in found.order_by("pk"):
            if gone.flight_id in there:
                continue
            campaign, sign = self.campaigns[gone.campaign_id], self.signs.get(gone.channel_id)
            made = self._event(
                _flight_uid(gone.flight_id, campaign),
                campaign,
                _summary(sign, campaign) if sign else campaign.name,
                gone.starts_on,
                gone.ends_on,
            )
            del made["STATUS"]
            made.add("status", "CANCELLED")
            yield made


def zones_of(regions: list[Any], flight: Flight) -> list[Zone]:
    """The zones of a flight's hours; regions whose clocks agree on its first and last day share one."""
    alike: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for region in regions:
        zone = ZoneInfo(region.timezone)
        noons = (datetime.combine(day, time(12), zone) for day in (flight.starts_on, flight.ends_on))
        alike[tuple(noon.utcoffset() for noon in noons)].append(region)
    return [
        Zone(found[0].timezone, " ".join(region.code for region in found), len(alike) == 1)
        for found in alike.values()
    ]


def _campaign_uid(campaign: Campaign) -> str:
    return f"campaign-{campaign.submission}"


def _flight_uid(pk: int, campaign: Campaign) -> str:
    return f"flight-{pk}-{campaign.submission}"


def _summary(sign: ChannelSign, campaign: Campaign) -> str:
    return _("%(channel)s: %(campaign)s") % {"channel": sign.name, "campaign": campaign.name}


def _status(phase: str) -> str:
    if phase == Phase.CANCELLED:
        return "CANCELLED"
    return "TENTATIVE" if phase in TENTATIVE else "CONFIRMED"


def _days(first: date, last: date) -> Iterator[date]:
    """At most the first seven days: one of each weekday."""
    return (first + timedelta(days=at) for at in range(min((last - first).days + 1, 7)))
