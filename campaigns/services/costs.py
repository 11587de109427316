"""From what people say of an order or an invoice to a row: exact amounts, known keys, nothing twice.

A `Book` is one budget's channels, commitments and known numbers, read once under the lock. Forms put one cost
through it, imports thousands.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Allocation, Budget, CampaignChannel, Commitment, Expense
from campaigns.services.money_base import TOO_LARGE, amount_of, converted
from campaigns.services.plan_data import ZERO
from core import formats

FIRST_DAY = date(2000, 1, 1)
# An order may be dated ahead; a bill dated later than that is a typing error.
AHEAD = timedelta(days=366)
RATE_UNIT = Decimal("0.00000001")
LONGEST = {"supplier": 200, "number": 80, "description": 300}


@dataclass(frozen=True)
class Cost:
    """An order or an invoice as it was entered. Without a rate it is in the campaign's own currency."""

    supplier: str
    number: str
    on: date
    channel: CampaignChannel | None
    amount: Decimal
    currency: str
    rate: Decimal | None = None
    rate_on: date | None = None
    description: str = ""
    expected_on: date | None = None
    commitment: Commitment | None = None
    submission: UUID = field(default_factory=uuid4)


def key_of(text: str) -> str:
    """What is compared of a supplier or a number: neither case nor spaces nor the way of typing umlauts."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()[:200]


def known_currencies() -> frozenset[str]:
    """Every ISO 4217 code."""
    return frozenset(list_currencies())


@dataclass(frozen=True)
class Price:
    """An amount with its rate and what it is in the campaign's currency."""

    amount: Decimal
    currency: str
    rate: Decimal
    rate_on: date
    value: Decimal


def priced(cost: Cost, home: str) -> Price:
    """The exact price in the currency `home`; ValidationError at "amount", "currency", "rate", "rate_on"."""
    if cost.currency not in known_currencies():
        raise ValidationError(
            {"currency": [_("This is no currency. Please write a code such as EUR or CHF.")]}
        )
    amount = amount_of("amount", cost.amount, cost.currency)
    if not amount:
        raise ValidationError({"amount": [_("An amount of zero is nothing to record.")]})
    rate = _rate(cost, home)
    value = converted(amount, rate, home)
    if value >= TOO_LARGE:
        raise ValidationError({"amount": [_("This amount is too large.")]})
    return Price(amount, cost.currency, rate, cost.rate_on or cost.on, value)


def _rate(cost: Cost, home: str) -> Decimal:
    params = {"currency": cost.currency, "home": home}
    if cost.currency == home:
        if cost.rate not in (None, Decimal(1)):
            raise ValidationError({"rate": [_("An amount in %(home)s needs no rate.") % params]})
        return Decimal(1)
    if cost.rate is None:
        words = _("Please say what one %(currency)s costs in %(home)s.")
        raise ValidationError({"rate": [words % params]})
    if not cost.rate.is_finite() or cost.rate <= 0:
        raise ValidationError({"rate": [_("A rate is greater than zero.")]})
    if cost.rate >= Decimal(10) ** 6 or cost.rate != cost.rate.quantize(RATE_UNIT):
        raise ValidationError({"rate": [_("A rate is below one million and has at most eight decimals.")]})
    if cost.rate_on and not FIRST_DAY <= cost.rate_on <= timezone.localdate() + timedelta(days=1):
        raise ValidationError({"rate_on": [_("The rate must be of a day that has been.")]})
    return cost.rate


def check_words(cost: Cost) -> None:
    """ValidationError for texts that are missing or too long and for days that cannot be."""
    problems = {}
    for name in ("supplier", "number"):
        if not getattr(cost, name).strip():
            problems[name] = [_("Please fill this in.")]
    for name, most in LONGEST.items():
        if len(getattr(cost, name)) > most:
            problems[name] = [
                _("This is too long; at most %(most)d characters are possible.") % {"most": most}
            ]
    if not FIRST_DAY <= cost.on <= timezone.localdate() + AHEAD:
        problems["on"] = [_("This day cannot be right. Please look at the year.")]
    if cost.expected_on and cost.expected_on < cost.on:
        problems["expected_on"] = [_("This is before the order itself.")]
    if cost.channel is None:
        problems["channel"] = [_("Please choose a channel of this campaign.")]
    if problems:
        raise ValidationError(problems)


