"""How far the staff of a campaign have been told: counted in the database, the same for page and gate."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils import timezone

from accounts.enums import Audience
from accounts.models import Absence, Team, TeamMember, User
from briefings.models import Briefing, Clearance, Confirmation, Delivery
from briefings.querysets import holding
from campaigns.models import Campaign, CampaignRegion
from core.delivery.bounces import lost_rows
from core.delivery.states import OPEN, State


@dataclass
class AudienceStatus:
    """One audience in one region. `present` of the `entitled` people are not away today."""

    region: CampaignRegion
    audience: Audience
    briefings: list[Briefing] = field(default_factory=list)
    entitled: int = 0
    present: int = 0
    confirmed: int = 0
    unsettled: dict[str, int] = field(default_factory=dict)

    @property
    def missing(self) -> int:
        """How many people who are present have not confirmed."""
        return self.present - self.confirmed

    @property
    def share(self) -> Decimal:
        """Confirmed share of those present in percent, cut to one decimal; 0 when nobody is present."""
        if not self.present:
            return Decimal(0)
        return Decimal(self.confirmed * 1000 // self.present) / 10

    def reached(self, agreed: Decimal) -> bool:
        """True if at least `agreed` percent of those present have confirmed (exact, not rounded)."""
        return self.present > 0 and Decimal(self.confirmed) * 100 >= agreed * self.present

    @property
    def published(self) -> list[Briefing]:
        return [briefing for briefing in self.briefings if briefing.current_id]


def local_days(regions: Iterable[CampaignRegion]) -> dict[date, list[int]]:
    """The regions' ids (accounts.Region) by the date it is there now."""
    now, days = timezone.now(), {}
    for item in regions:
        day = now.astimezone(ZoneInfo(item.region.timezone)).date()
        days.setdefault(day, []).append(item.region_id)
    return days


def serving(region_ids: list[int]) -> QuerySet[TeamMember]:
    """Memberships of active people in active teams; joined with each region they serve."""
    return TeamMember.objects.filter(
        team__active=True, user__is_active=True, team__regions__in=region_ids
    ).order_by()


def _confirmation(campaign: Campaign) -> QuerySet[Confirmation]:
    """What covers a membership: its person confirmed for the team's audience and the region it serves."""
    return holding(
        user=OuterRef("user"),
        audience=OuterRef("team__audience"),
        version__briefing__campaign=campaign,
        version__briefing__campaign_region__region=OuterRef("team__regions"),
    )


def _count_people(campaign: Campaign, found: dict[tuple[int, str], AudienceStatus]) -> None:
    confirmed = Exists(_confirmation(campaign))
    for day, region_ids in local_days(status.region for status in found.values()).items():
        away = Exists(Absence.objects.covering(day).filter(user=OuterRef("user")))
        here = Q(away=False)
        counted = (
            serving(sorted(set(region_ids)))
            .annotate(away=away, confirmed=confirmed)
            .values("team__regions", "team__audience")
            .annotate(
                everybody=Count("user", distinct=True),
                present=Count("user", distinct=True, filter=here),
                done=Count("user", distinct=True, filter=here & Q(confirmed=True)),
            )
        )
        for row in counted:
            status = found[row["team__regions"], row["team__audience"]]
            status.entitled, status.present, status.confirmed = row["everybody"], row["present"], row["done"]


