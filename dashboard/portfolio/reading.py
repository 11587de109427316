"""Reads what warnings and the load look at: every campaign of a time, in a few plain queries.

Warnings are the company's: they are judged over all campaigns, and each person is then shown those about
campaigns that he may open (portfolio/showing.py).
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from accounts.enums import Role
from accounts.models import RoleGrant, Team, User
from campaigns.enums import FactKind, Phase, Running
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Fact
from campaigns.models import Flight as FlightRow
from campaigns.services.plan_rules import OPEN_STATES
from channels.models import ChannelExpert
from dashboard.calendar.rows import since
from dashboard.conflicts import OVER
from dashboard.models import LoadRules
from dashboard.portfolio.facts import Booking, Crew, Flight, Limits, Offer, Planned, Stay, hull
from dashboard.portfolio.stepping import Room, World

COLUMNS = ("pk", "name", "phase", "state", "version", "starts_on", "ends_on", "owner_id", "goal_id")
OFFERED = (FactKind.PRODUCT, FactKind.PRICE, FactKind.DISCOUNT)


def world(first: date, last: date, today: date) -> World:
    """All campaigns between two days that are not over, with limits, teams and who has room."""
    running = Campaign.objects.exclude(phase__in=OVER)
    plans = plans_of(running, max(first, today), last)
    owners = (plan.owner for plan in plans)
    return World(plans, Limits.of(LoadRules.current()), crews(), today, room(owners))


def plans_of(campaigns: Any, first: date, last: date) -> list[Planned]:
    """Those of the campaigns (a query) that run between two days, with all that belongs to them."""
    found = since(campaigns.filter(starts_on__lte=last, ends_on__gte=first), first)
    rows = list(found.order_by("starts_on", "pk").values_list(*COLUMNS))
    return _complete(rows) if rows else []


def _complete(rows: list[tuple[Any, ...]]) -> list[Planned]:
    ids = [row[0] for row in rows]
    stays, started = _stays(ids)
    targets, (flights, bookings) = _targets(ids), _channels(ids, stays)
    offers = _offers(ids, stays)
    return [
        Planned(
            pk,
            name,
            first,
            last,
            phase,
            version,
            owner,
            goal,
            state in OPEN_STATES and pk not in started,
            tuple(stays[pk]),
            tuple(targets[pk]),
            tuple(flights[pk]),
            tuple(bookings[pk]),
            tuple(offers[pk]),
        )
        for pk, name, phase, state, version, first, last, owner, goal in rows
    ]


def _stays(ids: list[int]) -> tuple[dict[int, list[Stay]], set[int]]:
    """Regions by campaign, and the campaigns that have started somewhere."""
    found, started = defaultdict(list), set()
    columns = ("campaign_id", "running", "region_id", "region__code", "starts_on", "ends_on")
    rows = CampaignRegion.objects.filter(campaign__in=ids).order_by("region__code")
    for pk, running, *stay in rows.values_list(*columns):
        found[pk].append(Stay(*stay))
        if running != Running.WAITING:
            started.add(pk)
    return found, started


def _targets(ids: list[int]) -> dict[int, list[int]]:
    found = defaultdict(list)
    through = Campaign.target_groups.through.objects.filter(campaign__in=ids).order_by("targetgroup_id")
    for pk, target in through.values_list("campaign_id", "targetgroup_id"):
        found[pk].append(target)
    return found


Carried = tuple[dict[int, list[Flight]], dict[int, list[Booking]]]


def _channels(ids: list[int], stays: dict[int, list[Stay]]) -> Carried:
    """Flights and booked experts by campaign; without flights an expert is booked for the regions' days."""
    rows = list(
        CampaignChannel.objects.filter(campaign__in=ids)
        .order_by("campaign_id", "channel_id")
        .values_list("pk", "campaign_id", "channel_id", "expert_id")
    )
    reach, days = _reach(ids), _days(ids)
    flights, bookings = defaultdict(list), defaultdict(list)
    for pk, campaign, channel, expert in rows:
        carried = frozenset(reach[pk] or (stay.region for stay in stays[campaign]))
        flights[campaign] += [Flight(channel, carried, *one) for one in days[pk]]
        here = [(stay.first, stay.last) for stay in stays[campaign] if stay.region in carried]
        busy = hull(days[pk] or here)
        if expert and busy:
            bookings[campaign].append(Booking(expert, channel, *busy))
    return flights, bookings


