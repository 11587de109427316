"""What is kept of a message on its way to one person."""

import hashlib
from collections.abc import Iterable
from email.utils import parseaddr
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.delivery.states import IN_HAND, MAX_ATTEMPTS, OPEN, TROUBLE, WAITING, State

__all__ = ["DeliveryBase", "DeliveryEvent", "EventKind", "Heartbeat", "OutgoingMail", "RoutePause"]


def mail_domain() -> str:
    """The domain after the @ of DEFAULT_FROM_EMAIL, in ASCII; it ends every Message-ID."""
    return _domain_of(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=8)
def _domain_of(sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    return domain.encode("idna").decode("ascii")


class Literal(models.Value):
    """A state written into the SQL itself: SQLite uses a partial index only if it can read its condition."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return f"'{State(self.value).value}'", []


class DeliveryQuerySet(models.QuerySet):
    """Deliveries, read by what is to be done about them."""

    def due(self) -> Self:
        """Those an engine may claim now, by the database's clock."""
        waiting = [Literal(state) for state in WAITING]
        return self.filter(state__in=waiting, attempt__lt=MAX_ATTEMPTS, due_at__lte=Now())

    def in_trouble(self) -> Self:
        """Those an operator looks at: failed, uncertain, withheld."""
        return self.filter(state__in=[Literal(state) for state in TROUBLE])

    def unsettled(self) -> Self:
        """Those of which nobody can say yet that they arrived, or need not."""
        return self.filter(state__in=OPEN)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As Django's, with the Message-ID of each row filled in."""
        rows = list(objs)
        for row in rows:
            row.fill_message_id()
        return super().bulk_create(rows, *args, **kwargs)


class DeliveryBase(models.Model):
    """One message on its way to one person by one route. Its state is changed by core.delivery only."""

    route = models.CharField(_("route"), max_length=20, default="mail", editable=False)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    due_at = models.DateTimeField(_("due"), db_default=Now(), editable=False)
    attempt = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    claim_token = models.UUIDField(null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    hinted_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    failure = models.TextField(_("last answer"), blank=True, editable=False)
    message_id = models.CharField(_("Message-ID"), max_length=200, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), db_default=Now(), editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(attempt__gte=0, attempt__lte=MAX_ATTEMPTS),
                name="%(app_label)s_%(class)s_attempt_range",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=WAITING) | Q(attempt__lt=MAX_ATTEMPTS),
                name="%(app_label)s_%(class)s_waiting_below_cap",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=IN_HAND) | Q(claim_token__isnull=False, lease_until__isnull=False),
                name="%(app_label)s_%(class)s_in_hand_leased",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False),
                name="%(app_label)s_%(class)s_sent_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(message_id=""), name="%(app_label)s_%(class)s_has_message_id"
            ),
            # unique=True would bring a second index, for LIKE, and each message touches every index thrice.
            models.UniqueConstraint(fields=["message_id"], name="%(app_label)s_%(class)s_message_once"),
        ]
        indexes = [
            models.Index(
                fields=["route", "due_at"], name="%(app_label)s_%(class)s_due", condition=Q(state__in=WAITING)
            ),
            models.Index(
                fields=["lease_until"],
                name="%(app_label)s_%(class)s_leased",
                condition=Q(lease_until__isnull=False),
            ),
            models.Index(
                fields=["claim_token"],
                name="%(app_label)s_%(class)s_token",
                condition=Q(claim_token__isnull=False),
            ),
            models.Index(
                fields=["state", "changed_at"],
                name="%(app_label)s_%(class)s_trouble",
                condition=Q(state__in=TROUBLE),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.fill_message_id()
        super().save(*args, **kwargs)

    def identity(self) -> str:
        """What makes this message this message, whatever its primary key; the same in every attempt."""
        raise NotImplementedError

    def fill_message_id(self) -> None:
        """Fix the Message-ID: once, from the row's identity, so that a second transmission is recognised."""
        if not self.message_id:
            named = f"{settings.SITE_URL}|{self._meta.label_lower}|{self.identity()}"
            digest = hashlib.sha256(named.encode("utf-8", "replace")).hexdigest()[:32]
            self.message_id = f"<ek-{self._meta.model_name}-{digest}@{mail_domain()}>"


class OutgoingMail(DeliveryBase):
    """Any mail but a briefing: invitations, reminders, notices. Its text stands as it was when queued."""

    key = models.CharField(_("key"), max_length=200, editable=False)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        db_index=False,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("recipient"),
    )
    subject = models.CharField(_("subject"), max_length=250)
    text = models.TextField(_("text"))
    html = models.TextField(_("HTML"))
    language = models.CharField(_("language"), max_length=10)
    # What is not urgent may wait for the end of quiet hours and be collected in a digest.
    urgent = models.BooleanField(_("urgent"), default=True, editable=False)
    # Holds a link that only its reader may have: by mail only, and on no page.
    private = models.BooleanField(_("by mail only"), default=False, editable=False)
    digest = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="collected",
        verbose_name=_("collected in"),
    )

    class Meta(DeliveryBase.Meta):
        ordering = ["-id"]
        constraints = [
            *DeliveryBase.Meta.constraints,
            models.UniqueConstraint(fields=["key"], name="outgoing_mail_once"),
        ]
        indexes = [
            *DeliveryBase.Meta.indexes,
            models.Index(fields=["recipient", "-id"], name="outgoing_mail_of_person"),
        ]
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")

    def __str__(self) -> str:
        return self.subject

    def identity(self) -> str:
        return self.key

    @property
    def body(self) -> str:
        """What it says, without its heading and the frame's last lines."""
        text = self.text.removeprefix(self.subject).strip()
        return text.partition("\n-- \n")[0].strip()


