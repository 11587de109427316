"""Texts that authors start from again and again."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience, Language
from accounts.models import User
from briefings.models.texts import BriefingTexts
from briefings.querysets import BriefingTemplateQuerySet
from core.concurrency import VersionedModel


class BriefingTemplate(VersionedModel, BriefingTexts):
    """A briefing to start from, for one audience or any ("") and one language.

    Its tokens are copied as they are and filled when a briefing made from it is published.
    `questions` are [{"question", "answer"}] in order.
    """

    name = models.CharField(_("name"), max_length=120)
    audience = models.CharField(_("audience"), max_length=8, choices=Audience, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    questions = models.JSONField(default=list, blank=True)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="briefing_templates")

    objects = BriefingTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("briefing template")
        verbose_name_plural = _("briefing templates")
        constraints = [
            models.UniqueConstraint(
                fields=["name", "language"],
                name="briefing_template_name_once",
                violation_error_message=_("There is a template of this name in this language already."),
            ),
            models.CheckConstraint(
                condition=Q(audience__in=["", *Audience.values]), name="briefing_template_audience_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def take_ref(self) -> str:
        """Its address as a source of words (services/taking.py)."""
        return f"template-{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("briefings:template_edit", args=[self.pk])
