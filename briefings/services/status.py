"""How far the staff of a campaign have been told: counted in the database, the same for page and gate."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import Audience
from accounts.models import Absence, TeamMember
from briefings.models import Briefing, Clearance, Confirmation, Delivery
from campaigns.models import Campaign, CampaignRegion
from core.delivery.states import OPEN


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


def holding(campaign: Campaign, *, user: str, audience: str, region: str) -> QuerySet[Confirmation]:
    """Confirmations that count now, for the OuterRef paths of person, audience and region."""
    return Confirmation.objects.filter(
        user=OuterRef(user),
        version__briefing__campaign=campaign,
        version__briefing__audience=OuterRef(audience),
        version__briefing__campaign_region__region=OuterRef(region),
        version__number__gte=F("version__briefing__current__asks_from"),
    )


def _count_people(campaign: Campaign, found: dict[tuple[int, str], AudienceStatus]) -> None:
    confirmed = Exists(holding(campaign, user="user", audience="team__audience", region="team__regions"))
    for day, region_ids in local_days(status.region for status in found.values()).items():
        away = Exists(Absence.objects.filter(user=OuterRef("user"), starts_on__lte=day, ends_on__gte=day))
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


def unsettled_deliveries(campaign: Campaign) -> QuerySet[Delivery]:
    """Mails of current versions that are open, to people who neither confirmed nor were cleared by name."""
    confirmed = holding(
        campaign,
        user="user",
        audience="version__briefing__audience",
        region="version__briefing__campaign_region__region",
    )
    cleared = Clearance.objects.filter(version=OuterRef("version"), user=OuterRef("user"))
    return Delivery.objects.filter(
        ~Exists(confirmed),
        ~Exists(cleared),
        state__in=OPEN,
        version__briefing__campaign=campaign,
        version=F("version__briefing__current"),
    )


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
        .values("version__briefing__campaign_region__region", "version__briefing__audience", "state")
        .annotate(n=Count("id"))
    )
    for region_id, audience, state, n in open_mails.values_list(
        "version__briefing__campaign_region__region", "version__briefing__audience", "state", "n"
    ):
        if (region_id, audience) in found:
            found[region_id, audience].unsettled[state] = n
    return list(found.values())
