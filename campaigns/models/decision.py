"""What was decided, why, and who agreed. What is decided stays as it is (campaigns/decision_triggers.py)."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from campaigns.enums import Answer, DecisionKind, DecisionState
from campaigns.models.campaign import Campaign, CampaignRegion
from campaigns.models.money import BudgetRound
from campaigns.models.strategy import CURRENCY
from campaigns.querysets import DecisionQuerySet
from channels.models import Channel
from core.concurrency import VersionedModel

SEARCHED = ("title", "what", "why", "alternatives", "effort")


def folded(text: str) -> str:
    """Text as it is searched: neither case nor the way an accent is written counts."""
    import unicodedata

    return unicodedata.normalize("NFKC", text).casefold().replace("\x00", "")


class Decision(VersionedModel):
    """A decision with its reason: exceptions at the gate and agreed shares, which are decided as they are
    made, and what people write, ask the departments about, and decide (kind GENERAL).

    Only a draft can be changed. `by` wrote it; `decider` and `when` say who decided and when. `turn` counts
    how often the departments were asked: each turn has its own sign-offs.
    """

    kind = models.CharField(max_length=15, choices=DecisionKind, default=DecisionKind.GENERAL)
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.DECIDED)
    title = models.CharField(_("title"), max_length=200, blank=True)
    what = models.TextField(_("what is decided"))
    why = models.TextField(_("why"))
    alternatives = models.TextField(_("alternatives"), blank=True)
    effort = models.TextField(_("expected effort"), blank=True)
    cost = models.DecimalField(_("expected cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[CURRENCY])
    campaign = models.ForeignKey(
        Campaign, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    release = models.ForeignKey(
        "campaigns.Release", null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    campaign_region = models.ForeignKey(
        CampaignRegion, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    budget_round = models.ForeignKey(
        BudgetRound, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    channel = models.ForeignKey(
        Channel, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    exception = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="discussed_in"
    )
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="successors"
    )
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    due_on = models.DateField(_("answers wanted by"), null=True, blank=True)
    turn = models.PositiveIntegerField(default=0, editable=False)
    decided_by = models.ForeignKey(
        User, null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Why it was decided although a department said no, or nothing.
    despite = models.TextField(blank=True, editable=False)
    words = models.TextField(editable=False, default="")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.CheckConstraint(condition=~Q(why=""), name="decision_has_reason"),
            models.CheckConstraint(condition=Q(kind__in=DecisionKind.values), name="decision_kind_known"),
            models.CheckConstraint(condition=Q(state__in=DecisionState.values), name="decision_state_known"),
            models.CheckConstraint(
                condition=Q(kind=DecisionKind.GENERAL) | Q(campaign__isnull=False),
                name="decision_names_its_campaign",
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=0), name="decision_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(state=DecisionState.SUPERSEDED) | Q(superseded_by__isnull=False),
                name="decision_superseded_by_one",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DecisionKind.GATE_EXCEPTION)
                | Q(release__isnull=False, campaign_region__isnull=False),
                name="exception_names_release_and_region",
            ),
            models.UniqueConstraint(
                fields=["release", "campaign_region"],
                condition=Q(kind=DecisionKind.GATE_EXCEPTION),
                name="one_exception_per_release_and_region",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(state__in=[DecisionState.DECIDED, DecisionState.SUPERSEDED]),
                name="decision_superseded_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="decision_state_newest"),
            models.Index(fields=["campaign", "-id"], name="decision_campaign_newest"),
        ]

    def __str__(self) -> str:
        return self.title or self.what

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep what the search reads."""
        self.words = self.searchable
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("decisions:detail", args=[self.pk])

    @property
    def searchable(self) -> str:
        """All its texts, for the search."""
        return "\n".join(folded(getattr(self, name)) for name in SEARCHED)

    @property
    def decider(self) -> User | None:
        """Who decided; None while nobody has."""
        if self.state not in (DecisionState.DECIDED, DecisionState.SUPERSEDED):
            return None
        return self.decided_by or self.by

    @property
    def when(self) -> Any:
        """When it was decided, or written while it is not."""
        return self.decided_at or self.at

    @property
    def holds(self) -> bool:
        """Whether it binds today."""
        return self.state == DecisionState.DECIDED


class SignOff(models.Model):
    """A department was asked for its yes; answered once, with the person's name."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="signoffs")
    turn = models.PositiveIntegerField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="signoffs")
    answer = models.CharField(max_length=4, choices=Answer, default=Answer.OPEN)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["department__code"]
        verbose_name = _("sign-off")
        verbose_name_plural = _("sign-offs")
        constraints = [
            models.UniqueConstraint(fields=["decision", "turn", "department"], name="signoff_once_per_turn"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="signoff_answer_known"),
            models.CheckConstraint(
                condition=Q(answer=Answer.OPEN) | Q(by__isnull=False, at__isnull=False),
                name="signoff_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(answer=Answer.NO) | ~Q(reason=""), name="signoff_no_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision} · {self.department}"
