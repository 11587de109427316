"""Commitments and expenses from a file: every problem at its cell, all rows or none, and never twice.

A row that is there already, exactly as in the file, is passed over, so the same file can be imported again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import CostKind
from campaigns.models import Budget, CampaignChannel, Commitment, Expense, SpendingImport
from campaigns.services.costs import Book, Cost, key_of
from campaigns.services.money_base import locked, need
from campaigns.services.plan_data import ZERO
from core import audit, formats
from core.sheet_input import Cell, CellError, Row, SheetError, Table, in_order, read

# By field the column's name in English and in German, as exported, then what else people write.
COMMON = {
    "supplier": ("Supplier", "Lieferant", "Vendor", "Kreditor"),
    "number": (
        "Invoice number",
        "Rechnungsnummer",
        "Invoice",
        "Rechnung",
        "Rechnungsnr",
        "Invoice no",
        "Beleg",
    ),
    "on": ("Date", "Datum", "Invoice date", "Rechnungsdatum", "Order date", "Bestelldatum"),
    "channel": ("Channel", "Kanal"),
    "amount": ("Amount", "Betrag", "Net amount", "Nettobetrag", "Summe"),
    "currency": ("Currency", "Währung", "Waehrung"),
    "rate": ("Rate", "Kurs", "Exchange rate", "Wechselkurs"),
    "rate_on": ("Rate of", "Kurs vom", "Rate date", "Kursdatum"),
    "description": ("What for", "Wofür", "Description", "Beschreibung", "Verwendungszweck", "Wofuer"),
}
COLUMNS: dict[str, dict[str, tuple[str, ...]]] = {
    CostKind.EXPENSE: COMMON
    | {"commitment": ("Commitment", "Obligo", "Reference", "Bestellnummer", "Order")},
    CostKind.COMMITMENT: COMMON
    | {
        "number": ("Reference", "Referenz", "Bestellnummer", "Order", "Order number", "Bestellung"),
        "expected_on": ("Invoice expected", "Rechnung erwartet", "Expected", "Erwartet am"),
    },
}
NEEDED = ("supplier", "number", "on", "channel", "amount")
PENDING = timedelta(days=1)
MODELS: dict[str, type[Commitment] | type[Expense]] = {
    CostKind.COMMITMENT: Commitment,
    CostKind.EXPENSE: Expense,
}
Problems = list[tuple[str, str]]


def header(kind: str) -> list[str]:
    """Names of the columns in the person's language, in the order of `line`."""
    place = 1 if formats.language() == "de" else 0
    return [names[place] for names in COLUMNS[kind].values()]


def line(kind: str, row: Commitment | Expense) -> list[Any]:
    """A row of an export, as an import takes it."""
    on = row.ordered_on if kind == CostKind.COMMITMENT else row.invoiced_on
    last = row.expected_on if kind == CostKind.COMMITMENT else (row.commitment and row.commitment.reference)
    foreign = row.currency != row.budget.currency
    rate = (row.rate, row.rate_on) if foreign else (None, None)
    channel = str(row.allocation.campaign_channel.channel)
    return [row.supplier, row.number, on, channel, row.amount, row.currency, *rate, row.description, last]


@dataclass(frozen=True)
class Line:
    """A row of the file: the cost, and whether it is there already."""

    number: int
    cost: Cost
    known: bool


@dataclass
class Reading:
    """What a file says: costs with the row and the columns they come from."""

    costs: list[tuple[Row, Cost]]
    columns: dict[str, int | None]
    problems: Problems

    def place(self, row: Row, field: str) -> str:
        """The cell of a field, or its row when the column is not there."""
        column = self.columns.get(field)
        return row.cell(column).address or f"{row.number}"


def prepare(*, budget: Budget, kind: str, upload: UploadedFile, by: User) -> SpendingImport:
    """Check a file and keep it until it is confirmed; nothing is recorded yet.

    PermissionDenied without the right to plan; SheetError with every problem at its cell.
    """
    need(by, "money.record", budget.campaign)
    table = read(upload)
    with transaction.atomic():
        current = locked(budget, also_closed=kind == CostKind.EXPENSE)
        reading = _read(current, kind, table)
        _plan(Book(current, by), kind, reading)
        transaction.set_rollback(True)
    if reading.problems:
        raise SheetError(in_order(reading.problems))
    SpendingImport.objects.filter(by=by, at__lt=timezone.now() - PENDING).delete()
    rows = [_stored(row.number, cost) for row, cost in reading.costs]
    return SpendingImport.objects.create(
        budget=budget, kind=kind, name=(upload.name or "")[:200], rows=rows, by=by
    )


