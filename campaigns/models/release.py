"""What customers and staff get: immutable releases, the record of each launch, decisions about the gate."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from campaigns.enums import DecisionKind, LaunchKind
from campaigns.models.campaign import Campaign, CampaignRegion


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


class Decision(models.Model):
    """A decision about a campaign, with its reason; append-only."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=15, choices=DecisionKind)
    what = models.TextField()
    why = models.TextField()
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    campaign_region = models.ForeignKey(
        CampaignRegion, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="decision_has_reason"),
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="decision_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.GATE_EXCEPTION)
                | Q(release__isnull=False, campaign_region__isnull=False),
                name="exception_names_release_and_region",
            ),
            models.UniqueConstraint(
                fields=["release", "campaign_region"],
                condition=Q(kind=DecisionKind.GATE_EXCEPTION),
                name="one_exception_per_release_and_region",
            ),
        ]

    def __str__(self) -> str:
        return self.what


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
