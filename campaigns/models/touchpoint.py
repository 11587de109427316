"""Touchpoints that a campaign leaves out on purpose."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.campaign import Campaign
from channels.models import Channel
from core.concurrency import VersionedModel


class LeftOut(VersionedModel):
    """Why a campaign does without a channel. It ends with the channel becoming part of the plan."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="left_out")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["channel__position", "channel__code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "channel"], name="left_out_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="left_out_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.channel}"