class Book:
    """One locked budget with what new costs are checked against; keeps count of what it has let through."""

    def __init__(self, budget: Budget, by: User) -> None:
        self.budget, self.by, self.at = budget, by, timezone.now()
        found = budget.allocations.select_related("campaign_channel__channel")
        self.allocations = {row.campaign_channel_id: row for row in found}
        self.left = {row.pk: row.left for row in self.allocations.values()}
        self._rests: dict[int, Decimal] = {}
        self._taken: dict[type, dict[tuple[str, str], int]] = {Commitment: {}, Expense: {}}
        self._read: set[tuple[type, str]] = set()

    def allocation(self, channel: CampaignChannel) -> Allocation:
        """The channel's allocation; one of nothing is made where there is none yet."""
        if channel.campaign_id != self.budget.campaign_id:
            raise ValidationError({"channel": [_("Not a channel of this campaign.")]})
        if channel.pk not in self.allocations:
            made = Allocation.objects.create(budget=self.budget, campaign_channel=channel)
            self.allocations[channel.pk], self.left[made.pk] = made, ZERO
        return self.allocations[channel.pk]

    def commitment(self, cost: Cost, corrects: Commitment | None = None) -> Commitment:
        """The row of an order, not saved; ValidationError by field."""
        row = Commitment(reference=cost.number.strip(), ordered_on=cost.on, corrects=corrects)
        row.expected_on = cost.expected_on
        self._fill(row, cost)
        if self.budget.approved is None:
            words = _("Nothing can be promised before the budget is approved.")
            raise ValidationError({"amount": [words]})
        self._draw(row)
        return row

    def expense(self, cost: Cost) -> Expense:
        """The row of an invoice, not saved; ValidationError by field."""
        row = Expense(invoice=cost.number.strip(), invoiced_on=cost.on, commitment=cost.commitment)
        self._fill(row, cost)
        if cost.commitment is not None:
            row.settles = self._settle(cost.commitment, row)
        self.left[row.allocation_id] -= row.value - row.settles
        return row

    def _fill(self, row: Commitment | Expense, cost: Cost) -> None:
        check_words(cost)
        price = priced(cost, self.budget.currency)
        row.budget, row.allocation = self.budget, self.allocation(cost.channel)
        row.supplier, row.description = " ".join(cost.supplier.split()), cost.description.strip()
        row.supplier_key, row.number_key = key_of(cost.supplier), key_of(cost.number)[:80]
        row.amount, row.currency, row.value = price.amount, price.currency, price.value
        row.rate, row.rate_on = price.rate, price.rate_on
        row.by, row.at, row.submission = self.by, self.at, cost.submission
        row.slot = self._slot(row)

    def _draw(self, row: Commitment) -> None:
        free = max(self.left[row.allocation_id], ZERO)
        if row.value > free:
            words = _("The channel has only %(amount)s left. Allocate or move money to it first.")
            raise ValidationError({"amount": [words % {"amount": formats.money(free, self.budget.currency)}]})
        self.left[row.allocation_id] -= row.value

    def _settle(self, commitment: Commitment, row: Expense) -> Decimal:
        if commitment.allocation_id != row.allocation_id:
            raise ValidationError({"commitment": [_("This commitment belongs to another channel.")]})
        if commitment.pk not in self._rests:
            fresh = Commitment.objects.with_rest().get(pk=commitment.pk)
            self._rests[commitment.pk] = ZERO if fresh.end_kind else fresh.rest
        rest = self._rests[commitment.pk]
        if rest <= 0:
            raise ValidationError({"commitment": [_("Nothing is left of this commitment.")]})
        settles = min(rest, row.value)
        self._rests[commitment.pk] = rest - settles
        return settles

    def remember_rests(self, commitments: Iterable[Commitment]) -> None:
        """Read what is left of these commitments at once."""
        rows = Commitment.objects.with_rest().filter(pk__in={row.pk for row in commitments})
        self._rests |= {row.pk: ZERO if row.end_kind else row.rest for row in rows}

    def remember(self, model: type, suppliers: Iterable[str]) -> None:
        """Read what is known of these suppliers (keys) at once, before many costs are put through."""
        keys = set(suppliers)
        self._taken[model].update(_slots(model, keys))
        self._read |= {(model, key) for key in keys}

    def _slot(self, row: Commitment | Expense) -> int:
        model, key = type(row), (row.supplier_key, row.number_key)
        if (model, row.supplier_key) not in self._read:
            self.remember(model, [row.supplier_key])
        slot = self._taken[model].get(key, 0)
        if slot < 0:
            raise ValidationError({"number": [taken(row, self.by)]}, code="taken")
        self._taken[model][key] = -1
        return slot

    def free_number(self, row: Commitment) -> None:
        """The number of a commitment that is being corrected may be used once more."""
        self.remember(Commitment, [row.supplier_key])
        self._taken[Commitment][(row.supplier_key, row.number_key)] = row.slot + 1


def _slots(model: type, suppliers: set[str]) -> dict[tuple[str, str], int]:
    """By supplier and number: -1 for what counts, the next free slot for what was reversed or corrected."""
    found: dict[tuple[str, str], int] = {}
    gone = "reversal" if model is Expense else "corrected_by"
    rows = model.objects.filter(supplier_key__in=suppliers, slot__isnull=False)
    for supplier, number, slot, after in rows.values_list("supplier_key", "number_key", "slot", gone):
        key = (supplier, number)
        if after is None:
            found[key] = -1
        elif found.get(key) != -1:
            found[key] = max(found.get(key, 0), slot + 1)
    return found


def taken(row: Commitment | Expense, by: User) -> str:
    """That the number is there already, and in which campaign if the person may see it."""
    from campaigns.models import Campaign

    model = type(row)
    same = model.objects.filter(supplier_key=row.supplier_key, number_key=row.number_key)
    seen = Campaign.objects.visible_to(by).filter(pk__in=same.values("budget__campaign")).first()
    params = {"number": row.number, "supplier": row.supplier, "campaign": seen}
    if seen:
        words = _("%(number)s of %(supplier)s is already recorded in %(campaign)s.")
    else:
        words = _("%(number)s of %(supplier)s is already recorded.")
    return words % params