# --- from cells to costs


def _read(budget: Budget, kind: str, table: Table) -> Reading:
    columns = table.columns(COLUMNS[kind], NEEDED)
    reading = Reading([], columns, [])
    channels = _channels(budget)
    orders = _orders(budget) if kind == CostKind.EXPENSE else {}
    for row in table.rows:
        values = _values(row, columns, reading.problems)
        place = row.cell(columns["channel"])
        words = _("no channel of this campaign")
        channel = None if place.empty else _found(channels, place, words, reading)
        if values is None:
            continue
        values["channel"] = channel
        if kind == CostKind.EXPENSE:
            values["commitment"] = _order(
                orders, row.cell(columns["commitment"]), values["supplier"], reading
            )
        values["currency"] = values["currency"].upper() or budget.currency
        reading.costs.append((row, Cost(**values)))
    return reading


def _values(row: Row, columns: Mapping[str, int | None], problems: Problems) -> dict[str, Any] | None:
    """What the cells say, None if one of them cannot be read."""
    values: dict[str, Any] = {}
    before = len(problems)
    for key, place in columns.items():
        cell = row.cell(place)
        try:
            values[key] = _value(key, cell)
        except CellError as error:
            problems.append((error.address, error.words))
        if key in NEEDED and cell.empty:
            problems.append((cell.address, _("This cell is empty.")))
    return values if len(problems) == before else None


def _value(key: str, cell: Cell) -> Any:
    if key in ("on", "rate_on", "expected_on"):
        return cell.day()
    if key == "amount":
        return cell.amount()
    if key == "rate":
        return cell.decimal()
    return cell.text()


def _channels(budget: Budget) -> dict[str, CampaignChannel]:
    """The campaign's channels by their code and by their names in both languages."""
    rows = CampaignChannel.objects.filter(campaign=budget.campaign_id).select_related("channel")
    names = ("code", "name_de", "name_en")
    return {key_of(getattr(row.channel, name)): row for row in rows for name in names}


def _orders(budget: Budget) -> dict[str, Commitment]:
    """Open commitments by supplier and reference, and by reference alone where that is clear."""
    found: dict[str, Commitment | None] = {}
    for row in Commitment.objects.still_open().filter(budget=budget):
        found[f"{row.supplier_key}\n{row.number_key}"] = row
        found[row.number_key] = None if row.number_key in found else row
    return {key: row for key, row in found.items() if row is not None}


def _found(known: Mapping[str, Any], cell: Cell, words: str, reading: Reading) -> Any:
    found = known.get(key_of(cell.text()))
    if found is None:
        said = _("“%(value)s”: %(problem)s.") % {"value": cell.text(), "problem": words}
        reading.problems.append((cell.address, said))
    return found


def _order(
    orders: Mapping[str, Commitment], cell: Cell, supplier: str, reading: Reading
) -> Commitment | None:
    if cell.empty:
        return None
    own = orders.get(f"{key_of(supplier)}\n{key_of(cell.text())}")
    return own or _found(orders, cell, _("no open commitment of this campaign"), reading)


# --- from costs to rows


def _plan(book: Book, kind: str, reading: Reading) -> tuple[list[Any], set[int]]:
    """Rows to insert, and the numbers of rows that are there already; problems go into the reading."""
    keys = {key_of(cost.supplier) for _row, cost in reading.costs}
    book.remember(MODELS[kind], keys)
    book.remember_rests(cost.commitment for _row, cost in reading.costs if cost.commitment)
    make: Callable[[Cost], Any] = book.expense if kind == CostKind.EXPENSE else book.commitment
    there, seen = _there(book.budget, kind, keys), {}
    made: list[Any] = []
    known: set[int] = set()
    for row, cost in reading.costs:
        key = (key_of(cost.supplier), key_of(cost.number)[:80])
        if key in seen:
            words = _("The same number of this supplier stands in row %(row)d already.") % {"row": seen[key]}
            reading.problems.append((reading.place(row, "number"), words))
            continue
        seen[key] = row.number
        if there.get(key) == _essence(cost):
            known.add(row.number)
            continue
        if cost.channel is None:
            continue
        try:
            made.append(make(cost))
        except ValidationError as error:
            reading.problems += [
                (reading.place(row, place), " ".join(words)) for place, words in error.message_dict.items()
            ]
    return made, known


