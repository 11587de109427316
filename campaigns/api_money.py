"""Orders and invoices for programs: what the pages of a budget do, one cost per request, never twice.

The program names each cost by a `key` of its own (a UUID). The same key again gives the row it made, with 200
instead of 201, so that a request whose answer was lost can simply be sent again.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema, Status
from ninja.errors import HttpError

from campaigns.models import Budget, Campaign, CampaignChannel, Commitment, Expense
from campaigns.services.costs import Cost, key_of
from campaigns.services.spending import commit, spend

router = Router(tags=["money"])
PAGE = 100
CREATED, KNOWN, CONFLICT = 201, 200, 409
SMALL_TEXT = Field(default="", max_length=300)


class CostIn(Schema):
    """An order or an invoice. `channel` is a code; `rate` is what one unit of a foreign currency costs."""

    key: UUID
    supplier: str = Field(max_length=200)
    number: str = Field(max_length=80)
    on: date
    channel: str
    amount: Decimal = Field(max_digits=14, decimal_places=3)
    currency: str = Field(min_length=3, max_length=3, description="ISO 4217")
    rate: Decimal | None = Field(default=None, max_digits=18)
    rate_on: date | None = None
    description: str = SMALL_TEXT


class CommitmentIn(CostIn):
    """An order; `expected_on` is when its invoice should come."""

    expected_on: date | None = None


class ExpenseIn(CostIn):
    """An invoice; `commitment` is the id of what it settles, `last` releases what is then left of that."""

    commitment: int | None = None
    last: bool = False


class CostOut(Schema):
    """A recorded cost; `value` is its amount in the campaign's currency, exact to the cent."""

    id: int
    key: UUID
    supplier: str
    number: str
    on: date
    channel: str
    amount: Decimal
    currency: str
    rate: Decimal
    rate_on: date
    value: Decimal
    description: str


class CommitmentOut(CostOut):
    """An order; `left` is what is still committed of it."""

    expected_on: date | None
    left: Decimal
    state: str


class ExpenseOut(CostOut):
    """An invoice; a reversal has a negative amount and names what it takes back."""

    commitment: int | None
    settles: Decimal
    reverses: int | None


class CommitmentPage(Schema):
    """Commitments, newest first; `next` is the value of `before` for the next page."""

    items: list[CommitmentOut]
    next: int | None


class ExpensePage(Schema):
    """Expenses, as CommitmentPage."""

    items: list[ExpenseOut]
    next: int | None


class PageQuery(Schema):
    """Which page: rows with a smaller id."""

    before: int | None = Field(default=None, ge=1)


@router.get("/{int:pk}/commitments", response=CommitmentPage, url_name="commitments")
def list_commitments(request: HttpRequest, pk: int, query: Query[PageQuery]) -> dict[str, Any]:
    """Every commitment of the campaign, also settled and corrected ones."""
    return _page(Commitment.objects.with_rest(), _budget(request, pk), query.before, _commitment)


@router.get("/{int:pk}/expenses", response=ExpensePage, url_name="expenses")
def list_expenses(request: HttpRequest, pk: int, query: Query[PageQuery]) -> dict[str, Any]:
    """Every expense of the campaign, reversals included: their sum is what is spent."""
    return _page(Expense.objects.all(), _budget(request, pk), query.before, _expense)


@router.post(
    "/{int:pk}/commitments", response={CREATED: CommitmentOut, KNOWN: CommitmentOut}, url_name="commit"
)
def post_commitment(request: HttpRequest, pk: int, payload: CommitmentIn) -> Status:
    """Promise money of a channel's allocation; 422 by field, 409 for a key that named something else."""
    budget = _budget(request, pk)
    cost = _cost(payload, budget, expected_on=payload.expected_on)
    known = Commitment.objects.filter(submission=payload.key).exists()
    row = _same(commit(budget=budget, cost=cost, by=request.user), cost)
    fresh = _related(Commitment.objects.with_rest()).get(pk=row.pk)
    return Status(KNOWN if known else CREATED, _commitment(fresh))


@router.post("/{int:pk}/expenses", response={CREATED: ExpenseOut, KNOWN: ExpenseOut}, url_name="spend")
def post_expense(request: HttpRequest, pk: int, payload: ExpenseIn) -> Status:
    """Record an invoice; errors as for commitments."""
    budget = _budget(request, pk)
    cost = _cost(payload, budget, commitment=_settled(payload.commitment, budget))
    known = Expense.objects.filter(submission=payload.key).exists()
    row = _same(spend(budget=budget, cost=cost, by=request.user, last=payload.last), cost)
    return Status(KNOWN if known else CREATED, _expense(_related(Expense.objects).get(pk=row.pk)))


def _budget(request: HttpRequest, pk: int) -> Budget:
    campaign = get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk)
    return get_object_or_404(Budget.objects.select_related("campaign"), campaign=campaign)


def _cost(payload: CostIn, budget: Budget, **more: Any) -> Cost:
    """What was sent, with the channel that the code names."""
    rows = CampaignChannel.objects.filter(campaign=budget.campaign_id).select_related("channel")
    channel = rows.filter(channel__code=payload.channel).first()
    names = ("supplier", "number", "on", "amount", "rate", "rate_on", "description")
    values = {name: getattr(payload, name) for name in names} | more
    return Cost(channel=channel, currency=payload.currency.upper(), submission=payload.key, **values)


def _settled(pk: int | None, budget: Budget) -> Commitment | None:
    found = Commitment.objects.filter(pk=pk, budget=budget).first() if pk is not None else None
    if pk is not None and found is None:
        raise ValidationError({"commitment": [_("There is no such commitment in this campaign.")]})
    return found


def _same(row: Commitment | Expense, cost: Cost) -> Any:
    """The row, if it is what was sent; a key that has named another cost is a conflict."""
    sent = (key_of(cost.supplier), key_of(cost.number)[:80], cost.amount, cost.currency, cost.on)
    kept = (row.supplier_key, row.number_key, row.amount, row.currency, _day(row))
    if sent != kept:
        raise HttpError(CONFLICT, _("This key was already used for something else."))
    return row


def _day(row: Commitment | Expense) -> date:
    return row.ordered_on if isinstance(row, Commitment) else row.invoiced_on


def _related(rows: Any) -> QuerySet:
    return rows.select_related("allocation__campaign_channel__channel")


def _page(rows: QuerySet, budget: Budget, before: int | None, shown: Any) -> dict[str, Any]:
    found = _related(rows.filter(budget=budget)).order_by("-pk")
    if before is not None:
        found = found.filter(pk__lt=before)
    items = list(found[: PAGE + 1])
    more = items[PAGE - 1].pk if len(items) > PAGE else None
    return {"items": [shown(row) for row in items[:PAGE]], "next": more}


def _common(row: Commitment | Expense) -> dict[str, Any]:
    names = ("id", "supplier", "number", "amount", "currency", "rate", "rate_on", "value", "description")
    channel = row.allocation.campaign_channel.channel.code
    more = {"key": row.submission, "on": _day(row), "channel": channel}
    return {name: getattr(row, name) for name in names} | more


def _commitment(row: Commitment) -> dict[str, Any]:
    more = {"expected_on": row.expected_on, "left": row.rest, "state": row.state}
    return _common(row) | more


def _expense(row: Expense) -> dict[str, Any]:
    more = {"commitment": row.commitment_id, "settles": row.settles, "reverses": row.reverses_id}
    return _common(row) | more
