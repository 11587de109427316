"""Who is entitled to a briefing, and in which language he gets it."""

from accounts.querysets import entitled

from accounts.enums import Audience
from accounts.models import Region, User
from briefings.models import Briefing, BriefingVersion
from campaigns.models import Campaign


def language_for(user: User, available: set[str], region: Region) -> str:
    """The language in which a person is briefed: his own if there is one, else the region's."""
    return user.language if user.language in available else region.language


def published_languages(briefing: Briefing) -> set[str]:
    """Languages published for the same region and audience, and the one of `briefing` itself."""
    siblings = Briefing.objects.filter(
        campaign_region=briefing.campaign_region_id, audience=briefing.audience, current__isnull=False
    )
    return {briefing.language, *siblings.values_list("language", flat=True)}


def recipients(briefing: Briefing) -> list[User]:
    """Entitled people who get this briefing rather than the same one in another language."""
    region = briefing.campaign_region.region
    available = published_languages(briefing)
    if region.language not in available:
        # Until the region's own language is out, this one is better than none.
        return list(entitled(Audience(briefing.audience), region))
    people = entitled(Audience(briefing.audience), region)
    return [user for user in people if language_for(user, available, region) == briefing.language]


def is_entitled(user_id: int, version: BriefingVersion) -> bool:
    """True if the person serves the audience and region of the version now, and it is still the current
    version of a campaign that has not been cancelled."""
    briefing = version.briefing
    if briefing.current_id != version.pk or is_over(briefing.campaign):
        return False
    region = briefing.campaign_region.region
    return entitled(Audience(briefing.audience), region).filter(pk=user_id).exists()


def is_over(campaign: Campaign) -> bool:
    """True once nobody needs to be told of the campaign any more."""
    return campaign.state in ("cancelled", "evaluated")
