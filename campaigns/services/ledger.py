"""The history of a campaign's money: every change of what is approved, allocated, committed and spent.

It is read from rows that nobody can change: rounds, AllocationChange, commitments with their ends, expenses.
The sums of the events up to a moment are the balance at that moment, to the cent (tests/campaigns/
test_ledger.py); the balance now is what stands in Budget. A day ends at midnight in the company's time zone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext as _

from campaigns.enums import RoundKind
from campaigns.models import AllocationChange, Budget, BudgetRound, Commitment, CommitmentEnd, Expense
from campaigns.services.plan_data import ZERO

CENT = Decimal("0.01")
HOME = ZoneInfo(settings.TIME_ZONE)
APPROVING = (RoundKind.APPROVAL, RoundKind.ACCEPTANCE)


@dataclass(frozen=True)
class Balance:
    """Amounts in the campaign's currency, each a sum over all events."""

    approved: Decimal = ZERO
    allocated: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO

    def __add__(self, other: "Balance") -> "Balance":
        return Balance(*(a + b for a, b in zip(self.amounts, other.amounts, strict=True)))

    @property
    def amounts(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Approved, allocated, committed, spent."""
        return self.approved, self.allocated, self.committed, self.spent

    @property
    def reserve(self) -> Decimal | None:
        """Approved and not allocated; None while nothing is approved and allocations are only planned."""
        return self.approved - self.allocated if self.approved else None


@dataclass(frozen=True)
class Event:
    """One change, with the balance after it."""

    at: datetime
    what: Any
    change: Balance
    who: str
    detail: str = ""
    channel: Any = None
    after: Balance = field(default_factory=Balance)

    @property
    def day(self) -> date:
        """The company's day on which it happened."""
        return self.at.astimezone(HOME).date()


def events(budget: Budget) -> list[Event]:
    """All changes, oldest first, each with the running sums (five queries)."""
    found = [
        *_rounds(budget),
        *_allocations(budget),
        *_commitments(budget),
        *_ends(budget),
        *_expenses(budget),
    ]
    after, told = Balance(), []
    for event in sorted(found, key=lambda event: event.at):
        after += event.change
        told.append(replace(event, after=after))
    return told


def _rounds(budget: Budget) -> Iterator[Event]:
    before = ZERO
    rows = BudgetRound.objects.filter(budget=budget, kind__in=APPROVING).select_related("by")
    for row in rows.order_by("number"):
        words = _("Budget approved") if row.kind == RoundKind.APPROVAL else _("Counter-proposal accepted")
        yield Event(row.at, words, Balance(approved=row.amount - before), str(row.by), row.reason)
        before = row.amount


def _allocations(budget: Budget) -> Iterator[Event]:
    rows = AllocationChange.objects.filter(budget=budget).select_related("by", "channel")
    for row in rows.order_by("at", "id"):
        words = _("Allocation raised") if row.amount > 0 else _("Allocation lowered")
        if row.move:
            words = _("Money moved here") if row.amount > 0 else _("Money moved away")
        yield _event(row, words, Balance(allocated=row.amount), row.reason, row.channel)


def _commitments(budget: Budget) -> Iterator[Event]:
    rows = Commitment.objects.filter(budget=budget).select_related(
        "by", "allocation__campaign_channel__channel"
    )
    for row in rows.order_by("at", "id"):
        words = _("Corrected commitment") if row.corrects_id else _("Commitment")
        yield _event(row, words, Balance(committed=row.value), str(row), _channel(row))


def _ends(budget: Budget) -> Iterator[Event]:
    rows = CommitmentEnd.objects.filter(commitment__budget=budget)
    rows = rows.select_related("by", "commitment__allocation__campaign_channel__channel")
    for row in rows.order_by("at", "id"):
        detail = f"{row.commitment}{' · ' if row.reason else ''}{row.reason}"
        words = _("Commitment closed") if row.kind == "closed" else _("Commitment taken back")
        yield _event(row, words, Balance(committed=-row.value), detail, _channel(row.commitment))


def _expenses(budget: Budget) -> Iterator[Event]:
    rows = Expense.objects.filter(budget=budget).select_related("by", "allocation__campaign_channel__channel")
    for row in rows.order_by("at", "id"):
        words = _("Invoice reversed") if row.reverses_id else _("Invoice")
        detail = f"{row}{' · ' if row.reason else ''}{row.reason}"
        change = Balance(committed=-row.settles, spent=row.value)
        yield _event(row, words, change, detail, _channel(row))


def _channel(row: Commitment | Expense) -> Any:
    return row.allocation.campaign_channel.channel


def _event(row: Any, what: str, change: Balance, detail: str, channel: Any) -> Event:
    return Event(row.at, what, change, str(row.by) if row.by else "–", detail, channel)


def balance_on(budget: Budget, day: date) -> Balance:
    """What was approved, allocated, committed and spent when the day ended; summed by the database."""
    end = datetime.combine(day + timedelta(days=1), time(), HOME)
    last = (
        BudgetRound.objects.filter(budget=budget, kind__in=APPROVING, at__lt=end).order_by("-number").first()
    )
    ends = CommitmentEnd.objects.filter(commitment__budget=budget, at__lt=end)
    expenses = Expense.objects.filter(budget=budget, at__lt=end)
    committed = _sum(Commitment.objects.filter(budget=budget, at__lt=end), "value")
    return Balance(
        approved=last.amount if last else ZERO,
        allocated=_sum(AllocationChange.objects.filter(budget=budget, at__lt=end), "amount"),
        committed=committed - _sum(ends, "value") - _sum(expenses, "settles"),
        spent=_sum(expenses, "value"),
    )


def _sum(rows: Any, column: str) -> Decimal:
    # SQLite adds floating point numbers; whole cents come out of the rounding.
    return Decimal(rows.aggregate(sum=Sum(column))["sum"] or 0).quantize(CENT)


def by_day(found: Iterable[Event]) -> list[tuple[date, list[Event], Balance]]:
    """Days with their events and the balance at their end, newest first."""
    days: dict[date, list[Event]] = {}
    for event in found:
        days.setdefault(event.day, []).append(event)
    return [(day, rows, rows[-1].after) for day, rows in sorted(days.items(), reverse=True)]
