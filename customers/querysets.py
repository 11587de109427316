"""Named reads of target groups and of what they use."""

from typing import TYPE_CHECKING

from django.db import models

from accounts.permissions import CAMPAIGN_READERS

if TYPE_CHECKING:
    from accounts.models import User


class TargetGroupQuerySet(models.QuerySet):
    """Target groups."""

    def visible_to(self, user: "User") -> "TargetGroupQuerySet":
        """All for whoever may open campaigns, since they belong to the whole company; none for others."""
        return self if user.rights.has(*CAMPAIGN_READERS) else self.none()

    def active(self) -> "TargetGroupQuerySet":
        """Groups that new campaigns may be made for."""
        return self.filter(active=True)

    def defined(self) -> "TargetGroupQuerySet":
        """With all that their definitions say (two queries more, however many groups)."""
        return self.prefetch_related("regions", "interests")


class ChannelUseQuerySet(models.QuerySet):
    """What target groups use in which phase."""

    def shown(self) -> "ChannelUseQuerySet":
        """Of channels and phases in use, in their order, each with its channel and phase."""
        found = self.filter(channel__active=True, phase__active=True).select_related("channel", "phase")
        return found.order_by("channel__position", "channel__code", "phase__position", "phase__code")
