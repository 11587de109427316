"""Builders: the desk and Home."""

from uuid import uuid4

from briefings.services.asking import ask
from tests.authorization.objects import FRONT, Place, Target, builds, plain
from tests.authorization.planning import campaign_in
from tests.factories import CampaignFactory, TeamFactory, UserFactory, marketer
from tests.factories.lifecycle import fix_release, run_region

plain("desk:now", "desk:questions", "briefings:asked", "home", "home_waiting", "nav_badges")


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


@builds("desk:ask")
def asking(place: Place) -> Target:
    """A question about a live offer that the person reaches as in desk:offer."""
    row = offer(place).kwargs["pk"]
    data = {"said": "Is it washable?", "offer": row, "submission": str(uuid4()), "region": place.region.pk}
    return Target({}, data, query=f"?offer={row}")


@builds("briefings:asked_question", "briefings:asked_assign")
def asked(place: Place) -> Target:
    """A question about a campaign that runs in the place's region, from somebody else."""
    campaign = campaign_in(place)
    question = ask(
        by=UserFactory(), region=place.region, said="Is it washable?", submission=uuid4(), campaign=campaign
    )
    return Target({"pk": question.pk}, {"outcome": "decline", "reason": "A secret", "campaign": campaign.pk})
