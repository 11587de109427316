"""The rows of week, month by group and timeline: which there are and what stands in each."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import Department
from campaigns.enums import Running
from dashboard.calendar.chosen import CAMPAIGN, CHANNEL, REGION, Chosen
from dashboard.calendar.layout import ROW_LANES, Piece, Span, placed, span
from dashboard.calendar.rows import REGION as REGION_KIND
from dashboard.calendar.rows import ChannelSign, Entry, Rows, Where, by_region

# With more campaigns than this, their flights are drawn only when asked for.
FEW = 40


@dataclass
class Row:
    """One row: a head and bars. `sub` belongs to the row above it; `hidden` bars found no lane."""

    key: str
    label: str
    pieces: list[Piece]
    hidden: int = 0
    sub: bool = False
    channel: ChannelSign | None = None
    open_key: str = ""


def rows_for(chosen: Chosen, rows: Rows) -> list[Row]:
    """Rows of the chosen grouping, in order."""
    first, last = chosen.window
    if chosen.by == CAMPAIGN:
        return _by_campaign(chosen, rows, first, last)
    if chosen.by == CHANNEL:
        groups = _by_channel(rows)
    elif chosen.by == REGION:
        groups = _by_region(rows)
    else:
        groups = _by_team(rows)
    found = []
    for key, label, sign, spans in groups:
        pieces, hidden = placed(spans, first, last, ROW_LANES)
        found.append(Row(key, label, pieces, hidden, channel=sign))
    return found


def draws_flights(chosen: Chosen, rows: Rows) -> bool:
    """Whether flights have rows of their own below their campaign."""
    return chosen.show == "flights" or (not chosen.show and len(rows.campaigns) <= FEW)


def _by_campaign(chosen: Chosen, rows: Rows, first: date, last: date) -> list[Row]:
    found, flights = [], draws_flights(chosen, rows)
    for campaign in rows.campaigns:
        pieces, _hidden = placed([span(campaign)], first, last, 1)
        found.append(Row(campaign.key, campaign.name, pieces, open_key=campaign.key))
        if flights:
            found += _channel_rows(campaign, rows, first, last)
    return found


def _channel_rows(campaign: Entry, rows: Rows, first: date, last: date) -> list[Row]:
    grouped: dict[int, list[Entry]] = defaultdict(list)
    for flight in campaign.flights:
        grouped[flight.channel.pk].append(flight)
    found = []
    for pk, sign in rows.channels.items():
        if pk in grouped:
            pieces, hidden = placed(map(span, grouped[pk]), first, last, ROW_LANES)
            found.append(Row(f"{campaign.key}-{pk}", sign.name, pieces, hidden, sub=True, channel=sign))
    return found


Group = tuple[str, str, ChannelSign | None, list[Span]]


def _by_channel(rows: Rows) -> list[Group]:
    """Flights in the row of their channel, each with its campaign's name."""
    grouped: dict[int, list[Span]] = defaultdict(list)
    for flight in rows.flights:
        one = span(flight)._replace(text=flight.campaign.name)
        grouped[flight.channel.pk].append(one)
    return [(f"ch{pk}", sign.name, sign, grouped[pk]) for pk, sign in rows.channels.items() if pk in grouped]


def _by_region(rows: Rows) -> list[Group]:
    """Campaigns in the rows of their regions with the days they run there, moved by themselves."""
    found = []
    for code, campaigns in by_region(rows.campaigns).items():
        spans = [span(_in_region(campaign, where)) for campaign, where in campaigns]
        found.append((f"re{code}", code, None, sorted(spans, key=lambda one: one.first)))
    return found


def _in_region(campaign: Entry, where: Where) -> Entry:
    """The campaign with its days in one region, in the state it has there where that says more."""
    phase = campaign.phase if where.running == Running.WAITING else where.running
    days = {"first": where.first, "last": where.last}
    return replace(campaign, kind=REGION_KIND, pk=where.pk, campaign=campaign, phase=phase, **days)


def _by_team(rows: Rows) -> list[Group]:
    """Campaigns in the row of their owner's department."""
    grouped: dict[int | None, list[Span]] = defaultdict(list)
    for campaign in rows.campaigns:
        grouped[campaign.team_id].append(span(campaign))
    names = {team.pk: team.name for team in Department.objects.filter(pk__in=[pk for pk in grouped if pk])}
    ordered = sorted(grouped, key=lambda pk: (pk is None, names.get(pk, "").casefold()))
    return [(f"te{pk or 0}", names.get(pk) or _("No team"), None, grouped[pk]) for pk in ordered]
