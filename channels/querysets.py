"""Named reads of channels and their experts."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q

from accounts.rights import PLANNERS

if TYPE_CHECKING:
    from accounts.models import Region, User


class ChannelQuerySet(models.QuerySet):
    """Channels."""

    def visible_to(self, user: "User") -> "ChannelQuerySet":
        """All channels for planners, since channels belong to the whole company; none for others."""
        return self if user.rights.has(*PLANNERS) else self.none()

    def active(self) -> "ChannelQuerySet":
        """Channels that new campaigns may use."""
        return self.filter(active=True)


class ChannelExpertQuerySet(models.QuerySet):
    """Who answers for which channel where."""

    def answering_in(self, region: "Region | int") -> "ChannelExpertQuerySet":
        """Experts who are still here and answer in the region; those of the region itself come first."""
        links = self.filter(Q(region=region) | Q(region__isnull=True), user__is_active=True)
        return links.select_related("user").order_by(F("region").asc(nulls_last=True), "id")
