"""Whom campaigns are for, and what is known of them."""

from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from channels.models import Channel, JourneyPhase
from core.bilingual import BilingualName
from core.concurrency import VersionedModel
from customers.enums import STYLE_ADVICE, Buying, DecisionStyle, Level, LifePhase, Relation
from customers.querysets import ChannelUseQuerySet, TargetGroupQuerySet

OLDEST = 120


class Interest(BilingualName):
    """A theme that customers are interested in."""

    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("theme of interest")
        verbose_name_plural = _("themes of interest")
        constraints = [
            models.UniqueConstraint(fields=["name_de"], name="interest_german_once"),
            models.UniqueConstraint(fields=["name_en"], name="interest_english_once"),
        ]


class TargetGroup(VersionedModel, BilingualName):
    """Customers a campaign is made for, with what is known of them.

    The definition says who belongs to it: ages (years, both included), regions, phases of life, relation to
    us, where they buy, themes. What is empty there is open: everybody. `times` are codes of customers.enums.
    """

    insight = models.TextField(
        _("insight"),
        blank=True,
        help_text=_("What they look for, when and where they interact, how they decide"),
    )
    looks_for_de = models.TextField(_("what they look for (German)"), blank=True)
    looks_for_en = models.TextField(_("what they look for (English)"), blank=True)
    interests = models.ManyToManyField(
        Interest, blank=True, related_name="groups", verbose_name=_("themes that interest them")
    )
    times = models.JSONField(_("when they like to interact"), default=list, blank=True)
    meets_de = models.TextField(_("where they like to interact (German)"), blank=True)
    meets_en = models.TextField(_("where they like to interact (English)"), blank=True)
    decision_style = models.CharField(
        _("decision style"), max_length=8, choices=DecisionStyle, blank=True, default=""
    )
    decides_de = models.TextField(_("how they decide (German)"), blank=True)
    decides_en = models.TextField(_("how they decide (English)"), blank=True)
    age_from = models.PositiveSmallIntegerField(
        _("from the age of"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    age_to = models.PositiveSmallIntegerField(
        _("up to the age of"), null=True, blank=True, validators=[MaxValueValidator(OLDEST)]
    )
    regions = models.ManyToManyField(Region, blank=True, related_name="+", verbose_name=_("regions"))
    life = models.JSONField(_("phase of life"), default=list, blank=True)
    relations = models.JSONField(_("relation to us"), default=list, blank=True)
    buys = models.JSONField(_("where they buy"), default=list, blank=True)
    active = models.BooleanField(_("active"), default=True)

    objects = TargetGroupQuerySet.as_manager()

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
        constraints = [
            models.CheckConstraint(
                condition=Q(age_from__isnull=True) | Q(age_to__isnull=True) | Q(age_to__gte=F("age_from")),
                name="group_ages_in_order",
                violation_error_message=_("The second age lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(decision_style__in=["", *DecisionStyle.values]), name="group_style_known"
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("customers:detail", args=[self.pk])

    @property
    def looks_for(self) -> str:
        """What they look for, in the reader's language if it is written in it."""
        return self.in_language("looks_for")

    @property
    def looks_for_language(self) -> str:
        """The language in which that is written."""
        return self.language_of("looks_for")

    @property
    def meets(self) -> str:
        """Where they like to interact, as `looks_for`."""
        return self.in_language("meets")

    @property
    def meets_language(self) -> str:
        """The language in which that is written."""
        return self.language_of("meets")

    @property
    def decides(self) -> str:
        """How they decide, as `looks_for`."""
        return self.in_language("decides")

    @property
    def decides_language(self) -> str:
        """The language in which that is written."""
        return self.language_of("decides")

    @property
    def advice(self) -> Any:
        """What their decision style asks of a message; empty without one."""
        return STYLE_ADVICE.get(self.decision_style, "")

    @property
    def life_words(self) -> list[str]:
        """Phases of life in words."""
        return [str(label) for value, label in LifePhase.choices if value in self.life]

    @property
    def relation_words(self) -> list[str]:
        """Relations to us in words."""
        return [str(label) for value, label in Relation.choices if value in self.relations]

    @property
    def buying_words(self) -> list[str]:
        """Where they buy, in words."""
        return [str(label) for value, label in Buying.choices if value in self.buys]


class ChannelUse(models.Model):
    """How much a target group uses a channel in a phase of the journey; without a record nobody knows."""

    group = models.ForeignKey(TargetGroup, on_delete=models.CASCADE, related_name="uses")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    phase = models.ForeignKey(JourneyPhase, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(_("use"), choices=Level)

    objects = ChannelUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a channel")
        verbose_name_plural = _("use of channels")
        constraints = [
            models.UniqueConstraint(fields=["group", "channel", "phase"], name="use_once"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="use_level_known"),
        ]

    def __str__(self) -> str:
        return f"{self.group} · {self.channel} · {self.phase}"
