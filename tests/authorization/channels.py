"""Builders: channels."""

from tests.authorization.objects import Place, Target, builds, plain
from tests.factories import ChannelFactory

plain("channels:list")
plain("channels:create", post=200)


@builds("channels:detail", "channels:edit")
def channel(place: Place) -> Target:
    return Target({"pk": ChannelFactory().pk}, post=200)
