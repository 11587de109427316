"""Working days of a region: Monday to Friday without its public holidays, and what its admin added.

Holidays come from the library `holidays` by the region's country and part of it; a country that the library
does not know has none. `closed_days` and `open_days` of the region (ISO dates) count more than both.
A leaf beside the models: it reads fields of a Region, and asks the database nothing.
"""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

import holidays

SATURDAY = 5
DAY = timedelta(days=1)
# A region that is open on no day at all must not keep anybody searching.
FARTHEST = 3650


class HasCalendar(Protocol):
    """What is read of a region."""

    country: str
    subdivision: str
    closed_days: list[str]
    open_days: list[str]


@lru_cache(maxsize=256)
def _public(country: str, subdivision: str, year: int) -> Collection[date]:
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return _public(country, "", year) if subdivision else frozenset()


def subdivisions(country: str) -> list[str]:
    """Codes of the parts of a country that have holidays of their own; [] for an unknown country."""
    return sorted(holidays.list_supported_countries().get(country.upper(), []))


def is_working_day(region: HasCalendar, day: date) -> bool:
    """True if people work in the region on `day`."""
    iso = day.isoformat()
    if iso in region.open_days:
        return True
    if iso in region.closed_days or day.weekday() >= SATURDAY:
        return False
    return day not in _public(region.country.upper(), region.subdivision, day.year)


def working_days_before(region: HasCalendar, day: date, number: int) -> date:
    """The date that lies `number` working days before `day`; `day` itself for 0."""
    at, left = day, number
    while left > 0 and (day - at).days < FARTHEST:
        at -= DAY
        left -= is_working_day(region, at)
    return at


def working_days_between(region: HasCalendar, first: date, last: date) -> int:
    """Working days after `first` up to and including `last`; negative where `last` lies before `first`.

    "In 3 working days" is 3, today 0, "2 working days late" -2. More than ten years count as ten.
    """
    if last < first:
        return -working_days_between(region, last, first)
    days = min((last - first).days, FARTHEST)
    return sum(is_working_day(region, first + DAY * n) for n in range(1, days + 1))
