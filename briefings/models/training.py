"""Regular training: how often a team reads again what is running, and who has done so."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from briefings.models.version import BriefingVersion

SHORTEST_DAYS, LONGEST_DAYS = 7, 365


class TrainingRhythm(models.Model):
    """After how many days the members of a team read a running campaign's briefing again; no row: never."""

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="training_rhythm")
    every_days = models.PositiveSmallIntegerField(
        _("days"), validators=[MinValueValidator(SHORTEST_DAYS), MaxValueValidator(LONGEST_DAYS)]
    )

    class Meta:
        verbose_name = _("training rhythm")
        verbose_name_plural = _("training rhythms")
        constraints = [
            models.CheckConstraint(
                condition=Q(every_days__gte=SHORTEST_DAYS, every_days__lte=LONGEST_DAYS),
                name="training_rhythm_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.team}: {self.every_days}"


class Refresher(models.Model):
    """A person has read a briefing again that he had confirmed before; append-only."""

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="refreshers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="refreshers")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at"]
        indexes = [models.Index(fields=["user", "-at"], name="refresher_newest")]

    def __str__(self) -> str:
        return f"{self.version} · {self.user}"
