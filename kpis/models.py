"""Figures defined once for all channels, and what a campaign wants of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.models import Campaign
from core.bilingual import BilingualName
from kpis.enums import Direction, Source, Unit


class Kpi(BilingualName):
    """A figure with one definition for all channels."""

    code = models.SlugField(unique=True)
    question = models.CharField(_("question it answers"), max_length=250, blank=True)
    formula = models.CharField(_("formula"), max_length=250, blank=True)
    unit = models.CharField(_("unit"), max_length=7, choices=Unit, default=Unit.NUMBER)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction, default=Direction.UP)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("KPI")
        verbose_name_plural = _("KPIs")


class Target(models.Model):
    """The value a campaign wants a KPI to reach by when, and who or which tool delivers the figure."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="targets")
    kpi = models.ForeignKey(Kpi, on_delete=models.PROTECT, related_name="targets")
    value = models.DecimalField(_("target"), max_digits=16, decimal_places=4, null=True, blank=True)
    due_on = models.DateField(_("reached by"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=6, choices=Source, blank=True)
    tool = models.CharField(_("tool"), max_length=120, blank=True)
    supplier = models.ForeignKey(
        User,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="supplies",
        verbose_name=_("supplier"),
    )

    class Meta:
        ordering = ["kpi__code"]
        constraints = [models.UniqueConstraint(fields=["campaign", "kpi"], name="target_once_per_kpi")]

    def __str__(self) -> str:
        return f"{self.campaign} · {self.kpi}"

    @property
    def is_complete(self) -> bool:
        """True once value, source and supplier stand (a tool also needs its name)."""
        return bool(
            self.value is not None
            and self.supplier_id
            and self.source
            and (self.source == Source.PERSON or self.tool)
        )
