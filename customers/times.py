"""Times of the week in rows and in words."""

from collections.abc import Collection

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from customers.enums import TimeOfDay, time_code


def time_rows(times: Collection[str]) -> list[tuple[TimeOfDay, list[tuple[str, bool]]]]:
    """By part of the day: each weekday, Monday first, and whether it is named."""
    return [
        (part, [(str(name), time_code(day, part.value) in times) for day, name in WEEKDAYS.items()])
        for part in TimeOfDay
    ]


def times_in_words(times: Collection[str]) -> list[str]:
    """Each part of the day that is named, with its days: "Monday to Friday: evening (18–22)"."""
    found = []
    for part in TimeOfDay:
        days = [day for day in WEEKDAYS if time_code(day, part.value) in times]
        if days:
            found.append(_("%(days)s: %(part)s") % {"days": _days(days), "part": part.label})
    return found


def _days(days: list[int]) -> str:
    """Days in a row as "from to", else one after another."""
    if len(days) == len(WEEKDAYS):
        return _("every day")
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return _("%(first)s to %(last)s") % {"first": WEEKDAYS[days[0]], "last": WEEKDAYS[days[-1]]}
    return ", ".join(str(WEEKDAYS[day]) for day in days)