class RoutePause(models.Model):
    """A way out that does not answer at present; nothing is claimed for it until then."""

    route = models.CharField(_("route"), max_length=20, unique=True)
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=1)
    since = models.DateTimeField(_("since"), db_default=Now())

    class Meta:
        verbose_name = _("paused route")
        verbose_name_plural = _("paused routes")

    def __str__(self) -> str:
        return f"{self.route}: {self.reason}"


class EventKind(models.TextChoices):
    """What became of a message after it was handed over."""

    BOUNCED = "bounced", _("Came back")
    REJECTED = "rejected", _("Refused by the mail service")
    FAILED = "failed", _("Failed at the mail service")
    COMPLAINED = "complained", _("Reported as spam")
    SET_ASIDE = "set_aside", _("Left at that")


class DeliveryEvent(models.Model):
    """What a mail service, or an operator, says of a message later on; append-only.

    `row_label` and `row_pk` name the delivery it belongs to (empty: nobody knows the Message-ID). `permanent`
    means that the address itself is no good. `source` and `key` make a report that comes twice one.
    """

    # These say that a message which counted as sent did not arrive.
    LOST = (EventKind.BOUNCED, EventKind.REJECTED, EventKind.FAILED)

    kind = models.CharField(_("what"), max_length=12, choices=EventKind)
    at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("reported"), db_default=Now())
    source = models.CharField(_("reported by"), max_length=40)
    key = models.CharField(max_length=64)
    message_id = models.CharField(_("Message-ID"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=254, blank=True)
    detail = models.TextField(_("in its words"), blank=True)
    permanent = models.BooleanField(_("for good"), default=False)
    row_label = models.CharField(max_length=60, blank=True)
    row_pk = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="delivery_event_once"),
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="delivery_event_kind_known"),
            models.CheckConstraint(
                condition=Q(row_label="", row_pk__isnull=True) | (~Q(row_label="") & Q(row_pk__isnull=False)),
                name="delivery_event_row_whole",
            ),
        ]
        indexes = [models.Index(fields=["row_label", "row_pk"], name="delivery_event_row")]
        verbose_name = _("report on a message")
        verbose_name_plural = _("reports on messages")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.message_id or self.address}"


class Heartbeat(models.Model):
    """When a part of the machinery was last seen working, by the database's clock."""

    name = models.CharField(_("part"), max_length=20, unique=True)
    at = models.DateTimeField(_("last seen"), db_default=Now())

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
