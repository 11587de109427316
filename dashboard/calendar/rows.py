"""What the person may see of a period: campaigns, their regions and flights, read in a few plain queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q

from accounts.models import User
from campaigns.enums import Phase
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Flight
from campaigns.permissions import PLANS
from campaigns.services.plan_rules import OPEN_STATES
from campaigns.triggers import DURATION
from channels.models import Channel
from core import formats
from dashboard.calendar.chosen import MINE, Chosen
from dashboard.models import LoadRules

CAMPAIGN, FLIGHT, REGION = "c", "f", "r"


class Where(NamedTuple):
    """A region of a campaign with its days there."""

    region_id: int
    code: str
    first: date
    last: date
    running: str
    pk: int = 0


class ChannelSign(NamedTuple):
    """What is shown of a channel."""

    pk: int
    name: str
    icon: str


@dataclass(slots=True)
class Entry:
    """A campaign or a flight on the calendar. `first` and `last` are days, both included."""

    kind: str
    pk: int
    name: str
    first: date
    last: date
    version: int
    phase: str
    movable: bool
    campaign: "Entry | None" = None
    owner_id: int = 0
    owner: str = ""
    team_id: int | None = None
    channel: ChannelSign | None = None
    regions: list[Where] = field(default_factory=list)
    targets: list[int] = field(default_factory=list)
    flights: list["Entry"] = field(default_factory=list)
    clash: str = ""

    @property
    def key(self) -> str:
        """How the entry is called in addresses: `c12`, `f7`, or `r3` for a campaign in one region."""
        return f"{self.kind}{self.pk}"

    @property
    def opens(self) -> str:
        """The key of what its panel is about."""
        return self.campaign.key if self.kind == REGION and self.campaign else self.key

    @property
    def word(self) -> str:
        """The state in words."""
        return str(Phase(self.phase).label)

    @property
    def label(self) -> str:
        """What a list calls it."""
        return f"{self.name}: {self.campaign.name}" if self.kind == FLIGHT and self.campaign else self.name


@dataclass
class Rows:
    """The campaigns of a period, each with its flights in it. `total` are there before paging.

    `rules` are the limits from which on something is marked.
    """

    campaigns: list[Entry]
    total: int
    channels: dict[int, ChannelSign]
    rules: LoadRules

    @property
    def flights(self) -> list[Entry]:
        """All flights."""
        return [flight for campaign in self.campaigns for flight in campaign.flights]


def rows_of(chosen: Chosen, user: User, *, most: int | None = None) -> Rows:
    """Everything of the window that the filters leave, earliest first; `most` campaigns from `skip` on."""
    first, last = chosen.window
    found = campaigns_between(chosen, user, first, last)
    total = len(found)
    if most is not None:
        found = found[chosen.skip : chosen.skip + most]
    signs = channel_signs()
    campaigns = [_campaign(row) for row in found]
    by_pk = {entry.pk: entry for entry in campaigns}
    _add_regions(by_pk)
    _add_targets(by_pk)
    _set_movable(by_pk, {row[0]: row[2] for row in found}, user)
    if by_pk:
        _add_flights(by_pk, signs, chosen, first, last)
    return Rows(campaigns, total, signs, LoadRules.current())


COLUMNS = (
    "pk",
    "name",
    "state",
    "phase",
    "starts_on",
    "ends_on",
    "version",
    "owner_id",
    "owner__first_name",
    "owner__last_name",
    "owner__email",
    "owner__department_id",
)


def campaigns_between(chosen: Chosen, user: User, first: date, last: date) -> list[tuple[Any, ...]]:
    """The rows of campaigns that run in between, earliest first, then the longest."""
    found = _filtered(Campaign.objects.visible_to(user), chosen, user)
    found = since(found.filter(starts_on__lte=last, ends_on__gte=first), first)
    return list(found.order_by("starts_on", "-ends_on", "pk").values_list(*COLUMNS))


def since(found: Any, first: date) -> Any:
    """Of campaigns that are not over on `first`, says that they begin no earlier than the longest one lasts.

    So the index of first days ends the search; nothing is left out.
    """
    table = Campaign._meta.db_table
    return found.extra(where=[f"{table}.starts_on >= {_longest_before()}"], params=[first.isoformat()])


def _longest_before() -> str:
    """SQL for the day (a parameter) minus the days of the longest campaign; the index gives that at once."""
    longest = f"(SELECT MAX({DURATION[connection.vendor]}) FROM {Campaign._meta.db_table})"
    if connection.vendor == "sqlite":
        return f"date(%s, '-' || {longest} || ' days')"
    return f"(%s::date - {longest})"


def _filtered(found: Any, chosen: Chosen, user: User) -> Any:
    found = found.filter(phase=chosen.state) if chosen.state else found.exclude(phase=Phase.CANCELLED)
    if chosen.region:
        found = found.filter(pk__in=_having(CampaignRegion, region=chosen.region))
    if chosen.channel:
        found = found.filter(channels__channel=chosen.channel)
    if chosen.owner:
        found = found.filter(owner=user.pk if chosen.owner == MINE else int(chosen.owner))
    if chosen.team:
        found = found.filter(owner__department=chosen.team)
    if chosen.target:
        found = found.filter(target_groups=chosen.target)
    for word in chosen.text.split():
        # Upper case by Python for the letters that SQLite does not fold.
        found = found.filter(Q(name__icontains=word) | Q(name_upper__contains=word.upper()))
    return found


def _having(model: Any, **where: Any) -> Any:
    return model.objects.filter(**where).order_by().values("campaign")


def _campaign(row: tuple[Any, ...]) -> Entry:
    pk, name, _state, phase, first, last, version, owner_id, given, family, email, team = row
    owner = f"{given} {family}".strip() or email
    return Entry(
        CAMPAIGN, pk, name, first, last, version, phase, False, owner_id=owner_id, owner=owner, team_id=team
    )


def channel_signs() -> dict[int, ChannelSign]:
    """All channels in their order, in the reader's language."""
    name = "name_de" if formats.language() == "de" else "name_en"
    found = Channel.objects.order_by("position", "code").values_list("pk", name, "icon")
    return {pk: ChannelSign(pk, word, icon or "broadcast-pin") for pk, word, icon in found}


