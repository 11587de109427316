"""Who is entitled to a briefing, and in which language he gets it."""

from collections.abc import Callable

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.enums import Audience
from accounts.models import Region, Team, TeamMember, User
from accounts.querysets import entitled
from briefings.models import Briefing, BriefingVersion, Delivery
from campaigns.enums import Running
from campaigns.models import Campaign
from campaigns.querysets import IDLE


def language_for(language: str, available: set[str], region: Region) -> str:
    """The language in which a person is briefed: his own if there is one, else the region's, else any."""
    if language in available:
        return language
    return region.language if region.language in available else min(available)


def published_languages(briefing: Briefing) -> set[str]:
    """Languages published for the same region and audience, and the one of `briefing` itself."""
    return {briefing.language, *siblings(briefing).values_list("language", flat=True)}


def siblings(briefing: Briefing) -> QuerySet[Briefing]:
    """Published briefings of the same audience and region in other languages."""
    same = Briefing.objects.filter(
        campaign_region=briefing.campaign_region_id, audience=briefing.audience, current__isnull=False
    )
    return same.exclude(pk=briefing.pk).order_by("pk")


def recipients(briefing: Briefing) -> list[User]:
    """Entitled people who get this briefing rather than the same one in another language."""
    served = _served(briefing)
    return [user for user in _entitled(briefing) if served(user.language)]


def recipient_ids(briefing: Briefing) -> list[int]:
    """The ids of `recipients`, without the people themselves."""
    served = _served(briefing)
    spoken = _entitled(briefing).order_by("pk").values_list("pk", "language")
    return [pk for pk, language in spoken if served(language)]


def _entitled(briefing: Briefing) -> QuerySet[User]:
    return entitled(Audience(briefing.audience), briefing.campaign_region.region)


def _served(briefing: Briefing) -> Callable[[str], bool]:
    """Whether this briefing, of all languages it is published in, serves those who speak a language."""
    region, available = briefing.campaign_region.region, published_languages(briefing)
    return lambda language: language_for(language, available, region) == briefing.language


def is_entitled(user_id: int, version: BriefingVersion) -> bool:
    """True if the person serves the audience and region of the version now, and it is still the current
    version of a campaign that has not ended there."""
    briefing = version.briefing
    if briefing.current_id != version.pk or is_over(briefing.campaign):
        return False
    if briefing.campaign_region.running == Running.FINISHED:
        return False
    region = briefing.campaign_region.region
    return entitled(Audience(briefing.audience), region).filter(pk=user_id).exists()


def still_entitled(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those of `deliveries` whose person may still get them: `is_entitled`, as a condition of the database.

    Asked by the engine with the row locked, immediately before the mail is handed over.
    """
    briefing = "version__briefing"
    serving = Team.objects.serving(
        OuterRef(f"{briefing}__audience"), OuterRef(f"{briefing}__campaign_region__region")
    )
    place = TeamMember.objects.filter(team=OuterRef("pk"), user=OuterRef(OuterRef("user")))
    person = OuterRef("user")
    mine = serving.filter(Q(lead=person) | Q(deputy=person) | Exists(place))
    current = deliveries.filter(version=F(f"{briefing}__current"), user__is_active=True)
    running = current.exclude(**{f"{briefing}__campaign__state__in": IDLE}).exclude(
        **{f"{briefing}__campaign_region__running": Running.FINISHED}
    )
    return running.filter(Exists(mine))


def is_over(campaign: Campaign) -> bool:
    """True once nobody needs to be told of the campaign any more."""
    return campaign.state in IDLE
