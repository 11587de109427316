"""Quiet hours: what falls due in them waits for their end, by the person's own wall clock."""

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.delivery.clock import db_now
from core.delivery.errors import Later


def quiet_end(now: datetime, start: time, end: time, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours that `now` lies in are over, in UTC; None outside of them.

    They may pass midnight, and are wall-clock times of `zone`: 22:00 to 07:00 stays that over a change of
    the clocks. An end that the clocks skip comes as much later, one that comes twice ends with the first.
    """
    local = now.astimezone(zone)
    moment = local.time()
    inside = start <= moment < end if start < end else moment >= start or moment < end
    if not inside:
        return None
    day = local.date() + timedelta(days=int(start > end and moment >= start))
    over = datetime.combine(day, end, tzinfo=zone).astimezone(UTC)
    if over <= now:  # the hour comes twice, and this is its second time
        over = datetime.combine(day, end, tzinfo=zone).replace(fold=1).astimezone(UTC)
    return over if over > now else None


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
