"""Reading tables that people made in Excel or exported as CSV: every cell with its address, nothing guessed.

What would blow up memory, hide behind a password or be calculated is refused before it is read. A file that
is wrong raises `SheetError`, which says every problem with its place.

    table = read(upload)                          # SheetError: size, kind, password, formulas, merged cells
    columns = table.columns({"supplier": ("Supplier", "Lieferant"), ...}, needed=("supplier",))
    for row in table.rows:
        row.number                                # as Excel counts, for messages
        cell = row.cell(columns["supplier"])      # cell.address is "B7"
        cell.text(); cell.decimal("de"); cell.amount(); cell.day()   # CellError with the address
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from core import formats
from core.forms.fields import parse_amount

MAX_BYTES = 5 * 1024 * 1024
# Of all parts of an Excel file together, before any of them is unpacked.
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 10_000
MAX_COLUMNS = 100
MAX_PROBLEMS = 100
MAX_PARTS = 2000
# How openpyxl marks formulas and errors.
REFUSED = ("f", "e")
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
DELIMITERS = ";,\t"
# Signs of a CSV file in which its header is looked for.
MAX_HEADER = 20_000


class SheetError(Exception):
    """A file that cannot be taken; `problems` are (address or empty, words)."""

    def __init__(self, problems: Iterable[tuple[str, str]]) -> None:
        self.problems = list(problems)[:MAX_PROBLEMS]
        super().__init__("; ".join(f"{place}: {words}" if place else words for place, words in self.problems))


class CellError(ValueError):
    """A cell that does not say what it should; `address` such as "B7"."""

    def __init__(self, address: str, words: str) -> None:
        self.address, self.words = address, words
        super().__init__(f"{address}: {words}")


@dataclass(frozen=True)
class Cell:
    """A value as the file holds it: text, a number, a date, or None."""

    address: str
    value: Any

    @property
    def empty(self) -> bool:
        """Nothing in it but perhaps spaces."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    def text(self) -> str:
        """As text; a whole number as people read it (`4711`, not `4711.0`)."""
        if self.value is None:
            return ""
        if isinstance(self.value, float | Decimal) and self.value == int(self.value):
            return str(int(self.value))
        if isinstance(self.value, datetime):
            return self.value.date().isoformat()
        return str(self.value).strip(" \t\r\n")

    def decimal(self, lang: str = "") -> Decimal | None:
        """A number, None for nothing; texts as written in `lang` (de, en). CellError for anything else."""
        if self.empty:
            return None
        if isinstance(self.value, int | float) and not isinstance(self.value, bool):
            return _exact(self.value)
        if isinstance(self.value, str):
            try:
                return _number(self.value, lang or formats.language())
            except (ValueError, InvalidOperation):
                pass
        raise CellError(self.address, _("%(value)s is no number.") % {"value": quoted(self.value)})

    def amount(self, lang: str = "") -> Decimal | None:
        """As `decimal`, but CellError for a text that may mean a thousand times as much.

        Money has no three decimals, so `10.000` in English may well come from a German file, and be no ten.
        """
        found = self.decimal(lang)
        if found is not None and isinstance(self.value, str) and abs(found) >= 1 and _thousandths(found):
            words = _("%(value)s can be read in two ways. Please write the amount as 1000 or 1000.00.")
            raise CellError(self.address, words % {"value": quoted(self.value)})
        return found

    def day(self) -> date | None:
        """A date, None for nothing: a real one, `2026-09-21`, `21.09.2026`, `21/09/2026`; else CellError."""
        if self.empty:
            return None
        if isinstance(self.value, datetime):
            return self.value.date()
        if isinstance(self.value, date):
            return self.value
        for pattern in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d.%m.%y"):
            try:
                return datetime.strptime(self.text().strip(), pattern).date()  # noqa: DTZ007 - a day has no zone
            except ValueError:
                continue
        raise CellError(self.address, _("%(value)s is no date.") % {"value": quoted(self.value)})


def _exact(value: float) -> Decimal:
    """What a person typed: 0.1 and not 0.1000000000000000055; 15 digits are all that Excel keeps."""
    number = Decimal(format(value, ".15g"))
    if not number.is_finite():
        raise InvalidOperation
    return number


