"""A campaign that rolls out step by step: stages with a checkpoint each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.enums import StageAnswer
from campaigns.models.campaign import Campaign, CampaignRegion


class Stage(models.Model):
    """Regions that start together, and what is looked at before the next ones may.

    The last stage needs no checkpoint. Once its checkpoint is decided a stage stays as it was.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("name"), max_length=80)
    checkpoint_on = models.DateField(_("checkpoint"), null=True, blank=True)
    question = models.TextField(_("what we want to learn"), blank=True)

    class Meta:
        ordering = ["position"]
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            models.UniqueConstraint(fields=["campaign", "position"], name="stage_place_once"),
            models.CheckConstraint(condition=~Q(name=""), name="stage_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class StageRegion(models.Model):
    """A region's place in the rollout: at most one stage."""

    stage = models.ForeignKey(Stage, on_delete=models.CASCADE, related_name="regions")
    campaign_region = models.OneToOneField(CampaignRegion, on_delete=models.CASCADE, related_name="in_stage")

    def __str__(self) -> str:
        return f"{self.stage} · {self.campaign_region.region.code}"


class CheckpointDecision(models.Model):
    """What was decided at a stage's checkpoint, and why; append-only, the newest one counts."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="decisions")
    answer = models.CharField(max_length=6, choices=StageAnswer)
    learned = models.TextField(_("what we learned"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=StageAnswer.values), name="checkpoint_known"),
            models.CheckConstraint(condition=~Q(learned=""), name="checkpoint_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.stage}: {self.answer}"

    @property
    def answer_enum(self) -> StageAnswer:
        """The answer with its word, tone and icon."""
        return StageAnswer(self.answer)
