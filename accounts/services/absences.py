"""Absences: days on which a person does not count as present at the launch gate."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Absence, User
from accounts.services.demand import demand
from core import audit

LONGEST_DAYS = 3 * 366


@transaction.atomic
def add_absence(*, user: User, starts_on: date, ends_on: date, note: str = "", by: User | None) -> Absence:
    """Enter days away, both ends included. The same period again is the same absence (a double click).

    ValidationError for an end before the start, more than three years, or days already entered.
    """
    demand(by, "absence.edit", user)
    User.objects.select_for_update().get(pk=user.pk)
    if ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first one.")})
    if (ends_on - starts_on).days > LONGEST_DAYS:
        raise ValidationError({"ends_on": _("That is more than three years. Please check the dates.")})
    known = user.absences.overlapping(starts_on, ends_on).first()
    if known and (known.starts_on, known.ends_on) == (starts_on, ends_on):
        return known
    if known:
        raise ValidationError({"starts_on": _("Some of these days are already entered as away.")})
    absence = Absence.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, note=note)
    _record(by, "person.absence_added", absence)
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, by: User | None) -> None:
    """Take an absence back."""
    demand(by, "absence.edit", absence.user)
    _record(by, "person.absence_removed", absence)
    absence.delete()


def _record(by: User | None, verb: str, absence: Absence) -> None:
    days = {"starts_on": absence.starts_on, "ends_on": absence.ends_on}
    audit.record(by=by, verb=verb, scope=absence.user, **days)
