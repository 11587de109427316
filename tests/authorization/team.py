"""Builders: the team of a campaign, what partners are asked and what they are told of."""

from accounts.enums import Role
from campaigns.models import Campaign, Contribution
from tests.authorization.objects import FRONT, Place, Target, builds
from tests.authorization.planning import campaign_in
from tests.factories import UserFactory, marketer

PARTNERS = (Role.PARTNER, *FRONT)
NOT_PLANNING = (Role.EXPERT, Role.REVIEWER, *PARTNERS)


@builds("campaigns:team")
def team(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


@builds("campaigns:team_invite")
def team_invite(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk}, post=200, forbidden=NOT_PLANNING)


@builds("campaigns:team_leave")
def team_leave(place: Place) -> Target:
    campaign = campaign_in(place)
    row = campaign.partners.create(person=UserFactory())
    return Target({"pk": campaign.pk, "partner_pk": row.pk}, forbidden=NOT_PLANNING)


@builds("campaigns:team_say")
def team_say(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk, "kind": "ask"}, post=200, forbidden=NOT_PLANNING)


def note_in(campaign: Campaign) -> Contribution:
    """A contribution of somebody else's."""
    by = marketer()
    return Contribution.objects.create(
        campaign=campaign, kind="offered", state="given", text="x", by=by, answered_by=by
    )


@builds("campaigns:team_step")
def team_step(place: Place) -> Target:
    """Taking up what somebody contributed: who plans the campaign."""
    note = note_in(campaign_in(place))
    kwargs = {"pk": note.campaign_id, "note_pk": note.pk, "step": "take"}
    return Target(kwargs, forbidden=NOT_PLANNING)


@builds("campaigns:team_topics")
def team_topics(place: Place) -> Target:
    others = tuple(role for role in Role.values if role not in PARTNERS)
    return Target({"pk": campaign_in(place).pk}, forbidden=others)
