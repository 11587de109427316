"""One core message, the facts of the offer as data, a variant per channel, region and language."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.models import Region, User
from campaigns.enums import Content, FactKind, VariantState
from campaigns.models.campaign import Campaign, CampaignChannel, CampaignRegion
from core import formats
from core.concurrency import VersionedModel


class CoreMessage(VersionedModel):
    """What the campaign says, once, for all channels. May hold fact tokens such as {{price}}."""

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="core_message")
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DE)
    claim = models.CharField(_("claim"), max_length=200, blank=True)
    promise = models.TextField(_("promise"), blank=True)
    proof = models.TextField(_("proof"), blank=True)
    call_to_action = models.CharField(_("call to action"), max_length=200, blank=True)
    tone = models.CharField(_("tone"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.claim or str(self.campaign)


class Fact(VersionedModel):
    """A datum of the offer. `key` is its token: {{key}}.

    `label` is what its author calls it, in the language of the core message; `labels` is the same in other
    languages, by code: {"en": "Price"}. Most campaigns need none.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="facts")
    key = models.SlugField(_("token"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=FactKind)
    label = models.CharField(_("label"), max_length=80)
    labels = models.JSONField(default=dict, blank=True, editable=False)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "key"], name="fact_key_once"),
            models.CheckConstraint(condition=Q(kind__in=FactKind.values), name="fact_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.key})"

    @property
    def name(self) -> str:
        """What it is called in the reader's language."""
        return self.label_in(formats.language())

    def label_in(self, language: str) -> str:
        """What it is called in a language ("de", "en"), else as it was written."""
        return self.labels.get(language) or self.label


class FactValue(models.Model):
    """A fact's value: for one region, or for every region that has none of its own.

    `value` by kind: price {"amount": "159.00", "currency": "EUR"}, discount {"percent": "20"},
    date {"date": "2026-10-31"}, all others {"text": "…"}.
    """

    fact = models.ForeignKey(Fact, on_delete=models.CASCADE, related_name="values")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fact", "region"], name="fact_value_once_per_region"),
            models.UniqueConstraint(
                fields=["fact"], condition=Q(region__isnull=True), name="fact_value_once_by_default"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} · {self.region or '*'}"


class Variant(VersionedModel):
    """The core message made for a channel in a region and language.

    A confirmation names the exact content (`confirmed_hash`) and what it was built on (`basis_hash`:
    core message and the facts it uses).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="variants")
    campaign_channel = models.ForeignKey(CampaignChannel, on_delete=models.CASCADE, related_name="variants")
    campaign_region = models.ForeignKey(CampaignRegion, on_delete=models.CASCADE, related_name="variants")
    language = models.CharField(_("language"), max_length=2, choices=Language)
    headline = models.CharField(_("headline or subject"), max_length=200, blank=True)
    body = models.TextField(_("text"), blank=True)
    state = models.CharField(max_length=9, choices=VariantState, default=VariantState.DRAFT, editable=False)
    facts = models.ManyToManyField(Fact, related_name="variants", blank=True)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    confirmed_hash = models.CharField(max_length=64, blank=True, editable=False)
    basis_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        ordering = ["campaign_channel__channel__position", "campaign_region__region__code", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign_channel", "campaign_region", "language"], name="variant_once"
            ),
            models.CheckConstraint(condition=Q(state__in=VariantState.values), name="variant_state_known"),
            models.CheckConstraint(
                condition=~Q(state=VariantState.CONFIRMED)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_hash=""),
                name="variant_confirmed_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_channel.channel} · {self.campaign_region.region.code} · {self.language}"


class ContentVersion(models.Model):
    """One version of a core message, fact or variant, with its author; append-only."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="content_versions")
    kind = models.CharField(max_length=7, choices=Content)
    object_id = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    content = models.JSONField()
    content_hash = models.CharField(max_length=64)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "number"], name="content_version_once"),
            models.CheckConstraint(condition=Q(kind__in=Content.values), name="content_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id} #{self.number}"