def _number(text: str, lang: str) -> Decimal:
    """In the language first; a text that only the other one allows (`1.234,56` in English) is taken, too."""
    plain = re.sub(r"[€$£\s\u00a0]|EUR|CHF|GBP|USD", "", text)
    if re.fullmatch(r"-?\d+[.,]\d+", plain):
        head, point, tail = re.split(r"([.,])", plain)
        # `1.234` is a thousand in German and hardly more than one in English; other lengths are clear.
        if len(tail) != 3 or head in ("0", "-0") or point == (",."[lang == "en"]):
            return Decimal(f"{head}.{tail}")
    try:
        return parse_amount(plain, lang)
    except ValueError:
        return parse_amount(plain, "en" if lang == "de" else "de")


def _thousandths(number: Decimal) -> bool:
    """Whether it was written with three decimals."""
    return number.as_tuple().exponent == -3


def quoted(value: Any) -> str:
    """What stands in a cell, for messages: shortened, in the quotation marks of the language."""
    words = str(value).strip()
    begin, end = "„“" if formats.language() == "de" else "“”"
    return f"{begin}{words[:40]}{'…' if len(words) > 40 else ''}{end}"


@dataclass(frozen=True)
class Row:
    """A row with something in it; `number` as Excel counts."""

    number: int
    values: Sequence[Any]

    def cell(self, column: int | None) -> Cell:
        """The cell in a column (from 0); an empty one for None."""
        if column is None:
            return Cell("", None)
        value = self.values[column] if column < len(self.values) else None
        return Cell(address(self.number, column), value)


@dataclass(frozen=True)
class Table:
    """The first row as header, and the rows below it that hold anything."""

    header: Row
    rows: list[Row]

    def columns(
        self, names: Mapping[str, Iterable[str]], needed: Iterable[str] = ()
    ) -> dict[str, int | None]:
        """By key the place of the column that has one of the names (case, spaces and hyphens do no matter).

        SheetError for a column that is there twice, or is `needed` and missing. Others are left alone.
        """
        known = {_plain(name): key for key, every in names.items() for name in (key, *every)}
        found: dict[str, int | None] = dict.fromkeys(names)
        problems = []
        for place, value in enumerate(self.header.values):
            key = known.get(_plain(str(value or "")))
            if key is None:
                continue
            if found[key] is not None:
                words = _("The column %(name)s is there twice.") % {"name": value}
                problems.append((address(self.header.number, place), words))
            found[key] = place
        for key in needed:
            if found[key] is None:
                words = _("The column %(name)s is missing.")
                problems.append((f"{self.header.number}", words % {"name": next(iter(names[key]), key)}))
        if problems:
            raise SheetError(problems)
        return found


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-.:*]+", "", name).casefold()


