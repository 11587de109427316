"""Ways to share the money out, put side by side before one is chosen."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models.campaign import CampaignChannel
from campaigns.models.money import ZERO, Budget
from core.concurrency import VersionedModel


class Scenario(VersionedModel):
    """A named set of allocations. `basis` is the money as it was when it was saved (services/scenarios)."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="scenarios")
    name = models.CharField(_("name"), max_length=120)
    note = models.TextField(_("what speaks for it"), blank=True)
    basis = models.JSONField(default=dict, editable=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    chosen_at = models.DateTimeField(null=True, blank=True, editable=False)
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["budget", "name"], name="scenario_name_once")]

    def __str__(self) -> str:
        return self.name


class ScenarioLine(models.Model):
    """What a scenario gives to a channel."""

    scenario = models.ForeignKey(Scenario, on_delete=models.CASCADE, related_name="lines")
    campaign_channel = models.ForeignKey(CampaignChannel, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scenario", "campaign_channel"], name="scenario_channel_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="scenario_amount_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_channel}: {self.amount}"
