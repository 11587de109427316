"""Bars, rows and lists as HTML, written in Python: a tag for each of some hundred bars would be slow.

A bar's place stands in classes (`from-3 days-7 lane-2`), because inline styles are not allowed; its dates and
version in data attributes, which static/js/lib/plan-bars.js reads. All of it goes through core.markup, which
escapes.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from zlib import crc32

from babel.dates import format_date
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import Phase
from core import formats
from core.markup import joined, markup
from core.templatetags.ui import icon_html, state
from dashboard.calendar.chosen import Chosen
from dashboard.calendar.layout import Piece, Week, lanes_of
from dashboard.calendar.rowing import Row
from dashboard.calendar.rows import Entry

# A bar that takes less of the width in percent has no room for text.
DOT_PERCENT = 6
NOTHING = SafeString("")
HUSHED = SafeString(' tabindex="-1" aria-hidden="true"')
CURRENT = SafeString(' aria-current="true"')
TODAY = SafeString(' class="today"')
LINE = (
    '<td class="ek-nowrap">{}</td><th scope="row"><a class="{}" href="{}{}" data-open{}>{}'
    '<span>{}<small class="ek-only-s">{}</small></span>{}</a></th><td class="ek-only-l">{}</td>'
    '<td class="ek-only-l ek-nowrap">{}</td><td class="ek-only-l">{}</td><td class="ek-only-l">{}</td>'
)


class Writer:
    """Writes one page: keeps what is the same for all of its bars."""

    def __init__(self, chosen: Chosen, opened: str = "") -> None:
        self.chosen = chosen
        self.opened = opened
        self.days = (chosen.window[1] - chosen.window[0]).days + 1
        query = chosen.query()
        self.link = f"?{query}&open=" if query else "?open="
        self.language = formats.language()
        self.clash_word = _("Conflict")

    # --- one bar ------------------------------------------------------------------------------------------

    def bar(self, piece: Piece, *, dots: bool = False, again: bool = False) -> SafeString:
        """A link to the entry's panel. `again`: the entry already has a bar that is read out."""
        entry = piece.entry
        tone, sign, word, solid = look(entry.phase, self.language)
        dot = dots and piece.days * 100 < DOT_PERCENT * self.days
        css = f"ek-ev ek-tone-{tone} from-{piece.start} days-{piece.days} lane-{piece.lane}"
        css += f"{' ek-ev--solid' if solid else ''}{' ek-ev--dot' if dot else ''}"
        css += f"{' ek-ev--cut-l' if piece.cut_left else ''}{' ek-ev--cut-r' if piece.cut_right else ''}"
        said = self.said(entry, piece, word)
        picture = entry.channel.icon if entry.channel else sign
        return markup(
            '<a class="{}" href="{}{}" title="{}"{}{}{}>{}</a>',
            css,
            self.link,
            entry.opens,
            said,
            HUSHED if again else markup(' aria-label="{}"', said),
            self._data(piece),
            self._current(entry),
            self._inner(entry, piece, picture, dot),
        )

    def _inner(self, entry: Entry, piece: Piece, picture: str, dot: bool) -> SafeString:
        clash = icon_html("exclamation-diamond-fill", extra="ek-clash") if entry.clash else NOTHING
        if dot:
            return clash or icon_html(picture)
        return markup("{}<span>{}</span>{}", icon_html(picture), piece.text, clash)

    def _current(self, entry: Entry) -> SafeString:
        return CURRENT if entry.opens == self.opened else NOTHING

    @staticmethod
    def _data(piece: Piece) -> SafeString:
        """What the script needs to move it: on every bar that may be moved, nothing on others."""
        entry = piece.entry
        opens = markup(' data-opens="{}"', entry.opens) if entry.opens != entry.key else NOTHING
        if not piece.movable:
            return markup(' data-bar="{}"{}', entry.key, opens)
        return markup(
            ' data-bar="{}"{} data-move data-first="{}" data-last="{}" data-version="{}"',
            entry.key,
            opens,
            entry.first,
            entry.last,
            entry.version,
        )

    def said(self, entry: Entry, piece: Piece, word: str) -> str:
        """The bar for screen readers and as a tip: name, state, days, what it clashes with."""
        parts = [entry.label, word, formats.date_range(piece.first, piece.last)]
        if entry.clash:
            parts.append(f"{_('Conflict')}: {entry.clash}")
        return ", ".join(parts)

    # --- the grid -----------------------------------------------------------------------------------------

    def grid(self, weeks: Iterable[Week]) -> SafeString:
        """Weeks below each other."""
        seen: set[str] = set()
        return joined(self._week(week, seen) for week in weeks)

    def _week(self, week: Week, seen: set[str]) -> SafeString:
        parts = [self._day(week.monday + timedelta(days=at), at + 1) for at in range(7)]
        for piece in sorted(week.pieces, key=lambda one: (one.start, one.lane)):
            parts.append(self.bar(piece, again=piece.entry.key in seen))
            seen.add(piece.entry.key)
        if week.hidden:
            parts.append(self._more(week))
        opening = markup('<div class="ek-week" data-monday="{}" id="w{}"', week.monday, week.monday)
        return _kept(opening, joined(parts))

    def _day(self, day: date, column: int) -> SafeString:
        first, last = self.chosen.period
        css = "ek-day" + ("" if first <= day <= last else " ek-day--out")
        if day == self.chosen.today:
            hint = markup('<span class="visually-hidden">{} </span>', _("Today"))
            return markup(
                '<span class="{} ek-day--today from-{}">{}<span>{}</span></span>', css, column, hint, day.day
            )
        text = formats.short_date(day, year=False) if day.day == 1 else day.day
        return markup('<span class="{} from-{}"><span>{}</span></span>', css, column, text)

    def _more(self, week: Week) -> SafeString:
        words = ngettext("%(number)s more in the list", "%(number)s more in the list", week.hidden)
        text = words % {"number": week.hidden}
        return markup('<a class="ek-week__more" href="#plan-list">{}{}</a>', icon_html("plus-lg"), text)

    # --- rows ---------------------------------------------------------------------------------------------

    def rows(self, rows: Iterable[Row]) -> SafeString:
        """Rows with their bars."""
        dots = self.chosen.page == "timeline"
        return joined(self._row(row, dots) for row in rows)

    def _row(self, row: Row, dots: bool) -> SafeString:
        bars = [self.bar(piece, dots=dots) for piece in row.pieces]
        if row.hidden:
            words = ngettext("and %(number)s more", "and %(number)s more", row.hidden)
            bars.append(markup('<span class="ek-tl__rest">{}</span>', words % {"number": row.hidden}))
        opening = markup(
            '<div class="ek-tl__row ek-tl__row--{}" id="r{}"', "sub" if row.sub else "group", row.key
        )
        lane = '<span>{}</span><div class="ek-tl__lane lanes-{}">{}</div>'
        return _kept(opening, markup(lane, self._head(row), lanes_of(row.pieces), joined(bars)))

    def _head(self, row: Row) -> SafeString | str:
        if row.channel:
            return markup('<span class="ek-ch">{}{}</span>', icon_html(row.channel.icon), row.label)
        if row.open_key:
            link = '<a class="ek-quiet" href="{}{}" data-open>{}</a>'
            return markup(link, self.link, row.open_key, row.label)
        return row.label

    # --- the list: the same for screen readers, small screens and paper -------------------------------------

    def table(self, entries: Iterable[Entry]) -> SafeString:
        """A table row for each entry, by the day it begins or, where it runs already, of the period."""
        first, shown = self.chosen.window[0], None
        found = []
        for entry in sorted(entries, key=lambda one: (max(one.first, first), one.kind, one.first, one.pk)):
            day = max(entry.first, first)
            found.append(self._tr(entry, day if day != shown else None))
            shown = day
        return joined(found)

    def _tr(self, entry: Entry, day: date | None) -> SafeString:
        tone, sign, _word, solid = look(entry.phase, self.language)
        clash = NOTHING
        if entry.clash:
            mark = icon_html("exclamation-diamond-fill", extra="ek-clash")
            clash = markup(
                '{}<span class="visually-hidden">{}: {}</span>', mark, self.clash_word, entry.clash
            )
        days = formats.date_range(entry.first, entry.last)
        inner = markup(
            LINE,
            _time(day, self.language) if day else "",
            f"ek-ev ek-tone-{tone}{' ek-ev--solid' if solid else ''}",
            self.link,
            entry.key,
            self._current(entry),
            icon_html(entry.channel.icon if entry.channel else sign),
            entry.label,
            days,
            clash,
            _pill(entry.phase, self.language),
            days,
            " · ".join(one.code for one in entry.regions) or "–",
            entry.owner,
        )
        today = TODAY if day == self.chosen.today else NOTHING
        return markup('<tr{} id="l{}" data-sum="{}">{}</tr><!--/-->', today, entry.key, _sum(inner), inner)


