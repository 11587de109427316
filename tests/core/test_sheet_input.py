"""Files from people: read cell by cell with addresses, refused with words before they do harm."""

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import Workbook

from core import sheet_input
from core.sheet_input import Cell, CellError, SheetError, read
from core.sheets import as_csv, as_xlsx

pytestmark = pytest.mark.once

# Excel knows no time zones.
MIDNIGHT = datetime(2026, 9, 21)  # noqa: DTZ001
NAMES = {"supplier": ("Supplier", "Lieferant"), "amount": ("Amount", "Betrag")}


def upload(data, name="a.csv"):
    return SimpleUploadedFile(name, data)


def book(rows, change=None):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made.active)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def refused(data, **limits):
    with pytest.raises(SheetError) as error:
        read(upload(data), **limits)
    return error.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_csv_of_any_usual_kind(encoding, sign):
    text = f"Lieferant{sign}Betrag\r\n\r\nMüller & Söhne{sign}12.50\r\n"
    table = read(upload(text.encode(encoding)))
    columns = table.columns(NAMES, needed=NAMES)
    (row,) = table.rows
    cell = row.cell(columns["supplier"])
    assert (cell.text(), cell.address) == ("Müller & Söhne", "A3")
    assert row.cell(columns["amount"]).decimal("de") == Decimal("12.50")


def test_excel_gives_values_with_their_addresses():
    rows = [
        ["Supplier", "Amount", "Day"],
        [],
        ["Print", 0.1, MIDNIGHT],
        [4711, 1e6, date(2026, 9, 1)],
    ]
    table = read(upload(book(rows)))
    first, second = table.rows
    assert (first.cell(1).decimal(), first.cell(1).address) == (Decimal("0.1"), "B3")
    assert [row.cell(2).day() for row in table.rows] == [date(2026, 9, 21), date(2026, 9, 1)]
    assert (second.cell(0).text(), second.cell(27).empty, second.cell(None).empty) == ("4711", True, True)


@pytest.mark.parametrize("language", ["de", "en"])
def test_our_own_exports_come_back_as_they_were(language):
    rows = [["=1+1", Decimal("-5.10"), date(2026, 9, 1)]]
    with translation.override(language):
        files = (as_csv(["a", "b", "c"], rows), as_xlsx(["a", "b", "c"], rows, "x"))
    for data in files:
        (row,) = read(upload(data)).rows
        assert (row.cell(0).text(), row.cell(1).decimal("de"), row.cell(2).day()) == tuple(rows[0])


def test_a_double_click_opens_columns_in_the_excel_of_the_language():
    header = ["What", "Amount, net"]
    rows = [["-1;5", Decimal("-1234.50")], ["'@x,y", 0.5], ["=A1", Decimal("1E+3")]]
    german = """What;Amount, net\r\n"'-1;5";-1234,50\r\n''@x,y;0,5\r\n'=A1;1000\r\n"""
    english = """What,"Amount, net"\r\n'-1;5,-1234.50\r\n"''@x,y",0.5\r\n'=A1,1000\r\n"""
    for language, text in (("de", german), ("en", english)):
        with translation.override(language):
            data = as_csv(header, rows)
        assert data == text.encode("utf-8-sig")
        # Quoted signs of the other kind do not lead the reading astray.
        table = read(upload(data))
        assert list(table.header.values) == header
        found = [(row.cell(0).text(), row.cell(1).decimal(language)) for row in table.rows]
        assert found == [("-1;5", Decimal("-1234.50")), ("'@x,y", Decimal("0.5")), ("=A1", 1000)]


@pytest.mark.parametrize(
    ("text", "lang", "number"),
    [
        ("1.234,56", "de", "1234.56"),
        ("1.234,56", "en", "1234.56"),
        ("1,234.56", "en", "1234.56"),
        ("1.234", "de", "1234"),
        ("1.234", "en", "1.234"),
        ("1,0512", "de", "1.0512"),
        ("0.951", "de", "0.951"),
        ("1 234,5 €", "de", "1234.5"),
        ("-7", "en", "-7"),
    ],
)
def test_numbers_as_people_write_them(text, lang, number):
    assert Cell("B2", text).decimal(lang) == Decimal(number)


@pytest.mark.parametrize(("text", "lang"), [("10.000", "en"), ("10,000", "de"), ("1.500 €", "en")])
def test_an_amount_that_may_mean_thousands_is_refused(text, lang):
    with pytest.raises(CellError, match=r"^B7: .* can be read in two ways"):
        Cell("B7", text).amount(lang)
    other = "de" if lang == "en" else "en"
    assert Cell("B7", text).amount(other) == Decimal(text.strip(" €").replace(".", "").replace(",", ""))
    assert Cell("B7", 10.125).amount(lang) == Decimal("10.125")


def test_what_is_no_number_or_date_is_said_at_its_cell():
    for ask in (Cell.decimal, Cell.day):
        with pytest.raises(CellError, match=r"^B7: “soon” is no"):
            ask(Cell("B7", "soon"))
    assert [Cell("A1", text).day() for text in ("21.09.2026", "2026-09-21", "21/09/2026")] == [
        date(2026, 9, 21)
    ] * 3


def test_columns_are_found_by_name_and_missed_by_name():
    table = read(upload(b"BETRAG;lieferant;Betrag\n1;a;2\n"))
    with pytest.raises(SheetError) as error:
        table.columns({**NAMES, "day": ("Date", "Datum")}, needed=("day",))
    assert error.value.problems == [
        ("C1", "The column Betrag is there twice."),
        ("1", "The column Date is missing."),
    ]


def test_formulas_and_merged_cells_are_refused_at_their_cells():
    rows = [["Supplier", "Amount"], ["Print", "=1+1"], ["Print", "=HYPERLINK(1)"]]
    assert [place for place, _words in refused(book(rows))] == ["B2", "B3"]
    merged = book([["Supplier", "Amount"], ["Print", 1]], lambda sheet: sheet.merge_cells("A2:A3"))
    assert refused(merged) == [("A2", "Merged cells cannot be read. Please undo the merging.")]


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (sheet_input.MAX_UNPACKED + 1))
    return out.getvalue()


def test_what_would_do_harm_is_refused_before_it_is_read():
    many = b"a;b\n" + b"1;2\n" * 4
    for data, words in (
        (bomb(), "Unpacked, this file is too large."),
        (sheet_input.OLE + b"x" * 100, "This file has a password or is in the old Excel format."),
        (b"x" * (sheet_input.MAX_BYTES + 1), "This file is too large; at most 5 MB are possible."),
        (b"  ", "This file is empty."),
        (b"a;b\n", "There is a header, but no row below it."),
        (b"PK\x03\x04broken", "This Excel file is damaged and cannot be read."),
        (b"\x89PNG\x00\x00", "This is neither an Excel file (.xlsx) nor CSV."),
        (b'a;b\n"1;2\n', "This line cannot be read as CSV"),
        (many, "There are more than 3 rows."),
    ):
        assert refused(data, max_rows=3)[0][1].startswith(words)
