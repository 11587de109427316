"""Ways to the customer and the people who answer for them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Region, User
from channels.enums import PARTS, Direction, Medium, Parts, Preview
from channels.querysets import ChannelExpertQuerySet, ChannelQuerySet
from core.bilingual import BilingualName
from core.concurrency import VersionedModel


class Channel(VersionedModel, BilingualName):
    """A way to the customer. `code` is stable and used in releases, imports and addresses."""

    code = models.SlugField(_("code"), unique=True)
    medium = models.CharField(_("medium"), max_length=7, choices=Medium)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    customer_facing = models.BooleanField(_("people talk to customers here"), default=False)
    at_once = models.BooleanField(
        _("reaches all its regions at once"),
        default=False,
        help_text=_("As TV or one web shop for all: a campaign starts here with the last of its regions."),
    )
    icon = models.CharField(_("icon"), max_length=40, default="broadcast")
    preview = models.CharField(_("preview"), max_length=6, choices=Preview, default=Preview.PAGE)
    parts = models.CharField(
        _("what a text consists of"), max_length=8, choices=Parts, default=Parts.HEADLINE
    )
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)
    experts = models.ManyToManyField(User, through="ChannelExpert", related_name="channels")

    objects = ChannelQuerySet.as_manager()

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.CheckConstraint(condition=Q(medium__in=Medium.values), name="channel_medium_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="channel_direction_known"
            ),
            models.CheckConstraint(condition=Q(parts__in=Parts.values), name="channel_parts_known"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("channels:detail", args=[self.pk])

    @property
    def part_labels(self) -> dict[str, str]:
        """What the parts of a variant are called here, by field; one that is missing does not exist here."""
        return {name: str(label) for name, label in PARTS[self.parts].items()}


class JourneyPhase(BilingualName):
    """A phase of the customer journey; in it every channel is a touchpoint. `code` is stable."""

    code = models.SlugField(_("code"), unique=True)
    question_de = models.CharField(_("what the customer asks himself (German)"), max_length=120, blank=True)
    question_en = models.CharField(_("what the customer asks himself (English)"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["position", "code"]
        verbose_name = _("journey phase")
        verbose_name_plural = _("journey phases")

    @property
    def question(self) -> str:
        """What the customer asks himself, in the reader's language."""
        return self.in_language("question")


class ChannelExpert(models.Model):
    """A person who answers for a channel, in one region or everywhere."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="expert_links")
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="channel_links", verbose_name=_("channel expert")
    )
    region = models.ForeignKey(
        Region,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("region"),
        help_text=_("Empty: everywhere"),
    )

    objects = ChannelExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel expert")
        verbose_name_plural = _("channel experts")
        constraints = [
            models.UniqueConstraint(fields=["channel", "user", "region"], name="expert_once_per_region"),
            models.UniqueConstraint(
                fields=["channel", "user"], condition=Q(region__isnull=True), name="expert_once_everywhere"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} · {self.user}"
