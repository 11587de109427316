"""Promising and paying money. Nothing is changed afterwards: a correction is a row with a reason."""

from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import EndKind
from campaigns.models import Budget, Commitment, CommitmentEnd, Expense
from campaigns.services.costs import Book, Cost, taken
from campaigns.services.money_base import locked, need
from core import audit

Row = Commitment | Expense


@transaction.atomic
def commit(*, budget: Budget, cost: Cost, by: User) -> Commitment:
    """Promise money of a channel's allocation; the same `submission` again gives the row it made.

    PermissionDenied without the right to plan; ValidationError by field of `Cost`: also if the channel has
    less left, before an approval, and for a number that the supplier has had.
    """
    current = locked(budget)
    need(by, "money.record", current.campaign)
    known = _made_before(Commitment, cost.submission, current)
    if known:
        return known
    row = _saved(Book(current, by).commitment(cost), by)
    _tell("commitment.made", row, by)
    return row


@transaction.atomic
def spend(*, budget: Budget, cost: Cost, by: User, last: bool = False) -> Expense:
    """Record an invoice; it uses up its commitment, and `last` releases what is then left of that.

    It may pass the allocation, and may come when the campaign is closed. Errors as `commit`, without the one
    about what is left.
    """
    current = locked(budget, also_closed=True)
    need(by, "money.record", current.campaign)
    known = _made_before(Expense, cost.submission, current)
    if known:
        return known
    row = _saved(Book(current, by).expense(cost), by)
    _tell("expense.recorded", row, by)
    if last and row.commitment_id:
        _end(row.commitment, EndKind.CLOSED, "", by)
    return row


def _made_before(model: type[Row], submission: UUID, budget: Budget) -> Row | None:
    """The row that this form has made; for another budget it is refused."""
    known = model.objects.filter(submission=submission).first()
    if known and known.budget_id != budget.pk:
        raise ValidationError(_("This form was already used. Please open a new one."), code="used")
    return known


def _saved(row: Row, by: User) -> Row:
    """Insert it; two campaigns that record the same number at once end here."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"number": [taken(row, by)]}, code="taken") from error
    return row


def _tell(verb: str, row: Row, by: User, **more: str) -> None:
    audit.record(
        by=by,
        verb=verb,
        scope=row.budget.campaign,
        subject=row,
        supplier=row.supplier,
        number=row.number,
        channel=str(row.allocation.campaign_channel.channel),
        **({"amount": f"{row.value:.2f}", "currency": row.budget.currency} | more),
    )


@transaction.atomic
def close(*, commitment: Commitment, reason: str, by: User) -> CommitmentEnd | None:
    """Release what is left of a commitment: nothing more will be invoiced. None if it has ended before.

    PermissionDenied without the right to plan; ValidationError at "reason".
    """
    current = locked(commitment.budget, also_closed=True)
    need(by, "money.record", current.campaign)
    _need_reason(reason, _("Please say why nothing more will come."))
    return _end(commitment, EndKind.CLOSED, reason, by)


def _need_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": [words]})


def _end(commitment: Commitment, kind: EndKind, reason: str, by: User) -> CommitmentEnd | None:
    fresh = Commitment.objects.with_rest().select_related("budget__campaign").get(pk=commitment.pk)
    if fresh.end_kind or (fresh.rest <= 0 and kind == EndKind.CLOSED):
        return None
    made = CommitmentEnd.objects.create(
        commitment=fresh, kind=kind, value=fresh.rest, reason=reason, by=by, at=timezone.now()
    )
    verb = "commitment.closed" if kind == EndKind.CLOSED else "commitment.corrected"
    _tell(verb, fresh, by, amount=f"{made.value:.2f}", reason=reason)
    return made


@transaction.atomic
def correct_commitment(*, commitment: Commitment, cost: Cost, reason: str, by: User) -> Commitment:
    """Put another commitment in the place of one that has no invoices yet; both stay readable.

    Errors as `commit`, and a ValidationError once it has invoices or an end.
    """
    current = locked(commitment.budget)
    need(by, "money.record", current.campaign)
    known = _made_before(Commitment, cost.submission, current)
    if known:
        return known
    _need_reason(reason, _("Please say what was wrong."))
    fresh = Commitment.objects.with_rest().get(pk=commitment.pk)
    if fresh.end_kind or fresh.settled:
        words = _("It has an invoice or has ended. Close it and enter a new one for the rest.")
        raise ValidationError(words, code="ended")
    _end(fresh, EndKind.CORRECTED, reason, by)
    book = Book(current, by)
    book.free_number(fresh)
    return _saved(book.commitment(cost, corrects=fresh), by)


@transaction.atomic
def reverse(*, expense: Expense, reason: str, by: User) -> Expense:
    """Take an invoice back by its opposite; reversed before, it gives that reversal.

    What it used up of a commitment is committed again, unless that has ended. PermissionDenied without the
    right to plan; ValidationError at "reason" and for a reversal itself.
    """
    current = locked(expense.budget, also_closed=True)
    need(by, "money.record", current.campaign)
    if expense.reverses_id:
        raise ValidationError(_("This is a reversal itself."), code="reversal")
    known = Expense.objects.filter(reverses=expense).first()
    if known:
        return known
    _need_reason(reason, _("Please say what was wrong."))
    row = _opposite(expense, reason, by)
    _tell("expense.reversed", row, by, reason=reason)
    return row


def _opposite(expense: Expense, reason: str, by: User) -> Expense:
    ended = CommitmentEnd.objects.filter(commitment=expense.commitment_id).exists()
    same = (
        "budget",
        "allocation",
        "supplier",
        "supplier_key",
        "number_key",
        "description",
        "currency",
        "rate",
    )
    values = {
        name: getattr(expense, name) for name in (*same, "rate_on", "invoice", "invoiced_on", "commitment")
    }
    return Expense.objects.create(
        **values,
        slot=None,
        amount=-expense.amount,
        value=-expense.value,
        settles=Decimal(0) if ended else -expense.settles,
        reverses=expense,
        reason=reason,
        by=by,
        at=timezone.now(),
    )


@transaction.atomic
def correct_expense(*, expense: Expense, cost: Cost, reason: str, by: User) -> Expense:
    """Reverse an invoice and record it as it should have been. Errors as `spend` and `reverse`."""
    known = _made_before(Expense, cost.submission, expense.budget)
    if known:
        return known
    if Expense.objects.filter(reverses=expense).exists():
        raise ValidationError(_("This invoice has been reversed already."), code="reversed")
    reverse(expense=expense, reason=reason, by=by)
    return spend(budget=expense.budget, cost=cost, by=by)
