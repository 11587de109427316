"""The campaign, its regions and its channels."""

import uuid
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, User
from campaigns.enums import Phase, Preparation, Running
from campaigns.models.strategy import Goal, Theme
from campaigns.querysets import CampaignQuerySet, CampaignRegionQuerySet
from channels.models import Channel
from core.concurrency import VersionedModel
from customers.models import TargetGroup

LISTED = ("owner", "ends_on", "region_bits", "channel_bits", "name_upper")


class KeptBits(models.BigIntegerField):
    """Bits that triggers keep (campaigns/listing_triggers.py); saving a record leaves them as they are."""

    def pre_save(self, model_instance: models.Model, add: bool) -> int | F:
        return 0 if add else F(self.attname)


class Campaign(VersionedModel):
    """One coordinated effort with one budget and one core message.

    `state` is the preparation of the working copy; every region runs on its own (CampaignRegion).
    `release` is the release that passed approval last and is waiting for, or in, force.
    `phase` sums up both for lists; only campaigns.services.lifecycle writes it.
    """

    name = models.CharField(_("name"), max_length=200)
    purpose = models.TextField(_("what it is about"), blank=True)
    goal = models.ForeignKey(Goal, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns")
    theme = models.ForeignKey(
        Theme, null=True, blank=True, on_delete=models.PROTECT, related_name="campaigns"
    )
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_campaigns")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    target_groups = models.ManyToManyField(TargetGroup, blank=True, related_name="campaigns")
    state = models.CharField(max_length=10, choices=Preparation, default=Preparation.DRAFT, editable=False)
    phase = models.CharField(max_length=10, choices=Phase, default=Phase.DRAFT, editable=False)
    shared_at = models.DateTimeField(_("message first shared"), null=True, blank=True, editable=False)
    confirm_share = models.DecimalField(
        _("agreed share of confirmations in percent"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("95"),
        editable=False,
    )
    release = models.ForeignKey(
        "campaigns.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    cancelled_reason = models.TextField(blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # One form, one campaign: a double click or a reload finds the first one.
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # For the list (campaigns/listing.py), which reads nothing but an index before it shows rows.
    region_bits = KeptBits(default=0, editable=False)
    channel_bits = KeptBits(default=0, editable=False)
    # SQLite folds ASCII letters only (campaigns/search.py).
    name_upper = models.GeneratedField(
        expression=Upper("name"), output_field=models.CharField(max_length=200), db_persist=True
    )

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="campaign_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(state__in=Preparation.values), name="campaign_state_known"),
            models.CheckConstraint(condition=Q(phase__in=Phase.values), name="campaign_phase_known"),
            models.CheckConstraint(
                condition=Q(confirm_share__gte=0, confirm_share__lte=100), name="campaign_share_percent"
            ),
            models.CheckConstraint(
                condition=~Q(state=Preparation.APPROVED) | Q(release__isnull=False),
                name="campaign_approved_has_release",
            ),
        ]
        indexes = [
            # In the list's order, with all that its filters ask.
            models.Index(fields=["-starts_on", "-id", "phase", *LISTED], name="campaign_newest"),
            models.Index(fields=["phase", "-starts_on", "-id", *LISTED], name="campaign_phase_newest"),
            models.Index(fields=["owner", "-starts_on", "-id"], name="campaign_owner_newest"),
            # Few of those that have a release are being changed.
            models.Index(
                fields=["state"], condition=Q(release__isnull=False), name="campaign_released_state"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("campaigns:detail", args=[self.pk])


class CampaignRegion(models.Model):
    """A region of a campaign, with its own period (days in the region's time zone) and running state."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="regions")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="campaign_regions")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    running = models.CharField(max_length=8, choices=Running, default=Running.WAITING, editable=False)
    # In force here: set together with `launch`, and only by a launch record of exactly this release.
    release = models.ForeignKey(
        "campaigns.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    launch = models.ForeignKey(
        "campaigns.LaunchRecord",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What was open when people were last told that the start is held (hash of the open points).
    held_told = models.CharField(max_length=64, blank=True, editable=False)

    objects = CampaignRegionQuerySet.as_manager()

    class Meta:
        ordering = ["region__code"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "region"], name="campaign_region_once"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="region_ends_after_start"),
            models.CheckConstraint(condition=Q(running__in=Running.values), name="region_running_known"),
            models.CheckConstraint(
                condition=~Q(running__in=[Running.LIVE, Running.PAUSED])
                | Q(launch__isnull=False, release__isnull=False),
                name="region_runs_by_launch",
            ),
        ]
        indexes = [
            # What waits and is not over: what waits and is over grows with the archive.
            models.Index(fields=["running", "ends_on", "starts_on"], name="region_due"),
            models.Index(fields=["running", "ended_at"], name="region_ended"),
            models.Index(fields=["region", "running"], name="region_running"),
            models.Index(fields=["region", "campaign"], name="region_campaign"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.region.code}"

    @property
    def starts_at(self) -> datetime:
        """The instant (UTC) at which the first day begins in the region."""
        zone = ZoneInfo(self.region.timezone)
        return datetime.combine(self.starts_on, time.min, zone).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The instant (UTC) at which the last day is over in the region."""
        zone = ZoneInfo(self.region.timezone)
        return datetime.combine(self.ends_on + timedelta(days=1), time.min, zone).astimezone(UTC)


class CampaignChannel(models.Model):
    """A channel that carries the campaign in some of its regions, with its named expert."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="channels")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="campaign_channels")
    expert = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="campaign_channels"
    )
    regions = models.ManyToManyField(CampaignRegion, related_name="channels")

    class Meta:
        ordering = ["channel__position", "channel__code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "channel"], name="campaign_channel_once")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.channel}"
