"""What mail services report after a mail was handed over: kept word for word, and what follows from it.

`sent` stays the end of a delivery; that it came back is told by its events (docs/adr/0013).
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from core.audit import record
from core.delivery.handling import Handling, all_handlings
from core.delivery.letters import one_line
from core.delivery.models import DeliveryBase, DeliveryEvent, EventKind
from core.delivery.states import State
from core.registry import Registry

# (person, address, reason): the address takes no mail any more; whoever keeps people notes it.
address_refused: Registry[Callable[[Any, str, str], None]] = Registry()

_KEPT = {kind.value for kind in EventKind} - {EventKind.SET_ASIDE.value}
# Reasons after which a service would refuse the next mail as well.
_FOR_GOOD = {"invalid", "bounced", "spam", "unsubscribed"}
# Some services report an identifier of their own; ours then stands somewhere in what they say.
_OURS = re.compile(r"ek-[a-z]+-[0-9a-f]{32}@[A-Za-z0-9.-]+")
LONGEST_DETAIL = 1000


def take_event(sender: object, event: Any, esp_name: str, **kwargs: Any) -> None:
    """Keep a report of a mail service (receiver of django-anymail's `tracking`); the same one twice is one.

    What was not delivered, or was called spam, is kept; the rest is nobody's business.
    """
    if event.event_type in _KEPT:
        _keep(event, esp_name)


def _keep(event: Any, service: str) -> DeliveryEvent:
    message_id, handling, row = _find(event)
    with transaction.atomic():
        kept, new = DeliveryEvent.objects.get_or_create(
            source=service[:40],
            key=_key(event),
            defaults={
                "kind": event.event_type,
                "at": event.timestamp or timezone.now(),
                "message_id": message_id[:200],
                "address": (event.recipient or "")[:254],
                "detail": _words(event),
                "permanent": _is_for_good(event),
                "row_label": handling.label if handling else "",
                "row_pk": row.pk if row else None,
            },
        )
        if new and kept.permanent and row is not None:
            _refuse_address(handling.person_of(row), kept)
    return kept


def _key(event: Any) -> str:
    parts = [event.event_type, event.event_id, event.message_id, event.recipient, event.timestamp]
    return hashlib.sha256("|".join(map(str, parts)).encode("utf-8", "replace")).hexdigest()


def _words(event: Any) -> str:
    said = [event.mta_response, event.description, event.reject_reason]
    return one_line(" · ".join(dict.fromkeys(str(one) for one in said if one)))[:LONGEST_DETAIL]


def _is_for_good(event: Any) -> bool:
    if event.event_type == EventKind.COMPLAINED:
        return True
    lost = event.event_type in (EventKind.BOUNCED, EventKind.REJECTED)
    return lost and event.reject_reason in _FOR_GOOD


def _find(event: Any) -> tuple[str, Handling | None, DeliveryBase | None]:
    """The event's Message-ID, and the row that has it, if any has."""
    told = str(event.message_id or "").strip().strip("<>")
    raw = event.esp_event
    named = _OURS.findall(json.dumps(raw, default=str) if raw is not None else "")
    wanted = dict.fromkeys(name for name in [told, *named] if name)
    for handling in all_handlings():
        row = handling.rows().filter(message_id__in=[f"<{name}>" for name in wanted]).first()
        if row is not None:
            return row.message_id, handling, row
    return f"<{told}>" if told else "", None, None


def _refuse_address(person: Any, event: DeliveryEvent) -> None:
    """Unless the person has another address by now."""
    if event.address.lower() in ("", person.email.lower()):
        reason = f"{event.get_kind_display()}: {event.detail}" if event.detail else event.get_kind_display()
        for function in address_refused:
            function(person, person.email, reason)


def lost_rows(model: type[DeliveryBase]) -> QuerySet:
    """Keys of the rows that came back, or were dropped, after they had been handed over (for `pk__in`)."""
    label = model._meta.label_lower
    return DeliveryEvent.objects.filter(row_label=label, kind__in=DeliveryEvent.LOST).values("row_pk")


def reports_on(model: type[DeliveryBase]) -> QuerySet[DeliveryEvent]:
    """The reports that a row (OuterRef) came back, newest first; for Subquery() and Exists()."""
    label = model._meta.label_lower
    mine = DeliveryEvent.objects.filter(row_label=label, row_pk=OuterRef("pk"), kind__in=DeliveryEvent.LOST)
    return mine.order_by("-pk")


def set_aside_rows(model: type[DeliveryBase]) -> QuerySet:
    """Keys of the rows of which somebody said that nothing more is to be done."""
    label = model._meta.label_lower
    return DeliveryEvent.objects.filter(row_label=label, kind=EventKind.SET_ASIDE).values("row_pk")


@transaction.atomic
def set_aside(*, row: DeliveryBase, by: Any, reason: str) -> DeliveryEvent:
    """An operator says that nothing more is to be done about a failed, uncertain or returned message.

    Raises ValidationError without a reason, or when there is nothing to decide.
    """
    if not reason.strip():
        raise ValidationError(_("Please say why."), code="reason")
    if row.state not in (State.FAILED, State.UNCERTAIN, State.SENT):
        raise ValidationError(_("There is nothing to decide about this message."))
    event, new = DeliveryEvent.objects.get_or_create(
        source="operator",
        key=f"{row._meta.label_lower}:{row.pk}",
        defaults={
            "kind": EventKind.SET_ASIDE,
            "at": timezone.now(),
            "message_id": row.message_id,
            "detail": reason.strip()[:LONGEST_DETAIL],
            "row_label": row._meta.label_lower,
            "row_pk": row.pk,
        },
    )
    if new:
        record(by=by, verb="delivery.set_aside", scope=row, reason=reason.strip())
    return event
