"""Notices that can wait, collected: one mail per person and rhythm, in his language; none if nothing came."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from core.delivery.clock import db_now
from core.delivery.decisions import withhold
from core.delivery.hints import hint_on_commit
from core.delivery.models import OutgoingMail
from core.delivery.states import State, require_edge
from core.emails import render_mail


def last_slot(now: datetime, person: Any) -> datetime:
    """The latest moment up to `now` at which the person's collected notices were due, in UTC."""
    wishes = person.preferences
    if wishes.digest_rhythm == "hourly":
        return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    zone = ZoneInfo(person.timezone)
    day = now.astimezone(zone).date()
    slot = datetime.combine(day, time(wishes.digest_hour), tzinfo=zone).astimezone(UTC)
    if slot > now:
        earlier = datetime.combine(day - timedelta(days=1), time(wishes.digest_hour), tzinfo=zone)
        slot = earlier.astimezone(UTC)
    return slot


def collected(person: Any) -> QuerySet[OutgoingMail]:
    """The notices that wait for the person's next digest, oldest first."""
    waiting = OutgoingMail.objects.filter(recipient=person, route="digest", state=State.QUEUED)
    return waiting.order_by("pk")


def send_digests() -> int:
    """Make the digests that are due; number of them. Repeated, or by two beats at once, it does no harm."""
    waiting = OutgoingMail.objects.filter(route="digest", state=State.QUEUED).order_by()
    people = get_user_model().objects.filter(pk__in=waiting.values("recipient"))
    now, count = db_now(), 0
    for person in people.select_related("notifications").order_by("pk"):
        count += _send_digest(person, last_slot(now, person))
    return count


@transaction.atomic
def _send_digest(person: Any, slot: datetime) -> int:
    """One mail with everything that came before `slot`; its notices are marked in the same transaction."""
    notices = list(collected(person).filter(due_at__lt=slot).select_for_update(of=("self",), no_key=True))
    if not notices:
        return 0
    if not person.is_active:
        withhold(collected(person))
        return 0
    mail = OutgoingMail(
        key=f"digest:{person.pk}:{slot:%Y%m%d%H%M}:{notices[0].pk}",
        recipient=person,
        urgent=False,
        **render_mail(person, "core/email/digest", {"notices": [_entry(notice) for notice in notices]}),
    )
    mail.save()
    require_edge(State.QUEUED, State.CANCELLED)
    marked = OutgoingMail.objects.filter(pk__in=[notice.pk for notice in notices])
    marked.update(state=State.CANCELLED, digest=mail, changed_at=Now())
    hint_on_commit(OutgoingMail)
    return 1


def _entry(notice: OutgoingMail) -> dict[str, Any]:
    """A notice as its digest shows it; its links stand in its words."""
    return {"subject": notice.subject, "text": notice.body, "at": notice.created_at}