def _kept(opening: SafeString, inner: SafeString) -> SafeString:
    """A part with the checksum of its content, by which the script knows whether it has to draw it anew."""
    return markup('{} data-sum="{}">{}</div><!--/-->', opening, _sum(inner), inner)


def _sum(inner: str) -> str:
    return f"{crc32(inner.encode()):x}"


@lru_cache(maxsize=64)
def look(phase: str, language: str) -> tuple[str, str, str, bool]:
    """Tone, icon and word of a state; `language` is only its key. A region's state is one of the phases."""
    member = Phase(phase)
    return member.tone, member.icon, str(member.label), member.solid


@lru_cache(maxsize=64)
def _pill(phase: str, language: str) -> SafeString:
    return state(Phase(phase), bare=True)


@lru_cache(maxsize=2048)
def _time(day: date, language: str) -> SafeString:
    return markup('<time datetime="{}">{}</time>', day, formats.week_date(day))


# --- heads ------------------------------------------------------------------------------------------------


def weekdays(language: str) -> list[str]:
    """Short names from Monday on."""
    pattern = "ccc"
    return [
        format_date(date(2024, 1, at), pattern, locale=formats.locale(language)).rstrip(".")
        for at in range(1, 8)
    ]


def column_heads(chosen: Chosen) -> SafeString:
    """The head of rows: days of a week or month, else months and calendar weeks."""
    first, last = chosen.window
    days = (last - first).days + 1
    return _day_heads(chosen, first, days) if days <= 31 else _week_heads(chosen, first, days)


