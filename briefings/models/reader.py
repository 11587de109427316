"""Who has a version in his inbox, who was sent it, who confirmed it or is cleared by name."""

from datetime import date
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from briefings.models.version import BriefingVersion
from briefings.querysets import InboxQuerySet
from core.delivery.models import DeliveryBase


class InboxItem(models.Model):
    """A briefing version in a person's inbox, from its publication on; mails only point to it.

    `withdrawn` when the person is no longer entitled: the row stays for the record, the page is gone.
    """

    # Found by the indexes below, which begin with them.
    version = models.ForeignKey(
        BriefingVersion, db_index=False, on_delete=models.PROTECT, related_name="inbox_items"
    )
    user = models.ForeignKey(User, db_index=False, on_delete=models.PROTECT, related_name="inbox_items")
    created_at = models.DateTimeField(auto_now_add=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="inbox_item_once")]
        indexes = [models.Index(fields=["user", "-id"], name="inbox_newest")]

    def __str__(self) -> str:
        return f"{self.version} · {self.user}"

    @property
    def due_on(self) -> date:
        """The day by which it is to be confirmed: the start there, or the day it came, if that was later.

        Whoever joins a team, or is told of a change, while a campaign runs is not late for that.
        """
        place = self.version.briefing.campaign_region
        return max(place.starts_on, self.created_at.astimezone(ZoneInfo(place.region.timezone)).date())


class Delivery(DeliveryBase):
    """One briefing version on its way to one person by one route (mail)."""

    # Found by the constraint, whose index begins with it.
    version = models.ForeignKey(
        BriefingVersion, db_index=False, on_delete=models.PROTECT, related_name="deliveries"
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="deliveries")

    class Meta(DeliveryBase.Meta):
        ordering = ["-id"]
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            *DeliveryBase.Meta.constraints,
            models.UniqueConstraint(fields=["version", "user", "route"], name="delivery_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.user} · {self.get_state_display()}"

    def identity(self) -> str:
        return f"{self.version_id}|{self.user_id}|{self.route}"


class Confirmation(models.Model):
    """A person has read a briefing version; append-only."""

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="confirmations")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="confirmations")
    at = models.DateTimeField(auto_now_add=True)
    difference_only = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="confirmation_once")]

    def __str__(self) -> str:
        return f"{self.version} · {self.user}"


class Clearance(models.Model):
    """A person named as told although no mail to him is certain; append-only."""

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="clearances")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="clearances")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "user"], name="clearance_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="clearance_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.user}"
