"""Quiet hours: what falls due in them waits for their end, by the person's own wall clock."""

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.delivery.clock import db_now
from core.delivery.errors import Later

MINUTE = timedelta(minutes=1)


def quiet_end(now: datetime, start: time, end: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None outside of them.

    They may pass midnight, and are wall-clock times of `zone`: 22:00 to 07:00 stays that over a change of
    the clocks. Each day has them once: a time that comes twice counts when it comes first, one that the
    clocks skip counts as the moment of the skip.
    """
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        over = _reached(day + timedelta(days=int(start > end)), end, zone)
        if _reached(day, start, zone) <= now < over:
            return over
    return None


def _reached(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment, in UTC, at which the wall clock shows this time of the day or a later one."""
    shown = datetime.combine(day, at)
    moment = shown.replace(tzinfo=zone).astimezone(UTC)
    if _wall(moment, zone) == shown:
        return moment
    # Skipped: read by the offset after the skip it lies before it, and by the one before it behind it.
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    minutes = range((moment - before) // MINUTE)
    return before + MINUTE * bisect_left(minutes, shown, key=lambda n: _wall(before + MINUTE * n, zone))


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def respect_quiet(person: Any) -> None:
    """Raise Later while `person` (a user, with `notifications` if he has set any) has quiet hours.

    Called while a message is made, before anything is transmitted; asks the database's clock only for
    people who have quiet hours at all.
    """
    wishes = getattr(person, "notifications", None)
    if wishes is None or wishes.quiet_from is None:
        return
    until = quiet_end(db_now(), wishes.quiet_from, wishes.quiet_to, ZoneInfo(person.timezone))
    if until is not None:
        raise Later("Waits for the end of the person's quiet hours.", until=until)
