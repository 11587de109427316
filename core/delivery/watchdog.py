"""Is anything overdue? Asked by `manage.py watchdog` from cron or systemd, and by the operators' page."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min
from django.db.models.functions import Now

from core.delivery.clock import db_now
from core.delivery.handling import all_handlings
from core.delivery.models import Heartbeat, OutgoingMail, RoutePause
from core.delivery.routes import all_routes
from core.delivery.states import State

BEAT = "beat"
SILENT_SECONDS = 60
# A daily digest waits a day, and its maker may be late like everything else.
DIGEST_HOURS = 26


def beat_seen() -> None:
    """Beat gave a worker work just now."""
    if not Heartbeat.objects.filter(name=BEAT).update(at=Now()):
        Heartbeat.objects.bulk_create([Heartbeat(name=BEAT)], ignore_conflicts=True)


@dataclass(frozen=True)
class Problem:
    """One thing an operator should look at. `what` is one of overdue, digest, undecided, paused, beat."""

    what: str
    subject: str
    count: int
    minutes: int
    words: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def problems(*, minutes: int = 10, undecided_minutes: int = 60) -> list[Problem]:
    """What is due for more than `minutes`, undecided for more than `undecided_minutes`, paused, or silent.

    By the database's clock. Texts hold neither addresses nor what messages say.
    """
    now = db_now()
    return [
        *_beat(now),
        *_paused(now, minutes),
        *_overdue(now, minutes),
        *_digests(now),
        *_undecided(now, undecided_minutes),
    ]


def _age(now: datetime, since: datetime) -> int:
    return max(int((now - since).total_seconds() // 60), 0)


def _beat(now: datetime) -> Iterator[Problem]:
    seen = Heartbeat.objects.filter(name=BEAT).first()
    if seen is None:
        yield Problem("beat", BEAT, 1, 0, "beat and workers have never been seen working")
    elif (now - seen.at).total_seconds() > SILENT_SECONDS:
        age = _age(now, seen.at)
        yield Problem("beat", BEAT, 1, age, f"beat or the workers are silent for {age} min")


def _paused(now: datetime, minutes: int) -> Iterator[Problem]:
    for pause in RoutePause.objects.order_by("route"):
        # A pause that is long over was met by nobody since: nothing was due.
        if pause.until > now - timedelta(minutes=minutes):
            age = _age(now, pause.since)
            yield Problem("paused", pause.route, 1, age, f"route {pause.route} is paused: {pause.reason}")


def _overdue(now: datetime, minutes: int) -> Iterator[Problem]:
    late = now - timedelta(minutes=minutes)
    for route in all_routes():
        due = route.model.objects.due().filter(route=route.name, due_at__lt=late)
        found = due.aggregate(count=Count("pk"), oldest=Min("due_at"))
        if found["count"]:
            name, age = f"{route.label} by {route.name}", _age(now, found["oldest"])
            words = f"{found['count']} of {name} overdue, the oldest for {age} min"
            yield Problem("overdue", name, found["count"], age, words)


def _digests(now: datetime) -> Iterator[Problem]:
    late = now - timedelta(hours=DIGEST_HOURS)
    waiting = OutgoingMail.objects.filter(route="digest", state=State.QUEUED, due_at__lt=late)
    found = waiting.filter(recipient__is_active=True).aggregate(count=Count("pk"), oldest=Min("due_at"))
    if found["count"]:
        age = _age(now, found["oldest"])
        words = f"{found['count']} notices wait for a digest, the oldest for {age} min"
        yield Problem("digest", "digest", found["count"], age, words)


def _undecided(now: datetime, minutes: int) -> Iterator[Problem]:
    late = now - timedelta(minutes=minutes)
    for handling in all_handlings():
        rows = handling.undecided(handling.model.objects.all()).filter(changed_at__lt=late)
        found = rows.aggregate(count=Count("pk"), oldest=Min("changed_at"))
        if found["count"]:
            age = _age(now, found["oldest"])
            words = f"{found['count']} of {handling.label} wait for a decision, the oldest for {age} min"
            yield Problem("undecided", handling.label, found["count"], age, words)