def _add_regions(campaigns: dict[int, Entry]) -> None:
    found = CampaignRegion.objects.filter(campaign__in=list(campaigns)).order_by("region__code")
    columns = ("campaign_id", "region_id", "region__code", "starts_on", "ends_on", "running", "pk")
    for pk, *where in found.values_list(*columns):
        campaigns[pk].regions.append(Where(*where))


def _add_targets(campaigns: dict[int, Entry]) -> None:
    through = Campaign.target_groups.through.objects.filter(campaign__in=list(campaigns))
    for pk, target in through.order_by("targetgroup_id").values_list("campaign_id", "targetgroup_id"):
        campaigns[pk].targets.append(target)


def _set_movable(campaigns: dict[int, Entry], states: dict[int, str], user: User) -> None:
    """Rule campaign.edit for all rows at once; closed and approved plans are not moved."""
    planned = user.rights.regions(*PLANS)
    owns = user.rights.has(*PLANS)
    for pk, entry in campaigns.items():
        if states[pk] not in OPEN_STATES or not user.is_active:
            continue
        entry.movable = (
            planned is None
            or (owns and entry.owner_id == user.pk)
            or any(where.region_id in planned for where in entry.regions)
        )


def _add_flights(
    campaigns: dict[int, Entry], signs: dict[int, ChannelSign], chosen: Chosen, first: date, last: date
) -> None:
    found = Flight.objects.filter(
        campaign_channel__campaign__in=list(campaigns), starts_on__lte=last, ends_on__gte=first
    )
    if chosen.channel:
        found = found.filter(campaign_channel__channel=chosen.channel)
    columns = (
        "pk",
        "campaign_channel_id",
        "campaign_channel__campaign_id",
        "campaign_channel__channel_id",
        "starts_on",
        "ends_on",
        "version",
    )
    reach = _reach(list(campaigns))
    for pk, row, campaign_id, channel_id, starts_on, ends_on, version in found.order_by(
        "starts_on", "pk"
    ).values_list(*columns):
        parent, sign = campaigns[campaign_id], signs[channel_id]
        carried = reach.get(row)
        parent.flights.append(
            Entry(
                FLIGHT,
                pk,
                sign.name,
                starts_on,
                ends_on,
                version,
                parent.phase,
                parent.movable,
                campaign=parent,
                owner_id=parent.owner_id,
                owner=parent.owner,
                team_id=parent.team_id,
                channel=sign,
                regions=[one for one in parent.regions if one.region_id in carried]
                if carried
                else parent.regions,
                targets=parent.targets,
            )
        )


def _reach(campaigns: list[int]) -> dict[int, set[int]]:
    """The regions of channels, by the campaign's channel."""
    found: dict[int, set[int]] = defaultdict(set)
    through = CampaignChannel.regions.through.objects.filter(campaignchannel__campaign__in=campaigns)
    for pk, region in through.values_list("campaignchannel_id", "campaignregion__region_id"):
        found[pk].add(region)
    return found


def by_region(campaigns: Iterable[Entry]) -> dict[str, list[tuple[Entry, Where]]]:
    """Campaigns by the code of their regions, each with its days there."""
    found: dict[str, list[tuple[Entry, Where]]] = defaultdict(list)
    for campaign in campaigns:
        for where in campaign.regions:
            found[where.code].append((campaign, where))
    return dict(sorted(found.items()))
