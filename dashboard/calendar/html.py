"""Bars, rows and lists as HTML, written in Python: a tag for each of some hundred bars would be slow.

A bar's place stands in classes (`from-3 days-7 lane-2`), because inline styles are not allowed; its dates and
version in data attributes, which static/js/lib/plan-moves.js reads.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from zlib import crc32

from babel.dates import format_date
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.enums import Phase
from core import formats
from core.templatetags.ui import icon_html, state
from dashboard.calendar.chosen import Chosen
from dashboard.calendar.layout import Piece, Week, lanes_of
from dashboard.calendar.rowing import Row
from dashboard.calendar.rows import CAMPAIGN, Entry

# A bar that takes less of the width in percent has no room for text.
DOT_PERCENT = 6


class Writer:
    """Writes one page: keeps what is the same for all of its bars."""

    def __init__(self, chosen: Chosen, opened: str = "") -> None:
        self.chosen = chosen
        self.opened = opened
        self.days = (chosen.window[1] - chosen.window[0]).days + 1
        query = chosen.query()
        self.link = escape(f"?{query}&open=" if query else "?open=")
        self.language = formats.language()
        self.clash_word = escape(_("Conflict"))

    # --- one bar ------------------------------------------------------------------------------------------

    def bar(self, piece: Piece, *, dots: bool = False, again: bool = False) -> str:
        """A link to the entry's panel. `again`: the entry already has a bar that is read out."""
        entry = piece.entry
        tone, sign, word, solid = look(entry.phase, self.language)
        dot = dots and piece.days * 100 < DOT_PERCENT * self.days
        css = f"ek-ev ek-tone-{tone} from-{piece.start} days-{piece.days} lane-{piece.lane}"
        css += f"{' ek-ev--solid' if solid else ''}{' ek-ev--dot' if dot else ''}"
        css += f"{' ek-ev--cut-l' if piece.cut_left else ''}{' ek-ev--cut-r' if piece.cut_right else ''}"
        said = escape(self.said(entry, piece, word))
        picture = entry.channel.icon if entry.channel else sign
        inner = self._inner(entry, piece, picture, dot)
        spoken = ' tabindex="-1" aria-hidden="true"' if again else f' aria-label="{said}"'
        return (
            f'<a class="{css}" href="{self.link}{entry.key}" title="{said}"{spoken}{self._data(piece)}'
            f"{self._current(entry)}>{inner}</a>"
        )

    def _inner(self, entry: Entry, piece: Piece, picture: str, dot: bool) -> str:
        clash = icon_html("exclamation-diamond-fill", extra="ek-clash") if entry.clash else ""
        if dot:
            return str(clash or icon_html(picture))
        return f"{icon_html(picture)}<span>{escape(piece.text)}</span>{clash}"

    def _current(self, entry: Entry) -> str:
        return ' aria-current="true"' if entry.key == self.opened else ""

    @staticmethod
    def _data(piece: Piece) -> str:
        """What the script needs to move it: on every bar that may be moved, nothing on others."""
        if not piece.movable:
            return f' data-bar="{piece.entry.key}"'
        entry = piece.entry
        return (
            f' data-bar="{entry.key}" data-move data-first="{entry.first}" data-last="{entry.last}"'
            f' data-version="{entry.version}"'
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
        return mark_safe("".join(self._week(week, seen) for week in weeks))

    def _week(self, week: Week, seen: set[str]) -> str:
        days = "".join(self._day(week.monday + timedelta(days=at), at + 1) for at in range(7))
        bars = []
        for piece in sorted(week.pieces, key=lambda one: (one.start, one.lane)):
            bars.append(self.bar(piece, again=piece.entry.key in seen))
            seen.add(piece.entry.key)
        more = self._more(week) if week.hidden else ""
        return _kept(
            f'<div class="ek-week" data-monday="{week.monday}" id="w{week.monday}"',
            f"{days}{''.join(bars)}{more}",
        )

    def _day(self, day: date, column: int) -> str:
        first, last = self.chosen.period
        css = "ek-day" + ("" if first <= day <= last else " ek-day--out")
        if day == self.chosen.today:
            hint = f'<span class="visually-hidden">{escape(_("Today"))} </span>'
            return f'<span class="{css} ek-day--today from-{column}">{hint}<span>{day.day}</span></span>'
        text = formats.short_date(day, year=False) if day.day == 1 else str(day.day)
        return f'<span class="{css} from-{column}"><span>{escape(text)}</span></span>'

    def _more(self, week: Week) -> str:
        words = ngettext("%(number)s more in the list", "%(number)s more in the list", week.hidden)
        text = escape(words % {"number": week.hidden})
        return f'<a class="ek-week__more" href="#plan-list">{icon_html("plus-lg")}{text}</a>'

    # --- rows ---------------------------------------------------------------------------------------------

    def rows(self, rows: Iterable[Row]) -> SafeString:
        """Rows with their bars."""
        dots = self.chosen.page == "timeline"
        return mark_safe("".join(self._row(row, dots) for row in rows))

    def _row(self, row: Row, dots: bool) -> str:
        bars = "".join(self.bar(piece, dots=dots) for piece in row.pieces)
        css = "ek-tl__row" + (" ek-tl__row--sub" if row.sub else " ek-tl__row--group")
        if row.hidden:
            words = ngettext("and %(number)s more", "and %(number)s more", row.hidden)
            bars += f'<span class="ek-tl__rest">{escape(words % {"number": row.hidden})}</span>'
        lane = f'<div class="ek-tl__lane lanes-{lanes_of(row.pieces)}">{bars}</div>'
        return _kept(f'<div class="{css}" id="r{row.key}"', f"<span>{self._head(row)}</span>{lane}")

    def _head(self, row: Row) -> str:
        if row.channel:
            return f'<span class="ek-ch">{icon_html(row.channel.icon)}{escape(row.label)}</span>'
        if row.open_key:
            return f'<a class="ek-quiet" href="{self.link}{row.open_key}" data-open>{escape(row.label)}</a>'
        return escape(row.label)

    # --- the list: the same for screen readers, small screens and paper -------------------------------------

    def table(self, entries: Iterable[Entry]) -> SafeString:
        """A table row for each entry, by the day it begins or, where it runs already, of the period."""
        first, shown = self.chosen.window[0], None
        found = []
        for entry in sorted(entries, key=lambda one: (max(one.first, first), one.kind, one.first, one.pk)):
            day = max(entry.first, first)
            found.append(self._tr(entry, day if day != shown else None))
            shown = day
        return mark_safe("".join(found))

    def _tr(self, entry: Entry, day: date | None) -> str:
        tone, sign, _word, solid = look(entry.phase, self.language)
        css = f"ek-ev ek-tone-{tone}{' ek-ev--solid' if solid else ''}"
        picture = icon_html(entry.channel.icon if entry.channel else sign)
        clash = ""
        if entry.clash:
            mark = icon_html("exclamation-diamond-fill", extra="ek-clash")
            clash = f'{mark}<span class="visually-hidden">{self.clash_word}: {escape(entry.clash)}</span>'
        today = ' class="today"' if day == self.chosen.today else ""
        when = f'<time datetime="{day}">{escape(_day_words(day, self.language))}</time>' if day else ""
        days = escape(formats.date_range(entry.first, entry.last))
        where = escape(" · ".join(one.code for one in entry.regions)) or "–"
        inner = (
            f'<td class="ek-nowrap">{when}</td><th scope="row"><a class="{css}"'
            f' href="{self.link}{entry.key}" data-open{self._current(entry)}>{picture}'
            f'<span>{escape(entry.label)}<small class="ek-only-s">{days}</small></span>{clash}</a></th>'
            f'<td class="ek-only-l">{_pill(entry.phase, self.language)}</td>'
            f'<td class="ek-only-l ek-nowrap">{days}</td><td class="ek-only-l">{where}</td>'
            f'<td class="ek-only-l">{escape(entry.owner)}</td>'
        )
        return f'<tr{today} id="l{entry.key}" data-sum="{crc32(inner.encode()):x}">{inner}</tr><!--/-->'


def _kept(opening: str, inner: str) -> str:
    """A part with the checksum of its content, by which the script knows whether it has to draw it anew."""
    return f'{opening} data-sum="{crc32(inner.encode()):x}">{inner}</div><!--/-->'


@lru_cache(maxsize=64)
def look(phase: str, language: str) -> tuple[str, str, str, bool]:
    """Tone, icon and word of a state; `language` is only its key. A region's state is one of the phases."""
    member = Phase(phase)
    return member.tone, member.icon, str(member.label), member.solid


@lru_cache(maxsize=64)
def _pill(phase: str, language: str) -> SafeString:
    return state(Phase(phase), bare=True)


@lru_cache(maxsize=2048)
def _day_words(day: date, language: str) -> str:
    return formats.week_date(day)


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
        found.append(f'<span class="{css} from-{at + 1} days-1"><span>{escape(text)}</span></span>')
    return mark_safe("".join(found))


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
                found.append(f'<b class="ek-tl__month from-{at + 1} days-{left}">{escape(name)}</b>')
        if at % (7 if days < 100 else 14 if days < 200 else 28) == 0:
            week = _("W %(week)s") % {"week": day.isocalendar().week}
            found.append(f'<span class="ek-tl__wk from-{at + 1} days-7">{escape(week)}</span>')
        if day == chosen.today:
            found.append(f'<span class="ek-tl__today from-{at + 1}">{escape(_("Today"))}</span>')
    return mark_safe("".join(found))


def marks(chosen: Chosen) -> SafeString:
    """Lines that go through all rows: the beginning of months, today."""
    first, last = chosen.window
    found = []
    for at in range((last - first).days + 1):
        day = first + timedelta(days=at)
        if day.day == 1 and at:
            found.append(f'<i class="ek-tl__mo from-{at + 1}"></i>')
        if day == chosen.today:
            found.append(f'<i class="ek-tl__now from-{at + 1} days-1"></i>')
    return mark_safe("".join(found))


def load_bars(counts: list[int], usual: int) -> SafeString:
    """The load of each week as bars, those above what is usual marked by colour and figure."""
    most, found = max([*counts, usual + 1]), []
    for at, count in enumerate(counts):
        high = f"{count * 70 / most:.4g}"
        css = "ek-tl__load" + (" hi" if count > usual else "")
        x, width = (at + 0.06) * 100 / len(counts), 88 / len(counts)
        found.append(
            f'<rect class="{css}" x="{x:.5g}%" width="{width:.5g}%"'
            f' y="{100 - float(high):.4g}%" height="{high}%"/>'
        )
        if count and len(counts) <= 26:
            middle = (at + 0.5) * 100 / len(counts)
            found.append(
                f'<text x="{middle:.5g}%" y="{96 - float(high):.4g}%" text-anchor="middle">{count}</text>'
            )
    return mark_safe("".join(found))


def kinds(entries: Iterable[Entry]) -> list[Phase]:
    """The states that occur, in their order, for the key below the picture."""
    found = {entry.phase for entry in entries}
    return [phase for phase in Phase if phase.value in found]


def counts_of(entries: Iterable[Entry]) -> tuple[int, int]:
    """How many campaigns and how many flights."""
    entries = list(entries)
    campaigns = sum(entry.kind == CAMPAIGN for entry in entries)
    return campaigns, len(entries) - campaigns
