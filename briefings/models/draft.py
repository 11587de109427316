"""What an author writes: the draft of a briefing with its questions and answers."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience, Language
from accounts.models import User
from briefings.models.texts import BriefingTexts
from briefings.querysets import BriefingQuerySet
from campaigns.models import Campaign, CampaignRegion
from core.concurrency import VersionedModel


class Briefing(VersionedModel, BriefingTexts):
    """The draft of a briefing for one audience, region and language, and its current version."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="briefings")
    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.CASCADE, related_name="briefings")
    audience = models.CharField(_("audience"), max_length=8, choices=Audience)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    # What was composed from the campaign last ({field: text} and "questions"): tells what the author changed.
    composed = models.JSONField(default=dict, editable=False)
    # The check of understanding, see briefings/services/checking.py; [] asks nothing.
    understanding = models.JSONField(default=list, blank=True, editable=False)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="briefings")
    current = models.ForeignKey(
        "briefings.BriefingVersion",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )

    objects = BriefingQuerySet.as_manager()

    class Meta:
        ordering = ["campaign_region__region__code", "audience", "language"]
        verbose_name = _("briefing")
        verbose_name_plural = _("briefings")
        constraints = [
            models.UniqueConstraint(
                fields=["campaign_region", "audience", "language"], name="briefing_once_per_audience"
            ),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="briefing_audience_known"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def take_ref(self) -> str:
        """Its address as a source of words (services/taking.py)."""
        return f"briefing-{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("briefings:edit", args=[self.pk])


class BriefingQuestion(models.Model):
    """A question a customer may ask and the answer to it, in the draft."""

    briefing = models.ForeignKey(Briefing, on_delete=models.CASCADE, related_name="questions")
    question = models.CharField(_("question"), max_length=300)
    answer = models.TextField(_("answer"))
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.question
