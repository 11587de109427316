"""What staff must know, who has been told, and who has confirmed it."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience, Language
from accounts.models import User
from briefings.querysets import BriefingQuerySet, BriefingVersionQuerySet, InboxQuerySet
from campaigns.models import Campaign, CampaignRegion, Release
from core.concurrency import VersionedModel
from core.delivery.models import DeliveryBase


class Briefing(VersionedModel):
    """The draft of a briefing for one audience, region and language, and its current version."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="briefings")
    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.CASCADE, related_name="briefings")
    audience = models.CharField(_("audience"), max_length=8, choices=Audience)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    title = models.CharField(_("title"), max_length=200)
    offer = models.TextField(_("the offer in one sentence"), blank=True)
    for_whom = models.TextField(_("for whom"), blank=True)
    not_for_whom = models.TextField(_("not for whom"), blank=True)
    say = models.TextField(_("what you may say"), blank=True)
    dont_say = models.TextField(_("what you do not say"), blank=True)
    benefit = models.TextField(_("extra benefit for the customer"), blank=True)
    incentive = models.TextField(_("your incentive"), blank=True)
    contact = models.TextField(_("whom to call"), blank=True)
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


class InboxItem(models.Model):
    """A briefing version in a person's inbox, from its publication on; mails only point to it.

    `withdrawn` when the person is no longer entitled: the row stays for the record, the page is gone.
    """

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="inbox_items")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inbox_items")
    created_at = models.DateTimeField(auto_now_add=True)
    first_read_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.BooleanField(default=False)

    objects = InboxQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "user"], name="inbox_item_once")]
        indexes = [models.Index(fields=["user", "-id"], name="inbox_newest")]

    def __str__(self) -> str:
        return f"{self.version} · {self.user}"


class Delivery(DeliveryBase):
    """One briefing version on its way to one person by one route (mail)."""

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="deliveries")
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
