"""Plans from a spreadsheet: every problem at its cell, all campaigns or none, and never twice.

A campaign is found again by the number of an export, else by name and first day. One that is in the file as
it stands is left alone, so the same file can be imported again. What may not be changed is refused.

    kept = keep(upload=..., by=...)          # SheetError: what cannot be read
    choose(kept=kept, chosen={"4": "expert"}, by=...)
    entries = preview(kept, by)              # SheetError with every problem at its cell; nothing is written
    done = run(kept=kept, by=...)
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.models import PlanImport
from campaigns.services.plan_cells import Known, Line, Reader
from campaigns.services.plan_rows import Entry, Fate, Finder, entry_of, groups_of
from campaigns.services.plan_rules import PlanLocked, plan_problems
from campaigns.services.plan_sheet import COLUMNS, NEEDED, label
from campaigns.services.planning import create_campaign, update_plan
from core.concurrency import StaleVersion
from core.sheet_input import Row, SheetError, Table, in_order, read

# A year's plan has hundreds; each row is checked as if it were written.
MAX_ROWS = 2000
PENDING = timedelta(days=1)
# By the part of a channel that a rule names, the column it comes from.
PLACES = {"use": "channel", "regions": "reach", "flights": "from", "expert": "expert", "amount": "allocation"}


# --- the file


def keep(*, upload: UploadedFile, by: User) -> PlanImport:
    """Read a file and keep it until it is taken over; SheetError if it cannot be read as a table."""
    if not can(by, "campaign.create"):
        raise PermissionDenied
    table = read(upload, max_rows=MAX_ROWS)
    table.columns(COLUMNS)
    PlanImport.objects.filter(by=by, at__lt=timezone.now() - PENDING).delete()
    return PlanImport.objects.create(
        name=(upload.name or "")[:200],
        header=[_kept(value) for value in table.header.values],
        rows=[[row.number, [_kept(value) for value in row.values]] for row in table.rows],
        by=by,
    )


def _kept(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int | float) else str(value)


def table_of(kept: PlanImport) -> Table:
    """The table as it was read."""
    header = Row(1, kept.header)
    return Table(header, [Row(number, values) for number, values in kept.rows])


def columns_of(kept: PlanImport) -> dict[str, int | None]:
    """Places of fields: by name, then as the person said; SheetError if a needed one is missing."""
    found = table_of(kept).columns(COLUMNS)
    for place, name in kept.mapping.items():
        if name and found.get(name) is None:
            found[name] = int(place)
    missing = [name for name in NEEDED if found[name] is None]
    if missing:
        words = _("The column %(name)s is missing.")
        raise SheetError(("1", words % {"name": label(name)}) for name in missing)
    return found


def strangers(kept: PlanImport) -> list[tuple[int, str, str]]:
    """Columns whose name means nothing to us: place, name, and what stands in its first rows."""
    table = table_of(kept)
    taken = set(table.columns(COLUMNS).values())
    return [
        (place, str(value), ", ".join(_samples(table, place)))
        for place, value in enumerate(table.header.values)
        if place not in taken and str(value or "").strip()
    ]


def _samples(table: Table, place: int) -> list[str]:
    values = (row.cell(place).text() for row in table.rows[:50])
    return list(dict.fromkeys(value[:30] for value in values if value))[:3]


def fields_left(kept: PlanImport) -> list[str]:
    """Fields for which the file has no column by name."""
    return [name for name, place in table_of(kept).columns(COLUMNS).items() if place is None]


def choose(*, kept: PlanImport, chosen: Mapping[str, str], by: User) -> None:
    """Say what columns with unknown names are; ValidationError if one field is chosen twice."""
    if kept.by_id != by.pk:
        raise PermissionDenied
    places = {str(place) for place, _name, _samples in strangers(kept)}
    left = fields_left(kept)
    mapping = {place: name for place, name in chosen.items() if place in places and name in left}
    twice = {name for name in mapping.values() if list(mapping.values()).count(name) > 1}
    if twice:
        words = _("%(name)s was chosen for two columns.")
        raise ValidationError(
            {place: [words % {"name": label(name)}] for place, name in mapping.items() if name in twice}
        )
    kept.mapping = mapping
    kept.save(update_fields=["mapping"])


# --- what it would do


def preview(kept: PlanImport, by: User) -> list[Entry]:
    """What becomes of each campaign; SheetError with every problem.

    All is written and taken back, so that it is exact.
    """
    with transaction.atomic():
        entries = _apply(kept, by)
        transaction.set_rollback(True)
    return entries


def run(*, kept: PlanImport, by: User) -> list[Entry]:
    """Take the file over, all campaigns or none; PlanImport.DoesNotExist once that is done."""
    with transaction.atomic():
        # One import at a time: two of the same file would not find each other's campaigns.
        waiting = {row.pk: row for row in PlanImport.objects.select_for_update().order_by("pk").defer("rows")}
        if kept.pk not in waiting:
            raise PlanImport.DoesNotExist
        entries = _apply(kept, by)
        PlanImport.objects.filter(pk=kept.pk).delete()
    return entries


def _apply(kept: PlanImport, by: User) -> list[Entry]:
    if kept.by_id != by.pk or not can(by, "campaign.create"):
        raise PermissionDenied
    reader = Reader(columns_of(kept), Known.now())
    lines = [reader.line(row) for row in table_of(kept).rows]
    groups = groups_of([line for line in lines if line])
    entries = []
    found = Finder(by, groups)
    for group in groups:
        entry = entry_of(group, reader, found, by)
        if entry:
            _write(entry, reader, by)
            entries.append(entry)
    if reader.problems:
        raise SheetError(in_order(dict.fromkeys(reader.problems)))
    return entries


# --- writing


def _write(entry: Entry, reader: Reader, by: User) -> None:
    """Save a campaign; what the services refuse is noted at its cell."""
    first = entry.lines[0].row
    try:
        with transaction.atomic():
            if entry.fate == Fate.NEW:
                create_campaign(by=by, plan=entry.plan)
            elif entry.fate == Fate.CHANGED:
                current = entry.existing
                update_plan(campaign=current, by=by, plan=entry.plan, expected=current.version)
    except PermissionDenied:
        reader.say(first, "name", _("You may not change this campaign."))
    except StaleVersion:
        reader.say(first, "name", _("Somebody saved this campaign a moment ago. Please look at it again."))
    except PlanLocked as locked:
        words = _("%(reason)s The file changes: %(parts)s.")
        params = {"reason": " ".join(locked.messages), "parts": ", ".join(entry.changes)}
        reader.say(first, "name", words % params)
    except ValidationError as error:
        _point_at(entry, error, reader, by)


def _point_at(entry: Entry, error: ValidationError, reader: Reader, by: User) -> None:
    """Each problem of a plan at the cell it comes from."""
    if not hasattr(error, "error_dict"):
        reader.say(entry.lines[0].row, "name", " ".join(error.messages))
        return
    for place, words in error.message_dict.items():
        for said in words:
            row, name = _cell_of(entry, place, said, by)
            reader.say(row, name, said)


def _cell_of(entry: Entry, place: str, words: str, by: User) -> tuple[Row, str]:
    kind, _dot, rest = place.partition(".")
    first = entry.lines[0].row
    if kind == "region":
        return first, "regions"
    if kind != "channel":
        return first, {"proposed": "budget", "amount": "budget"}.get(place, place)
    pk, _dot, part = rest.partition(".")
    lines = [
        line for line in entry.lines if line.values.get("channel") and str(line.values["channel"].pk) == pk
    ]
    if not lines:
        return first, "channel"
    if part == "flights":
        return _flight_row(entry, lines, words, by), "from"
    name = PLACES.get(part, "channel")
    said = next((line for line in lines if line.values.get(name)), lines[0])
    return said.row, name


def _flight_row(entry: Entry, lines: list[Line], words: str, by: User) -> Row:
    """The row of the one flight that is wrong by itself; the last one where two are wrong together."""
    channel = next(row for row in entry.plan.channels if row.channel == lines[0].values["channel"])
    for line in lines:
        if line.values.get("from"):
            alone = replace(channel, flights=((line.values["from"], line.values["to"]),))
            plan = replace(entry.plan, channels=(alone,))
            if words in [said for _place, said in plan_problems(plan, by=by, campaign=entry.existing)]:
                return line.row
    return lines[-1].row
