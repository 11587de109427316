"""What people answered when a briefing asked whether it was understood."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from briefings.models.version import BriefingVersion


class CheckAnswer(models.Model):
    """One answer to one question of a version's check; append-only.

    `digest` is that of the question as it was asked (services/checking.py): the same in every version of the
    briefing that asks it unchanged, so that nobody answers it again. `chosen` are the keys of the options.
    """

    version = models.ForeignKey(BriefingVersion, on_delete=models.PROTECT, related_name="answers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="check_answers")
    question = models.CharField(max_length=36)
    digest = models.CharField(max_length=64)
    chosen = models.JSONField()
    right = models.BooleanField()
    first_try = models.BooleanField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "digest"], condition=Q(first_try=True), name="check_first_try_once"
            )
        ]
        indexes = [models.Index(fields=["digest", "user"], name="check_answer_of")]

    def __str__(self) -> str:
        return f"{self.version} · {self.user} · {self.question}"
