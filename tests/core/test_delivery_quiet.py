"""Quiet hours by the person's wall clock, also when the clocks change, and what waits for their end."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import NotificationSettings
from core.delivery.clock import db_now
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.delivery.quiet import quiet_end
from core.delivery.states import State

BERLIN = ZoneInfo("Europe/Berlin")


def at(text, zone=BERLIN):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("now", "start", "end", "over"),
    [
        ("2026-06-01T23:00", "22:00", "07:00", "2026-06-02T05:00+00:00"),
        ("2026-06-02T06:59:59", "22:00", "07:00", "2026-06-02T05:00+00:00"),
        ("2026-06-02T07:00", "22:00", "07:00", None),
        ("2026-06-01T21:59:59", "22:00", "07:00", None),
        ("2026-06-01T13:00", "12:00", "14:30", "2026-06-01T12:30+00:00"),
        ("2026-06-01T14:30", "12:00", "14:30", None),
        # The night in which the clocks are put forward, and the one in which they are put back.
        ("2026-03-28T23:00", "22:00", "07:00", "2026-03-29T05:00+00:00"),
        ("2026-10-24T23:00", "22:00", "07:00", "2026-10-25T06:00+00:00"),
        # 02:30 does not exist, and exists twice.
        ("2026-03-29T01:00", "22:00", "02:30", "2026-03-29T01:00+00:00"),
        ("2026-10-25T01:00", "22:00", "02:30", "2026-10-25T00:30+00:00"),
    ],
)
def test_quiet_hours_end_by_the_wall_clock(now, start, end, over):
    found = quiet_end(at(now), time.fromisoformat(start), time.fromisoformat(end), BERLIN)
    assert found == (datetime.fromisoformat(over) if over else None)


# The clocks of Berlin go from 02:00 to 03:00 and from 03:00 back to 02:00, both at 01:00 UTC; those of
# Beirut from 00:00 to 01:00 and back to 23:00. The night, the hours, and when it is quiet in UTC.
SPRING, AUTUMN = "2026-03-29", "2026-10-25"


@pytest.mark.parametrize(
    ("night", "zone", "start", "end", "quiet"),
    [
        # An end that comes twice: over with the first, and not quiet again in the second half of the hour.
        (AUTUMN, "Europe/Berlin", "22:00", "02:30", ("24T20:00", "25T00:30")),
        (AUTUMN, "Europe/Berlin", "02:10", "02:40", ("25T00:10", "25T00:40")),
        # A beginning that comes twice: quiet from the first on, the doubled hour included.
        (AUTUMN, "Europe/Berlin", "02:30", "07:00", ("25T00:30", "25T06:00")),
        (AUTUMN, "Europe/Berlin", "01:00", "03:00", ("24T23:00", "25T02:00")),
        (AUTUMN, "Asia/Beirut", "20:00", "23:30", ("24T17:00", "24T20:30")),
        # An end or a beginning that is skipped: the moment of the skip.
        (SPRING, "Europe/Berlin", "22:00", "02:30", ("28T21:00", "29T01:00")),
        (SPRING, "Europe/Berlin", "02:30", "07:00", ("29T01:00", "29T05:00")),
        (SPRING, "Europe/Berlin", "02:10", "02:40", None),
        (SPRING, "Asia/Beirut", "00:30", "06:00", ("28T22:00", "29T03:00")),
    ],
)
def test_when_the_clocks_change_it_is_quiet_once(night, zone, start, end, quiet):
    hours = time.fromisoformat(start), time.fromisoformat(end), ZoneInfo(zone)
    first = datetime.fromisoformat(f"{night}T15:00+00:00") - timedelta(days=1)
    moments = [first + timedelta(minutes=10 * n) for n in range(6 * 18)]
    found = {moment: over for moment in moments if (over := quiet_end(moment, *hours))}
    if quiet is None:
        assert not found
        return
    begun, over = (datetime.fromisoformat(f"{night[:8]}{when}+00:00") for when in quiet)
    assert found == {moment: over for moment in moments if begun <= moment < over}


@pytest.fixture
def asleep(anna):
    """Anna has quiet hours from an hour ago to an hour from now, by the clock of Auckland."""
    anna.timezone = "Pacific/Auckland"
    anna.save()
    now = db_now().astimezone(ZoneInfo(anna.timezone))
    start, end = ((now + timedelta(hours=h)).time().replace(second=0, microsecond=0) for h in (-1, 1))
    return NotificationSettings.objects.create(user=anna, quiet_from=start, quiet_to=end)


def test_what_can_wait_waits_uncharged_and_what_cannot_goes(asleep, sink, route, make_mail):
    calm, urgent = make_mail("calm", urgent=False), make_mail("urgent", urgent=True)
    assert deliver(route) == {"retry": 1, "sent": 1}
    calm, urgent = (OutgoingMail.objects.get(pk=mail.pk) for mail in (calm, urgent))
    assert urgent.state == State.SENT
    assert (calm.state, calm.attempt) == (State.RETRY, 0)
    assert calm.failure == "Waits for the end of the person's quiet hours."
    wait = calm.due_at - db_now()
    assert timedelta(minutes=58) < wait <= timedelta(hours=1)
    assert deliver(route) == {}


def test_a_repeated_attempt_waits_as_well_and_keeps_its_count(asleep, sink, route, make_mail):
    mail = make_mail(urgent=False, state=State.RETRY, attempt=3)
    assert deliver(route, repeat=True) == {"retry": 1}
    mail = OutgoingMail.objects.get(pk=mail.pk)
    assert (mail.attempt, mail.state) == (3, State.RETRY)
    NotificationSettings.objects.update(quiet_from=None, quiet_to=None)
    OutgoingMail.objects.update(due_at=db_now() - timedelta(seconds=1))
    assert deliver(route, repeat=True) == {"sent": 1}
    assert len(sink.mails) == 1
