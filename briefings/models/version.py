"""What has been published, word for word."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from briefings.models.draft import Briefing
from briefings.querysets import BriefingVersionQuerySet
from campaigns.models import Release


class BriefingVersion(models.Model):
    """A published briefing, word for word; append-only.

    `asks_from` is the number of the newest version (this one included) that asked for confirmation:
    whoever confirmed it, or a later one, has confirmed this one.
    """

    briefing = models.ForeignKey(Briefing, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="briefing_versions")
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    asks_from = models.PositiveIntegerField()
    change_note = models.TextField(blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)

    objects = BriefingVersionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["briefing", "number"], name="briefing_version_once"),
            models.CheckConstraint(
                condition=Q(asks_from__gte=1, asks_from__lte=models.F("number")), name="asks_from_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.content.get('title', '')} #{self.number}"

    def get_absolute_url(self) -> str:
        return reverse("briefings:read", args=[self.briefing_id])

    @property
    def asks_confirmation(self) -> bool:
        """True if those who confirmed an earlier version are asked again."""
        return self.asks_from == self.number
