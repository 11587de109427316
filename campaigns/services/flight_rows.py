"""Writing flights and dayparts so that a row stays the same flight: calendar programs know it by its id."""

from collections.abc import Iterable, Sequence
from datetime import date, time
from typing import Any, NamedTuple

from django.utils import formats as django_formats
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from campaigns.models import CampaignChannel, Daypart, Flight
from campaigns.models.flight import EVERY_DAY, WEEKDAYS
from campaigns.services.plan_data import Period
from core import formats

DAYS = ("starts_on", "ends_on")


class Hours(NamedTuple):
    """A daypart as it is wanted: bits of weekdays (lowest is Monday), from, to."""

    weekdays: int
    begins: time
    ends: time


def hours_of(flight: Flight) -> list[Hours]:
    """The dayparts of a flight in a fixed order; asks nothing when they were prefetched."""
    return sorted(
        (Hours(part.weekdays, part.begins, part.ends) for part in flight.dayparts.all()),
        key=lambda one: (one.begins, one.ends, one.weekdays),
    )


def write_flights(row: CampaignChannel, wanted: Iterable[Period]) -> list[Flight]:
    """Bring a channel's flights in line; the flights it has then, in order of `wanted`, sorted.

    As many as before: the first one stays the first, so that a plan that is moved keeps its flights. Else
    those with the same days stay, and the others are matched in order, made or removed.
    """
    now = sorted(row.flights.all(), key=_period)
    wanted = sorted(set(wanted))
    kept = _matched(now, wanted)
    for flight in now:
        if flight not in kept.values():
            flight.delete()
    return [_placed(row, kept.get(at), period) for at, period in enumerate(wanted)]


def _period(flight: Flight) -> Period:
    return flight.starts_on, flight.ends_on


def _matched(now: Sequence[Flight], wanted: Sequence[Period]) -> dict[int, Flight]:
    """Which flight takes which place."""
    if len(now) == len(wanted):
        return dict(enumerate(now))
    places = {period: at for at, period in enumerate(wanted)}
    same = {places[_period(flight)]: flight for flight in now if _period(flight) in places}
    left = [flight for flight in now if flight not in same.values()]
    free = [at for at in range(len(wanted)) if at not in same]
    return same | dict(zip(free, left, strict=False))


def _placed(row: CampaignChannel, flight: Flight | None, period: Period) -> Flight:
    if flight is None:
        return Flight.objects.create(campaign_channel=row, starts_on=period[0], ends_on=period[1])
    if _period(flight) != period:
        flight.starts_on, flight.ends_on = period
        flight.save_versioned(expected=flight.version, fields=DAYS)
    return flight


def write_hours(flight: Flight, wanted: Iterable[Hours]) -> bool:
    """Replace the dayparts; False when they were the same."""
    wanted = sorted(set(wanted), key=lambda one: (one.begins, one.ends, one.weekdays))
    if hours_of(flight) == wanted:
        return False
    flight.dayparts.all().delete()
    Daypart.objects.bulk_create(Daypart(flight=flight, **one._asdict()) for one in wanted)
    return True


# --- in a release: {"starts_on", "ends_on", "dayparts": [{"weekdays": [1], "begins": "19:00", "ends": …}]},
# without "dayparts" where there are none, as in releases from before there were any.


def entry_of(flight: Flight) -> dict[str, Any]:
    """A flight as a release keeps it."""
    entry: dict[str, Any] = {name: getattr(flight, name).isoformat() for name in DAYS}
    parts = [
        {"weekdays": list(_days(one.weekdays)), "begins": _clock(one.begins), "ends": _clock(one.ends)}
        for one in hours_of(flight)
    ]
    return entry | ({"dayparts": parts} if parts else {})


def hours_in(entry: dict[str, Any]) -> list[Hours]:
    """The dayparts of a flight in a release."""
    return [
        Hours(
            sum(1 << (day - 1) for day in part["weekdays"]),
            time.fromisoformat(part["begins"]),
            time.fromisoformat(part["ends"]),
        )
        for part in entry.get("dayparts", [])
    ]


def entry_words(entry: dict[str, Any]) -> str:
    """A flight of a release in words: its days, and its hours if it has any."""
    days = formats.date_range(date.fromisoformat(entry["starts_on"]), date.fromisoformat(entry["ends_on"]))
    hours = "; ".join(hours_words(one) for one in hours_in(entry))
    return _("%(days)s (%(hours)s)") % {"days": days, "hours": hours} if hours else days


def hours_words(hours: Hours) -> str:
    """`Mon, Tue, 19:00–22:00`; on every day only the hours."""
    params = {"from": _clock(hours.begins), "to": _clock(hours.ends), "days": ""}
    if hours.weekdays == EVERY_DAY:
        return _("%(from)s–%(to)s") % params
    params["days"] = ", ".join(str(WEEKDAYS_ABBR[day - 1]) for day in _days(hours.weekdays))
    return _("%(days)s, %(from)s–%(to)s") % params


def _days(bits: int) -> tuple[int, ...]:
    return tuple(day for day in range(1, WEEKDAYS + 1) if bits >> (day - 1) & 1)


def _clock(value: time) -> str:
    return django_formats.time_format(value, "H:i")
