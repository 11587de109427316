"""Patterns from which campaigns are made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.concurrency import VersionedModel


class CampaignTemplate(VersionedModel):
    """What a campaign took along when it was kept as a pattern (campaigns/services/copying.py).

    No campaign: it stands in no list, calendar or count, and cannot be launched. `parts` holds what each part
    took along, `starts_on` the first day that its dates count from.
    """

    name = models.CharField(_("name"), max_length=120, unique=True)
    note = models.CharField(_("what it is good for"), max_length=300, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    parts = models.JSONField()
    source = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("campaign template")
        verbose_name_plural = _("campaign templates")
        constraints = [models.CheckConstraint(condition=~models.Q(name=""), name="template_has_name")]

    def __str__(self) -> str:
        return self.name


class CampaignOrigin(models.Model):
    """Where a campaign was copied from, and which of its facts nobody has looked at since.

    `unchecked` are keys of facts with dates, prices and other terms that came along as they were.
    """

    campaign = models.OneToOneField(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="origin", primary_key=True
    )
    source = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies"
    )
    template = models.CharField(max_length=120, blank=True)
    unchecked = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.campaign} ← {self.source or self.template}"
