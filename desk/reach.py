"""Whose offers a person sees at the desk: those of the regions he plans for, or that his teams serve."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Region, Team, User
from accounts.permissions import ACCESS
from accounts.rights import PLANNERS
from briefings.models import InboxItem
from campaigns.enums import Running
from campaigns.models import CampaignRegion
from campaigns.querysets import IDLE


def may_open(user: User) -> bool:
    """True for whom the desk opens at all."""
    return ACCESS["desk:now"].may_see(user.rights.roles)


def plans_in(user: User, region_id: int) -> bool:
    """True if the person plans campaigns in the region, and so sees what is coming unasked."""
    return user.rights.has_in(region_id, *PLANNERS)


def regions_for(user: User) -> QuerySet[Region]:
    """The person's regions by code: of his roles in planning, and served by active teams he belongs to."""
    planned = user.rights.regions(*PLANNERS)
    regions = Region.objects.filter(active=True).order_by("code")
    if planned is None:
        return regions
    served = Team.objects.of(user).filter(active=True).values("regions")
    return regions.filter(Q(pk__in=planned) | Q(pk__in=served))


def visible_to(user: User) -> QuerySet[CampaignRegion]:
    """What the person may look at: what was ever launched in his regions, and what is coming there.

    Coming ones only where he plans, or where a briefing has been published to him (and not withdrawn).
    """
    return in_regions(user).filter(Q(launch__isnull=False) | _coming(user))


def launched(user: User) -> QuerySet[CampaignRegion]:
    """Of these what was launched; cheaper to ask for by itself."""
    return in_regions(user).filter(launch__isnull=False)


def coming(user: User) -> QuerySet[CampaignRegion]:
    """Of these what is coming."""
    return in_regions(user).filter(_coming(user), launch__isnull=True)


def in_regions(user: User) -> QuerySet[CampaignRegion]:
    return CampaignRegion.objects.filter(region__in=regions_for(user).order_by().values("pk"))


def _coming(user: User) -> Q:
    coming = Q(running=Running.WAITING, campaign__release__isnull=False) & ~Q(campaign__state__in=IDLE)
    planned = user.rights.regions(*PLANNERS)
    if planned is not None:
        told = InboxItem.objects.of(user).filter(version__briefing__campaign_region=OuterRef("pk"))
        coming &= Q(region__in=planned) | Q(Exists(told))
    return coming
