"""Tables as files: CSV and Excel, in which nothing that people typed becomes a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from core import formats

# A cell that begins with one of these is calculated by spreadsheet programs.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# What opens in columns by a double click: a German Excel parts at semicolons, and its decimals have a comma.
SEPARATORS = {"en": ",", "de": ";"}
Row = Sequence[Any]
# What XML cannot hold, and Excel would call a damaged file.
_NOT_HELD = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def as_held(text: str) -> str:
    """The text as an Excel file can hold it: a space for each sign that XML has no place for."""
    return _NOT_HELD.sub(" ", text)


def _plain(value: Any) -> Any:
    """Moments in the reader's zone and without one (Excel knows none), other values as they are."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    return value


def _text(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    if isinstance(plain, date):
        return plain.isoformat(sep=" ") if isinstance(plain, datetime) else plain.isoformat()
    words = _figure(plain) if isinstance(plain, Decimal | float) else str(plain)
    # Behind apostrophes, too: reading takes one away (core/sheet_input.py), and what was typed comes back.
    would_run = isinstance(value, str) and words.lstrip("'").startswith(FORMULA_STARTS)
    return f"'{words}" if would_run else words


def _figure(value: Decimal | float) -> str:
    """Without groups and exponent, with the decimal sign of the language."""
    plain = format(value, "f") if isinstance(value, Decimal) else str(value)
    return plain.replace(".", ",") if formats.language() == "de" else plain


def as_csv(header: Row, rows: Iterable[Row]) -> bytes:
    """Separator and decimals of the reader's language, UTF-8 with a byte order mark (Excel needs it).

    What would be a formula begins with an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=SEPARATORS[formats.language()])
    writer.writerow([_text(value) for value in header])
    writer.writerows([_text(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    plain = _plain(value)
    if isinstance(plain, str):
        plain = as_held(plain)
    cell = WriteOnlyCell(sheet, value=plain)
    if isinstance(plain, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def as_xlsx(header: Row, rows: Iterable[Row], title: str) -> bytes:
    """An Excel file with one sheet; texts are texts, whatever they begin with."""
    # Imported where it is needed: every web process would carry it otherwise.
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(c for c in title if c not in r"[]:*?/\\")[:31] or "1")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, value, bold=True) for value in header])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def download(kind: str, name: str, header: Row, rows: Iterable[Row], title: str) -> HttpResponse:
    """The table as a file `name` of `kind` (csv, xlsx). Raises KeyError for another kind."""
    content_type = TYPES[kind]
    data = as_csv(header, rows) if kind == "csv" else as_xlsx(header, rows, title)
    answer = HttpResponse(data, content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return answer