def address(row: int, column: int) -> str:
    """`B7` for row 7 and column 1 (from 0)."""
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def read(upload: UploadedFile, *, max_rows: int = MAX_ROWS) -> Table:
    """The first sheet of an Excel file (.xlsx) or a CSV file, at most `max_rows` rows below its header.

    CSV: UTF-8 (with or without mark) or Windows-1252; semicolon, comma or tab. SheetError for anything else.
    """
    if upload.size > MAX_BYTES:
        megabytes = {"size": MAX_BYTES // (1024 * 1024)}
        raise _one(_("This file is too large; at most %(size)d MB are possible.") % megabytes)
    data = upload.read(MAX_BYTES + 1)
    if not data.strip():
        raise _one(_("This file is empty."))
    if data.startswith(OLE):
        words = _(
            "This file has a password or is in the old Excel format. Please save it as .xlsx without one."
        )
        raise _one(words)
    found = _excel(data, max_rows) if data.startswith(ZIP) else _csv(data, max_rows)
    if not found:
        raise _one(_("This file is empty."))
    if len(found) < 2:
        raise _one(_("There is a header, but no row below it."))
    return Table(found[0], found[1:])


def in_order(problems: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Problems (address, words) from the first row to the last."""
    return sorted(problems, key=_by_row)


def _by_row(problem: tuple[str, str]) -> tuple[int, str]:
    digits = "".join(filter(str.isdigit, problem[0]))
    return int(digits or 0), problem[0]


def _one(words: str, place: str = "") -> SheetError:
    return SheetError([(place, words)])


def _kept(rows: Iterable[tuple[int, Sequence[Any]]], max_rows: int) -> list[Row]:
    """Rows that hold anything; SheetError beyond the limits."""
    found: list[Row] = []
    for number, values in rows:
        if not any(value not in (None, "") for value in values):
            continue
        if len(values) > MAX_COLUMNS and any(value not in (None, "") for value in values[MAX_COLUMNS:]):
            words = _("There are more than %(most)d columns.") % {"most": MAX_COLUMNS}
            raise _one(words, address(number, MAX_COLUMNS))
        if len(found) > max_rows:
            words = _("There are more than %(most)s rows. Please split the file.")
            raise _one(words % {"most": formats.number(max_rows)}, f"{number}")
        found.append(Row(number, values[:MAX_COLUMNS]))
    return found


def _csv(data: bytes, max_rows: int) -> list[Row]:
    if b"\x00" in data[:4096]:
        raise _one(_("This is neither an Excel file (.xlsx) nor CSV."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _kept(_unguarded(reader), max_rows)
    except csv.Error as error:
        words = _("This line cannot be read as CSV: a quotation mark is open or out of place.")
        raise _one(words, f"{reader.line_num}") from error


def _delimiter(text: str) -> str:
    """The sign that parts the header most often; what stands in quotation marks parts nothing."""
    header = re.sub(r'"[^"]*"', "", text.lstrip()[:MAX_HEADER]).split("\n", 1)[0]
    return max(DELIMITERS, key=header.count)


def _unguarded(reader: Any) -> Iterable[tuple[int, list[str]]]:
    """Rows with their line; an apostrophe that our own export put before a sign is taken away again."""
    for number, values in enumerate(reader, 1):
        yield number, [value[1:] if re.match(r"'+[=+\-@\t\r]", value) else value for value in values]


def _excel(data: bytes, max_rows: int) -> list[Row]:
    _look_inside(data)
    # Imported where it is needed: every web process would carry it otherwise.
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        _refuse_merged(data, sheet._worksheet_path)
        return _kept(_cells(sheet), max_rows)
    except SheetError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise _one(_("This Excel file is damaged and cannot be read.")) from error


def _look_inside(data: bytes) -> None:
    """Before anything is unpacked: whether it is an Excel file at all, and how large it would be."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise _one(_("This Excel file is damaged and cannot be read.")) from error
    if sum(part.file_size for part in parts) > MAX_UNPACKED or len(parts) > MAX_PARTS:
        raise _one(_("Unpacked, this file is too large."))
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise _one(_("This is neither an Excel file (.xlsx) nor CSV."))


def _refuse_merged(data: bytes, path: str) -> None:
    """SheetError for merged cells: they stand behind the rows, which are read past."""
    tail = b""
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(path) as part:
        while chunk := part.read(1 << 20):
            tail = (tail + chunk)[-(1 << 21) :]
    found = re.findall(rb'<mergeCell ref="([A-Z]+[0-9]+)(?::[A-Z0-9]+)?"', tail)
    if found:
        words = _("Merged cells cannot be read. Please undo the merging.")
        raise SheetError((place.decode(), words) for place in found)


def _cells(sheet: Any) -> Iterable[tuple[int, list[Any]]]:
    """Rows with their number; SheetError for cells that are calculated or broken, all of them at once."""
    # A file may claim a size of millions of rows that are empty.
    sheet.reset_dimensions()
    problems: list[tuple[str, str]] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        refused = [cell for cell in row if cell.data_type in REFUSED]
        problems += [(cell.coordinate, _refusal(cell.data_type)) for cell in refused]
        if len(problems) >= MAX_PROBLEMS:
            break
        yield number, [cell.value for cell in row]
    if problems:
        raise SheetError(problems)


def _refusal(kind: str) -> str:
    if kind == "f":
        return _("This is a formula. Please paste its value instead, so that what you see is what is read.")
    return _("This cell shows an error instead of a value.")