def _day_heads(chosen: Chosen, first: date, days: int) -> SafeString:
    pattern, found = ("ccc d" if days == 7 else "d"), []
    for at in range(days):
        day = first + timedelta(days=at)
        text = format_date(day, pattern, locale=formats.locale(formats.language()))
        css = "ek-tl__day" + (" ek-tl__day--today" if day == chosen.today else "")
        found.append(markup('<span class="{} from-{} days-1"><span>{}</span></span>', css, at + 1, text))
    return joined(found)


def _week_heads(chosen: Chosen, first: date, days: int) -> SafeString:
    found = []
    for at in range(days):
        day = first + timedelta(days=at)
        if at == 0 or day.day == 1:
            until = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
            left = min((until - day).days, days - at)
            if left >= days // 20:
                name = format_date(
                    day, "LLLL" if days < 300 else "LLL", locale=formats.locale(formats.language())
                )
                found.append(markup('<b class="ek-tl__month from-{} days-{}">{}</b>', at + 1, left, name))
        if at % (7 if days < 100 else 14 if days < 200 else 28) == 0:
            week = _("W %(week)s") % {"week": day.isocalendar().week}
            found.append(markup('<span class="ek-tl__wk from-{} days-7">{}</span>', at + 1, week))
        if day == chosen.today:
            found.append(markup('<span class="ek-tl__today from-{}">{}</span>', at + 1, _("Today")))
    return joined(found)


def marks(chosen: Chosen) -> SafeString:
    """Lines that go through all rows: the beginning of months, today."""
    first, last = chosen.window
    found = []
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        if day.day == 1 and at:
            found.append(markup('<i class="ek-tl__mo from-{}"></i>', at + 1))
        if day == chosen.today:
            found.append(markup('<i class="ek-tl__now from-{} days-1"></i>', at + 1))
    return joined(found)


def load_bars(counts: list[int], usual: int) -> SafeString:
    """The load of each week as bars, those above what is usual marked by colour and figure."""
    most, found = max([*counts, usual + 1]), []
    for at, count in enumerate(counts):
        high = round(count * 70 / most, 2)
        css = "ek-tl__load" + (" hi" if count > usual else "")
        x, width = (at + 0.06) * 100 / len(counts), 88 / len(counts)
        places = (f"{x:.5g}", f"{width:.5g}", f"{100 - high:.4g}", f"{high:.4g}")
        found.append(markup('<rect class="{}" x="{}%" width="{}%" y="{}%" height="{}%"/>', css, *places))
        if count and len(counts) <= 26:
            place = (f"{(at + 0.5) * 100 / len(counts):.5g}", f"{96 - high:.4g}")
            found.append(markup('<text x="{}%" y="{}%" text-anchor="middle">{}</text>', *place, count))
    return joined(found)


def kinds(entries: Iterable[Entry]) -> list[Phase]:
    """The states that occur, in their order, for the key below the picture."""
    found = {entry.phase for entry in entries}
    return [phase for phase in Phase if phase.value in found]
