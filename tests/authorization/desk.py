"""Builders: the desk and Home."""

from tests.authorization.objects import FRONT, Place, Target, builds, plain
from tests.authorization.planning import campaign_in
from tests.factories import CampaignFactory, TeamFactory, marketer
from tests.factories.lifecycle import fix_release, run_region

plain("desk:now", "home", "home_waiting", "nav_badges")


@builds("desk:offer")
def offer(place: Place) -> Target:
    """A live offer; who talks to customers reaches it by a team that serves the region."""
    campaign = CampaignFactory(owner=marketer(), in_regions=[place.region])
    fix_release(campaign)
    row = run_region(campaign.regions.get())
    if place.mine and place.role in FRONT:
        TeamFactory(in_regions=[place.region], with_members=[place.user])
    return Target({"pk": row.pk})


@builds("home_readiness")
def readiness(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})
