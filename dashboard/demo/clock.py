"""Acting as a demo person on another day: what the services note down then carries that day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from accounts.models import User

HOME = ZoneInfo("Europe/Berlin")


def today() -> date:
    """The day it is at the company's home."""
    return timezone.now().astimezone(HOME).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within, `django.utils.timezone.now` stands still at `moment` (or now, if that lies in the future).

    Only for loading the demo, which nobody else uses at that time.
    """
    real = timezone.now
    shown = min(moment, real())
    timezone.now = lambda: shown
    try:
        yield
    finally:
        timezone.now = real


@contextmanager
def acting(by: User | None, day: date, hour: int = 9, minute: int = 0) -> Iterator[None]:
    """Within, it is that hour of `day` at home, and words are those of the person (German for the clock)."""
    moment = datetime.combine(day, time(hour), HOME) + timedelta(minutes=minute)
    with at(moment), translation.override(by.language if by else "de"):
        yield