def _essence(cost: Cost) -> tuple[Any, ...]:
    return cost.on, cost.channel.pk if cost.channel else None, cost.amount, cost.currency


def _there(budget: Budget, kind: str, suppliers: set[str]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """What counts of these suppliers in this budget, by keys."""
    day, after = ("invoiced_on", "reversal") if kind == CostKind.EXPENSE else ("ordered_on", "corrected_by")
    rows = MODELS[kind].objects.filter(budget=budget, supplier_key__in=suppliers, slot__isnull=False)
    rows = rows.filter(**{f"{after}__isnull": True})
    values = rows.values_list(
        "supplier_key", "number_key", day, "allocation__campaign_channel", "amount", "currency"
    )
    return {(row[0], row[1]): row[2:] for row in values}


# --- kept between preview and confirmation


def _stored(number: int, cost: Cost) -> dict[str, Any]:
    return {
        "row": number,
        "supplier": cost.supplier,
        "number": cost.number,
        "on": cost.on.isoformat(),
        "channel": cost.channel.pk,
        "amount": str(cost.amount),
        "currency": cost.currency,
        "rate": None if cost.rate is None else str(cost.rate),
        "rate_on": cost.rate_on and cost.rate_on.isoformat(),
        "description": cost.description,
        "expected_on": cost.expected_on and cost.expected_on.isoformat(),
        "commitment": cost.commitment and cost.commitment.pk,
    }


def _restored(kept: SpendingImport) -> Reading:
    channels = {row.pk: row for row in kept.budget.campaign.channels.select_related("channel")}
    numbers = [row["commitment"] for row in kept.rows if row["commitment"]]
    orders = Commitment.objects.in_bulk(set(numbers))
    costs = []
    for row in kept.rows:
        values = {key: value for key, value in row.items() if key != "row"}
        for key in ("on", "rate_on", "expected_on"):
            values[key] = date.fromisoformat(values[key]) if values[key] else None
        for key in ("amount", "rate"):
            values[key] = None if values[key] is None else Decimal(values[key])
        values["channel"], values["commitment"] = channels.get(row["channel"]), orders.get(row["commitment"])
        costs.append((Row(row["row"], []), Cost(**values)))
    return Reading(costs, {}, [])


def preview(kept: SpendingImport, by: User) -> tuple[list[Line], Decimal]:
    """Its rows, and what those that are new add up to in the campaign's currency; SheetError as `run`."""
    with transaction.atomic():
        reading, made, known = _planned(kept, by)
        transaction.set_rollback(True)
    lines = [Line(row.number, cost, row.number in known) for row, cost in reading.costs]
    return lines, sum((row.value for row in made), ZERO)


def _planned(kept: SpendingImport, by: User) -> tuple[Reading, list[Any], set[int]]:
    current = locked(kept.budget, also_closed=kept.kind == CostKind.EXPENSE)
    need(by, "money.record", current.campaign)
    reading = _restored(kept)
    reading.problems += [
        (f"{row.number}", _("The channel is gone.")) for row, c in reading.costs if not c.channel
    ]
    made, known = _plan(Book(current, by), kept.kind, reading)
    if reading.problems:
        raise SheetError(in_order(reading.problems))
    return reading, made, known


def run(*, kept: SpendingImport, by: User) -> tuple[int, int]:
    """Record every row that is new, all or none: how many, and how many were there already.

    PermissionDenied without the right to plan; SheetError for what does not fit any more.
    """
    try:
        with transaction.atomic():
            return _run(kept, by)
    except IntegrityError as error:
        words = _("Somebody recorded one of these numbers at the same moment. Please look at the file again.")
        raise SheetError([("", words)]) from error


def _run(kept: SpendingImport, by: User) -> tuple[int, int]:
    _reading, made, known = _planned(kept, by)
    MODELS[kept.kind].objects.bulk_create(made, batch_size=500)
    if made:
        audit.record(
            by=by,
            verb=f"spending.{kept.kind}_imported",
            scope=kept.budget.campaign,
            subject=kept.budget,
            amount=f"{sum(row.value for row in made):.2f}",
            currency=kept.budget.currency,
            rows=len(made),
            file=kept.name,
        )
    kept.delete()
    return len(made), len(known)
