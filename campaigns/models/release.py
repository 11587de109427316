"""What customers and staff get: immutable releases and the record of each launch."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from campaigns.enums import LaunchKind
from campaigns.models.campaign import Campaign, CampaignRegion
from campaigns.models.decision import Decision


class Release(models.Model):
    """An immutable copy of message, facts, variants, flights, channels and regions; append-only.

    `content` is described in campaigns/services/snapshot.py; `content_hash` is the SHA-256 of its
    canonical JSON.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["campaign", "number"], name="release_number_once")]

    def __str__(self) -> str:
        return f"{self.campaign} #{self.number}"


class LaunchRecord(models.Model):
    """A region went live, resumed or changed over to a release, with the checks that passed; append-only."""

    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.PROTECT, related_name="launches")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="launches")
    kind = models.CharField(max_length=7, choices=LaunchKind)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    checks = models.JSONField()
    exception = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=LaunchKind.values), name="launch_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_region} {self.kind} {self.release}"