def still_to_tell(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Of `rows` those of current versions to people who neither confirmed nor were cleared by name."""
    confirmed = holding(
        user=OuterRef("user"),
        audience=OuterRef("version__briefing__audience"),
        version__briefing__campaign_region=OuterRef("version__briefing__campaign_region"),
    )
    cleared = Clearance.objects.filter(version=OuterRef("version"), user=OuterRef("user"))
    return rows.filter(~Exists(confirmed), ~Exists(cleared), version=F("version__briefing__current"))


def came_back() -> Q:
    """A message that counted as sent, and was returned or dropped later on: for everybody it has failed."""
    return Q(state=State.SENT, pk__in=lost_rows(Delivery))


def unsettled_deliveries(campaign: Campaign) -> QuerySet[Delivery]:
    """Messages open or returned, to people who have to be told; `shown` is the state to count them by."""
    rows = Delivery.objects.filter(Q(state__in=OPEN) | came_back(), version__briefing__campaign=campaign)
    shown = Case(When(state=State.SENT, then=Value(State.FAILED.value)), default=F("state"))
    return still_to_tell(rows).annotate(shown=shown)


def undecided(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Of `rows` those that wait for a person's decision: failed, uncertain or returned, and still of use."""
    trouble = Delivery.objects.in_trouble().exclude(state=State.WITHHELD).order_by().values("pk")
    known = trouble.union(lost_rows(Delivery).order_by(), all=True)
    open_states = [State.FAILED, State.UNCERTAIN, State.SENT]
    found = rows.filter(pk__in=known, state__in=open_states, user__is_active=True)
    return still_to_tell(found).filter(version__briefing__in=Briefing.objects.in_force())


def campaign_status(campaign: Campaign, regions: Iterable[CampaignRegion]) -> list[AudienceStatus]:
    """The state of all three audiences in each of `regions`; three queries, more only across date lines."""
    regions = list(regions)
    found = {
        (item.region_id, audience.value): AudienceStatus(item, audience)
        for item in regions
        for audience in Audience
    }
    if not found:
        return []
    for briefing in Briefing.objects.filter(campaign=campaign).select_related("current", "campaign_region"):
        status = found.get((briefing.campaign_region.region_id, briefing.audience))
        if status:
            status.briefings.append(briefing)
    _count_people(campaign, found)
    open_mails = (
        unsettled_deliveries(campaign)
        .order_by()
        .values("version__briefing__campaign_region__region", "version__briefing__audience", "shown")
        .annotate(n=Count("id"))
    )
    for region_id, audience, state, n in open_mails.values_list(
        "version__briefing__campaign_region__region", "version__briefing__audience", "shown", "n"
    ):
        if (region_id, audience) in found:
            found[region_id, audience].unsettled[state] = n
    return list(found.values())


@dataclass
class TeamGap:
    """How many present people of a team have not confirmed; `who` is its lead, else its deputy."""

    team: Team
    missing: int
    who: User | None


def gaps(campaign: Campaign, regions: Iterable[CampaignRegion]) -> dict[tuple[int, str], list[TeamGap]]:
    """Teams with people missing by (region, audience), the largest gap first; two queries as a rule."""
    counted: list[tuple[int, str, int, int]] = []
    for day, region_ids in local_days(regions).items():
        away = Absence.objects.covering(day).filter(user=OuterRef("user"))
        rows = serving(region_ids).filter(~Exists(away), ~Exists(_confirmation(campaign)))
        grouped = rows.values("team__regions", "team__audience", "team").annotate(
            n=Count("user", distinct=True)
        )
        counted += grouped.values_list("team__regions", "team__audience", "team", "n")
    teams = Team.objects.select_related("lead", "deputy").in_bulk({row[2] for row in counted})
    found: dict[tuple[int, str], list[TeamGap]] = {}
    for region, audience, team, number in sorted(counted, key=lambda row: (-row[3], row[2])):
        gap = TeamGap(teams[team], number, _here(teams[team].lead) or _here(teams[team].deputy))
        found.setdefault((region, audience), []).append(gap)
    return found


def _here(user: User | None) -> User | None:
    return user if user is not None and user.is_active else None


def missing_people(
    campaign: Campaign, regions: Iterable[CampaignRegion]
) -> dict[tuple[int, str], dict[str, list[User]]]:
    """Names of those present who have not confirmed, by (region, audience) and team; one query as a rule."""
    found: dict[tuple[int, str], dict[str, list[User]]] = {}
    for day, region_ids in local_days(regions).items():
        away = Absence.objects.covering(day).filter(user=OuterRef("user"))
        rows = serving(region_ids).filter(~Exists(away), ~Exists(_confirmation(campaign)))
        rows = rows.annotate(at=F("team__regions")).select_related("team", "user")
        for row in rows.order_by("team__name", "user__last_name", "user__first_name", "user"):
            place = found.setdefault((row.at, row.team.audience), {})
            place.setdefault(row.team.name, []).append(row.user)
    return found


@dataclass
class Told:
    """A member of a team: when he confirmed (None: not yet), and whether he is away today."""

    user: User
    confirmed_at: datetime | None
    away: bool


@dataclass
class TeamPeople:
    """A team's people, those who are missing first."""

    team: Team
    people: list[Told]

    @property
    def anchor(self) -> str:
        return str(self.team.pk)

    @property
    def missing(self) -> int:
        """How many present people have not confirmed."""
        return sum(one.confirmed_at is None and not one.away for one in self.people)

    @property
    def confirmed(self) -> int:
        """How many people have confirmed, present or not."""
        return sum(one.confirmed_at is not None for one in self.people)


def people_of_teams(briefing: Briefing, teams: Iterable[Team]) -> list[TeamPeople]:
    """Everybody of these teams with his confirmation of what holds now of the briefing (one query)."""
    zone = ZoneInfo(briefing.campaign_region.region.timezone)
    day = timezone.now().astimezone(zone).date()
    done = holding(
        audience=briefing.audience,
        user=OuterRef("user"),
        version__briefing__campaign_region=briefing.campaign_region_id,
    )
    members = (
        TeamMember.objects.filter(team__in=list(teams), user__is_active=True)
        .annotate(
            confirmed_at=Subquery(done.order_by("-at").values("at")[:1]),
            away=Exists(Absence.objects.covering(day).filter(user=OuterRef("user"))),
        )
        .select_related("user", "team")
    )
    found: dict[Team, list[Told]] = {team: [] for team in teams}
    for row in members.order_by("user__last_name", "user__first_name", "user"):
        found[row.team].append(Told(row.user, row.confirmed_at, row.away))
    for people in found.values():
        people.sort(key=lambda one: (one.confirmed_at is not None, one.away))
    return [TeamPeople(team, people) for team, people in found.items()]
