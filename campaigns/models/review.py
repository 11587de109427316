"""Does the message arrive unmistakably in this region? Verdicts and approvals are append-only."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.models import User
from campaigns.enums import ReviewState, Verdict
from campaigns.models.campaign import CampaignRegion
from campaigns.querysets import ReviewQuerySet
from core.concurrency import VersionedModel


class Review(VersionedModel):
    """The review of a region and language by one named reviewer."""

    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.CASCADE, related_name="reviews")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    reviewer = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="reviews"
    )
    state = models.CharField(max_length=11, choices=ReviewState, default=ReviewState.INVITED, editable=False)
    # Whose turn it is: the reviewer's (passages to answer, an approval to give) or the authors'.
    awaits_reviewer = models.BooleanField(default=True, editable=False)
    invited_at = models.DateTimeField(null=True, blank=True)
    invited_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("answer by"), null=True, blank=True)
    understood = models.TextField(_("what did you understand?"), blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["campaign_region__region__code", "language"]
        constraints = [
            models.UniqueConstraint(fields=["campaign_region", "language"], name="review_once"),
            models.CheckConstraint(condition=Q(state__in=ReviewState.values), name="review_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_region} · {self.language}"

    def get_absolute_url(self) -> str:
        return reverse("campaigns:review", args=[self.pk])


class PassageVerdict(models.Model):
    """What a reviewer said about a passage exactly as it was; the newest one counts.

    `passage`: "core.claim", "fact.price", "variant.12.headline", "variant.12.body" …
    """

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="verdicts")
    passage = models.CharField(max_length=80)
    content_hash = models.CharField(max_length=64)
    text = models.TextField(blank=True)
    verdict = models.CharField(max_length=9, choices=Verdict)
    comment = models.TextField(_("what is not clear"), blank=True)
    proposal = models.TextField(_("proposal"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["review", "passage", "-id"], name="verdict_newest")]
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="verdict_known"),
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.passage}: {self.verdict}"


class ReviewApproval(models.Model):
    """An approval of exactly this content (hash and copy) for the review's region and language."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="approvals")
    content_hash = models.CharField(max_length=64)
    content = models.JSONField()
    understood = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.review} {self.content_hash[:8]}"