def _reach(ids: list[int]) -> dict[int, set[int]]:
    """Regions by the campaign's channel."""
    found = defaultdict(set)
    through = CampaignChannel.regions.through.objects.filter(campaignchannel__campaign__in=ids)
    for pk, region in through.values_list("campaignchannel_id", "campaignregion__region_id"):
        found[pk].add(region)
    return found


def _days(ids: list[int]) -> dict[int, list[tuple[date, date]]]:
    """Days of flights by the campaign's channel."""
    found = defaultdict(list)
    rows = FlightRow.objects.filter(campaign_channel__campaign__in=ids).order_by("starts_on", "ends_on")
    for pk, *days in rows.values_list("campaign_channel_id", "starts_on", "ends_on"):
        found[pk].append(tuple(days))
    return found


def _offers(ids: list[int], stays: dict[int, list[Stay]]) -> dict[int, list[Offer]]:
    """What a campaign's facts say in each of its regions; only where it names a product."""
    facts: dict[int, list[Fact]] = defaultdict(list)
    named = Fact.objects.filter(campaign__in=ids, kind=FactKind.PRODUCT).order_by().values("campaign")
    rows = Fact.objects.filter(campaign__in=named, kind__in=OFFERED).prefetch_related("values")
    for fact in rows.filter(campaign__in=ids).order_by("position", "pk"):
        facts[fact.campaign_id].append(fact)
    found = defaultdict(list)
    for pk, own in facts.items():
        for region in sorted({stay.region for stay in stays[pk]}):
            said = [(fact, _said(fact, region)) for fact in own]
            terms = [_term(fact, value) for fact, value in said if fact.kind != FactKind.PRODUCT]
            kept = tuple(sorted(term for term in terms if term))
            for fact, value in said:
                if fact.kind == FactKind.PRODUCT and value.get("text", "").strip() and kept:
                    found[pk].append(Offer(region, value["text"].strip(), kept))
    return found


def _said(fact: Fact, region: int) -> dict[str, str]:
    by_region = {row.region_id: row.value for row in fact.values.all()}
    return by_region.get(region) or by_region.get(None) or {}


def _term(fact: Fact, value: dict[str, str]) -> tuple[str, str, str] | None:
    """Kind, token and figure; None for what is not filled in or cannot be read."""
    figure = value.get("amount" if fact.kind == FactKind.PRICE else "percent", "")
    try:
        plain = format(Decimal(figure).normalize(), "f")
    except (InvalidOperation, TypeError):
        return None
    kind = f"price {value.get('currency', '')}" if fact.kind == FactKind.PRICE else "discount"
    return kind, fact.key, plain


def crews() -> list[Crew]:
    """Teams in use with the regions that they serve (two queries)."""
    teams = Team.objects.filter(active=True).prefetch_related("regions").order_by("pk")
    return [Crew(team.pk, frozenset(region.pk for region in team.regions.all())) for team in teams]


def room(owners: Iterable[int]) -> Room:
    """Who answers for which channel where, and marketers of the owners' departments (3 queries)."""
    experts: dict[int, dict[int, set[int | None]]] = defaultdict(lambda: defaultdict(set))
    links = ChannelExpert.objects.filter(user__is_active=True).order_by("channel_id", "user_id")
    for channel, user, region in links.values_list("channel_id", "user_id", "region_id"):
        experts[channel][user].add(region)
    by_channel = {
        channel: [(user, None if None in where else frozenset(where)) for user, where in people.items()]
        for channel, people in experts.items()
    }
    return Room(by_channel, _colleagues(set(owners)))


def _colleagues(owners: set[int]) -> dict[int, list[int]]:
    """By owner: marketers of every region in the same department."""
    granted = RoleGrant.objects.filter(role=Role.MARKETER, region=None).values("user")
    people = User.objects.filter(is_active=True, department__isnull=False, pk__in=granted).order_by("pk")
    by_department = defaultdict(list)
    for pk, department in people.values_list("pk", "department_id"):
        by_department[department].append(pk)
    known = User.objects.filter(pk__in=owners).values_list("pk", "department_id")
    return {pk: [one for one in by_department[department] if one != pk] for pk, department in known}


def history(first: date, last: date) -> list[Planned]:
    """Every campaign between two days that was not cancelled, finished ones too: what the load counts."""
    return plans_of(Campaign.objects.exclude(phase=Phase.CANCELLED), first, last)
