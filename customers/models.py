"""Whom campaigns are for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.bilingual import BilingualName


class TargetGroup(BilingualName):
    """Customers a campaign is made for, with what is known of them."""

    insight = models.TextField(
        _("insight"),
        blank=True,
        help_text=_("What they look for, when and where they interact, how they decide"),
    )
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name_en"]
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
