"""What customers asked and nobody had foreseen: on its way from the desk to the campaign team and back."""

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.models import Region, User
from accounts.permissions import MANAGING
from briefings.models.draft import Briefing
from campaigns.models import Campaign, CampaignRegion
from core.ui import Look, ToneChoices

ANSWERING = (Role.MARKETER, *MANAGING)


class AskedState(ToneChoices):
    """Where a question stands."""

    OPEN = "open", _("Waits for an answer")
    ANSWERED = "answered", _("Answered")
    DECLINED = "declined", _("Declined")

    __tones__ = {
        "open": Look("move", "hourglass-split"),
        "answered": Look("good", "chat-quote"),
        "declined": Look("neutral", "slash-circle"),
    }


class AskedQuerySet(models.QuerySet):
    """Questions from the desk."""

    def open(self) -> "AskedQuerySet":
        """Those that nobody has answered or declined."""
        return self.filter(state=AskedState.OPEN)

    def visible_to(self, user: User) -> "AskedQuerySet":
        """Those of campaigns that the person plans; without a campaign, those of regions he plans for."""
        planned = user.rights.regions(*ANSWERING)
        if planned is None:
            return self.all()
        here = CampaignRegion.objects.filter(campaign=OuterRef("campaign"), region__in=planned)
        owned = Q(campaign__owner=user) if user.rights.has(*ANSWERING) else Q(pk__in=())
        homeless = Q(campaign__isnull=True, region__in=planned)
        return self.filter(Q(campaign__isnull=False) & (Q(Exists(here)) | owned) | homeless)


class AskedQuestion(models.Model):
    """What a customer said, who was asked it where, and what came of it.

    `said` and who, where and when never change, and an outcome stays (held by triggers). `question` is the
    team's wording of it. `seen_at`: when the asker saw the outcome.
    """

    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    asker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="asked_questions")
    asked_at = models.DateTimeField(auto_now_add=True)
    said = models.TextField(_("what the customer said"))
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="asked_questions")
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="asked_questions"
    )
    briefing = models.ForeignKey(
        Briefing, null=True, blank=True, on_delete=models.PROTECT, related_name="asked_questions"
    )
    state = models.CharField(max_length=8, choices=AskedState, default=AskedState.OPEN)
    question = models.CharField(_("question"), max_length=300, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = AskedQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("question from the desk")
        verbose_name_plural = _("questions from the desk")
        constraints = [
            models.CheckConstraint(condition=~Q(said=""), name="asked_says_something"),
            models.CheckConstraint(condition=Q(state__in=AskedState.values), name="asked_state_known"),
            models.CheckConstraint(
                condition=~Q(state=AskedState.ANSWERED) | (~Q(answer="") & Q(answered_by__isnull=False)),
                name="asked_answer_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=AskedState.DECLINED) | (~Q(reason="") & Q(answered_by__isnull=False)),
                name="asked_declined_with_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["campaign", "state"], name="asked_of_campaign"),
            models.Index(fields=["state", "-id"], name="asked_open"),
            models.Index(fields=["asker", "-id"], name="asked_mine"),
        ]

    def __str__(self) -> str:
        return self.question or self.said[:80]

    def get_absolute_url(self) -> str:
        return reverse("briefings:asked_question", args=[self.pk])
