"""The words of the calendar: what a period and a grouping are called."""

from babel.dates import format_date
from django.utils.translation import gettext as _

from core import formats
from dashboard.calendar.chosen import CALENDAR, MONTH, SPANS, Chosen


def title_of(chosen: Chosen) -> str:
    """`September 2026`, `Week 39, 21 Sept – 27 Sept 2026`, or the days of the timeline."""
    first, last = chosen.period
    days = formats.date_range(first, last)
    if chosen.page != CALENDAR:
        return days
    if chosen.view == MONTH:
        return format_date(first, "LLLL y", locale=formats.locale(formats.language()))
    return _("Week %(week)s, %(days)s") % {"week": first.isocalendar().week, "days": days}


def group_words(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Address, word and whether it is the current one, for each way to group."""
    labels = {
        "campaign": _("Campaign"),
        "channel": _("Channel"),
        "region": _("Region"),
        "team": _("Team"),
    }
    found = [
        (chosen.url(group=name), labels[name], not chosen.is_grid and chosen.by == name) for name in labels
    ]
    if chosen.page == CALENDAR and chosen.view == MONTH:
        found.insert(0, (chosen.url(group=""), _("Weeks"), chosen.is_grid))
    return found


def span_words(chosen: Chosen) -> list[tuple[str, str, bool]]:
    """Address, word and whether it is the current one, for each length of the timeline."""
    labels = dict(zip(SPANS, (_("Quarter"), _("Half-year"), _("Year")), strict=True))
    return [(chosen.url(weeks=weeks), word, chosen.weeks == weeks) for weeks, word in labels.items()]
