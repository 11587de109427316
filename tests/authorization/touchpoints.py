"""Builders: the touchpoint map."""

from accounts.enums import Role
from tests.authorization.objects import Place, Target, builds
from tests.authorization.planning import campaign_in
from tests.factories import ChannelFactory, TargetGroupFactory


@builds("campaigns:touchpoints")
def touchpoint_map(place: Place) -> Target:
    campaign = campaign_in(place)
    campaign.target_groups.add(TargetGroupFactory())
    return Target({"pk": campaign.pk})


@builds("campaigns:touchpoint_leave_out")
def leave_out(place: Place) -> Target:
    """Without a reason it is shown again."""
    kwargs = {"pk": campaign_in(place).pk, "channel_pk": ChannelFactory().pk}
    return Target(kwargs, post=200, forbidden=(Role.EXPERT, Role.REVIEWER, Role.PARTNER))
