"""The calendar on paper: the same rows and filters as on screen, drawn as SVG for PDF and picture."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from core import documents, formats
from core.markup import joined, markup
from dashboard import conflicts
from dashboard.calendar import html
from dashboard.calendar.chosen import CALENDAR, MINE, TIMELINE, Chosen
from dashboard.calendar.layout import Piece, Week, lanes_of, weeks
from dashboard.calendar.rowing import Row, rows_for
from dashboard.calendar.rows import Rows, rows_of
from dashboard.calendar.views import MOST, drawn, selects, telling
from dashboard.calendar.words import title_of

# Millimetres of the drawing, on A4 landscape; A3 is the same, scaled by its paper.
WIDTH, HEAD, LANE, PAGE_HEIGHT = 273.0, 46.0, 5.2, 158.0
PAPERS = {"a4": "A4 landscape", "a3": "A3 landscape"}
GROWN = {"a4": 1.0, "a3": 1.414}
# Soft and solid colours of a tone: those of static/css/tokens.css, for paper.
COLOURS = {
    "neutral": ("#efecea", "#5a535c"),
    "move": ("#e8f1f9", "#1d5c96"),
    "good": ("#e7f4ec", "#1c6b47"),
    "care": ("#fdf3dc", "#865300"),
    "stop": ("#fcecea", "#ae2a20"),
}
INK, LINE, ACCENT = "#1f1a20", "#d5d0cd", "#7a2a66"
# A letter takes about so many millimetres.
LETTER = 1.45
BOLD = SafeString(' font-weight="bold"')
BAR = (
    '<g><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" rx="0.8" fill="{}" stroke="{}"'
    ' stroke-width="0.2"/><rect x="{}" y="{}" width="0.8" height="{}" fill="{}"/>{}</g>'
)


def document_of(request: HttpRequest, page: str) -> tuple[bytes, str]:
    """The PDF and a name for its file. DocumentsUnavailable where none can be made."""
    chosen = Chosen.from_query(page, request.GET, timezone.localdate())
    paper = request.GET.get("paper", "") if request.GET.get("paper") in PAPERS else "a4"
    context = sheet_of(chosen, request.user, paper)
    body = documents.pdf("dashboard/calendar/print.html", context)
    return body, f"{page}-{slugify(context['title']) or 'plan'}"


def sheet_of(chosen: Chosen, user: User, paper: str = "a4", *, outside: bool = False) -> dict[str, Any]:
    """What stands on paper. `outside`: for people without an account, without owners and conflicts."""
    rows = rows_of(chosen, user, most=MOST)
    if not outside:
        conflicts.mark([*rows.campaigns, *rows.flights], rows.rules.shared_days)
    return {
        "heading": _("Timeline") if chosen.page == TIMELINE else _("Calendar"),
        "title": title_of(chosen),
        "paper": PAPERS[paper],
        "big": paper == "a3",
        "filters": list(filter_words(chosen)) if not outside else list(outside_words(chosen, user)),
        "pictures": list(pictures(chosen, rows, GROWN[paper])),
        "kinds": html.kinds(rows.campaigns),
        "entries": sorted(drawn(chosen, rows), key=lambda one: (one.first, one.kind, one.pk)),
        "made": formats.full_datetime(timezone.now()),
        "by": str(user),
        "more": rows.total - len(rows.campaigns),
        "outside": outside,
    }


def outside_words(chosen: Chosen, user: User) -> Iterator[str]:
    """The filters in words that do not speak to the person who set them."""
    yield from filter_words(replace(chosen, owner=""))
    if chosen.owner == MINE:
        yield _("%(filter)s: %(value)s") % {"filter": _("Owner"), "value": user}


@require_GET
def plan_pdf(request: HttpRequest, page: str) -> HttpResponse:
    """A4 or A3 landscape, with the filters of the address."""
    return _sent(request, page, "application/pdf", "pdf")


@require_GET
def plan_picture(request: HttpRequest, page: str) -> HttpResponse:
    """The first page as PNG."""
    return _sent(request, page, "image/png", "png")


def _sent(request: HttpRequest, page: str, kind: str, ending: str) -> HttpResponse:
    try:
        body, name = document_of(request, TIMELINE if page == TIMELINE else CALENDAR)
        if ending == "png":
            body = documents.picture(body)
    except documents.DocumentsUnavailable as error:
        return render(request, "dashboard/calendar/no_document.html", {"reason": str(error)}, status=503)
    response = HttpResponse(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def filter_words(chosen: Chosen) -> Iterator[str]:
    """The filters that are set, in words."""
    for _name, label, now, options in selects(chosen):
        word = dict(options).get(now)
        if now and word:
            yield _("%(filter)s: %(value)s") % {"filter": label, "value": word}
    if chosen.text:
        yield _("Name: %(text)s") % {"text": chosen.text}


# --- drawing ----------------------------------------------------------------------------------------------


def pictures(chosen: Chosen, rows: Rows, grown: float) -> Iterator[SafeString]:
    """One drawing per sheet of paper."""
    first, last = chosen.window
    if chosen.is_grid:
        yield _svg(*_grid(chosen, weeks(telling(chosen, drawn(chosen, rows)), first, last)), grown)
        return
    sheet: list[Row] = []
    height = 0.0
    for row in rows_for(chosen, rows):
        taken = _height(row)
        if sheet and height + taken > PAGE_HEIGHT - 12:
            yield _svg(*_table(chosen, sheet), grown)
            sheet, height = [], 0.0
        sheet.append(row)
        height += taken
    if sheet:
        yield _svg(*_table(chosen, sheet), grown)


def _svg(parts: Iterable[SafeString], height: float, grown: float) -> SafeString:
    # What is too high for a sheet is drawn smaller.
    grown *= min(1.0, PAGE_HEIGHT / height)
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="{}mm" height="{}mm" viewBox="0 0 {} {}">{}</svg>'
    size = (f"{WIDTH * grown:.1f}", f"{height * grown:.1f}", WIDTH, f"{height:.2f}")
    return markup(svg, *size, joined(parts))


def _text(
    x: float, y: float, words: str, *, bold: bool = False, colour: str = INK, size: float = 2.7
) -> SafeString:
    text = '<text x="{}" y="{}" font-family="Inter, sans-serif" font-size="{}" fill="{}"{}>{}</text>'
    weight = BOLD if bold else ""
    return markup(text, f"{x:.2f}", f"{y:.2f}", size, colour, weight, words)


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 0.15) -> SafeString:
    line = '<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}"/>'
    return markup(line, *(f"{place:.2f}" for place in (x1, y1, x2, y2)), colour, width)


def _bar(piece: Piece, x: float, y: float, width: float, lane: float = LANE) -> SafeString:
    tone, _sign, word, solid = html.look(piece.entry.phase, formats.language())
    soft, strong = COLOURS.get(tone, COLOURS["neutral"])
    fill, ink = (strong, "#ffffff") if solid else (soft, INK)
    clash = "! " if piece.entry.clash else ""
    size = min(2.5, (lane - 0.9) * 0.78)
    room = int((width - 2.4) / (LETTER * size / 2.5))
    text = clash + piece.text
    text = (
        text if len(text) <= room else text[: max(room - 1, 0)].rstrip() + "…" if room > 2 else clash.strip()
    )
    left, top, high = f"{x:.2f}", f"{y:.2f}", f"{lane - 0.9:.2f}"
    drawn_text = _text(x + 1.6, y + (lane - 0.9) / 2 + size * 0.36, text, colour=ink, size=size)
    box = (left, top, f"{width:.2f}", high, fill, strong)
    return markup(BAR, word, *box, left, top, high, strong, drawn_text)


def _grid(chosen: Chosen, found: list[Week]) -> tuple[list[SafeString], float]:
    """The month, a row of days per week; lanes are as high as the sheet allows."""
    column, y = WIDTH / 7, 5.0
    lanes = sum(max(lanes_of(week.pieces), 2) for week in found)
    lane = min(LANE, (PAGE_HEIGHT - 6 - len(found) * 9.5) / lanes)
    parts = [
        _text(at * column + 1.5, 3.2, word, bold=True)
        for at, word in enumerate(html.weekdays(formats.language()))
    ]
    for week in found:
        parts += _week(chosen, week, y, lane)
        y += _week_height(week, lane)
    parts.append(_line(0, y, WIDTH, y))
    return parts, y + 1


def _week_height(week: Week, lane: float) -> float:
    return 6.5 + max(lanes_of(week.pieces), 2) * lane + (3 if week.hidden else 0)


def _week(chosen: Chosen, week: Week, y: float, lane: float) -> Iterator[SafeString]:
    column, height = WIDTH / 7, _week_height(week, lane)
    yield _line(0, y, WIDTH, y)
    for at in range(7):
        day = week.monday + timedelta(days=at)
        here = day == chosen.today
        yield _line(at * column, y, at * column, y + height)
        yield _text(at * column + 1.5, y + 4, str(day.day), bold=here, colour=ACCENT if here else INK)
    for piece in week.pieces:
        x = (piece.start - 1) * column + 0.6
        yield _bar(piece, x, y + 5.6 + (piece.lane - 1) * lane, piece.days * column - 1.2, lane)
    if week.hidden:
        words = _("and %(number)s more, see the list") % {"number": week.hidden}
        yield _text(1.5, y + height - 1.2, words, size=2.3)


def _height(row: Row) -> float:
    return lanes_of(row.pieces) * LANE + 2.2


def _table(chosen: Chosen, rows: list[Row]) -> tuple[list[SafeString], float]:
    """Rows with a head of weeks or days."""
    first, last = chosen.window
    days = (last - first).days + 1
    unit = (WIDTH - HEAD) / days
    bottom = 9.0 + sum(_height(row) for row in rows)
    parts = list(_heads(first, days, unit, bottom))
    y = 9.0
    for row in rows:
        parts.append(_line(0, y, WIDTH, y))
        room = int((HEAD - (6 if row.sub else 2)) / LETTER)
        label = row.label if len(row.label) <= room else row.label[: room - 1].rstrip() + "…"
        parts.append(_text(4 if row.sub else 1, y + 4.4, label, bold=not row.sub, size=2.5))
        for piece in row.pieces:
            x = HEAD + (piece.start - 1) * unit
            parts.append(_bar(piece, x, y + 1.2 + (piece.lane - 1) * LANE, max(piece.days * unit - 0.3, 1.2)))
        y += _height(row)
    parts.append(_line(0, y, WIDTH, y))
    if first <= chosen.today <= last:
        x = HEAD + ((chosen.today - first).days + 0.5) * unit
        parts.append(_line(x, 8, x, bottom, ACCENT, 0.5))
    return parts, bottom + 1


def _heads(first: date, days: int, unit: float, bottom: float) -> Iterator[SafeString]:
    step = 1 if days <= 31 else 7
    room = 1 if days <= 100 else 2 if days <= 200 else 4
    for at in range(0, days, step):
        day, x = first + timedelta(days=at), HEAD + at * unit
        yield _line(x, 5, x, bottom)
        if (at // step) % (room if step == 7 else 1) == 0:
            week = _("W %(week)s") % {"week": day.isocalendar().week}
            yield _text(x + 0.6, 8, str(day.day) if step == 1 else week, size=2.3)
        begins = at == 0 or any((day - timedelta(days=back)).day == 1 for back in range(step))
        if step == 7 and begins:
            yield _text(x + 0.6, 4, formats.short_date(day), bold=True, size=2.3)
    yield _line(HEAD, 0, HEAD, bottom)
