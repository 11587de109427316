"""Domain-free records: the audit log; outgoing mail lives in core.delivery."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from core.delivery.handover import Handover  # noqa: F401
from core.delivery.models import DeliveryEvent, Heartbeat, OutgoingMail, RoutePause  # noqa: F401


class AuditEvent(models.Model):
    """One thing somebody did; never changed, never deleted (held by triggers)."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verb = models.CharField(max_length=80)
    scope = models.CharField(max_length=120)
    subject = models.CharField(max_length=120, blank=True)
    data = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["scope", "-id"], name="audit_scope")]

    def __str__(self) -> str:
        return f"{self.verb} {self.scope}"
