"""Commitments and expenses: exact, never changed, never twice; overspending is loud, never silent."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from campaigns.models import Allocation, AllocationChange, Budget, Commitment, CommitmentEnd, Expense
from campaigns.services import budget as rounds
from campaigns.services import planning, spending
from campaigns.services.moves import move
from core.models import AuditEvent
from tests.campaigns.money_data import DAY, Purse

pytestmark = pytest.mark.django_db


@pytest.fixture
def purse():
    return Purse()


def problems(call, **kwargs):
    with pytest.raises(ValidationError) as refused:
        call(**kwargs)
    return refused.value.message_dict


def rest(commitment):
    return Commitment.objects.with_rest().get(pk=commitment.pk)


def test_an_invoice_uses_up_its_commitment_and_the_last_one_frees_the_rest(purse):
    order = spending.commit(budget=purse.budget, cost=purse.cost("200", "O-1"), by=purse.owner)
    assert purse.of(purse.mail) == (400, 200, 0)
    first = purse.cost("120.50", "R-1", commitment=order)
    spending.spend(budget=purse.budget, cost=first, by=purse.owner)
    assert purse.of(purse.mail) == (400, Decimal("79.50"), Decimal("120.50"))
    assert (rest(order).rest, rest(order).state) == (Decimal("79.50"), "open")
    spending.spend(
        budget=purse.budget, cost=purse.cost("20", "R-2", commitment=order), by=purse.owner, last=True
    )
    assert purse.of(purse.mail) == (400, 0, Decimal("140.50"))
    assert rest(order).state == "closed"
    stored = purse.stored()
    assert (stored.committed, stored.spent, stored.reserve) == (0, Decimal("140.50"), 300)
    said = AuditEvent.objects.filter(verb__startswith="expense.")
    assert [event.data["amount"] for event in said] == ["20.00", "120.50"]


def test_an_invoice_may_pass_commitment_and_allocation_but_the_reserve_stays(purse):
    order = spending.commit(budget=purse.budget, cost=purse.cost("400", "O-1"), by=purse.owner)
    spending.spend(budget=purse.budget, cost=purse.cost("450", "R-1", commitment=order), by=purse.owner)
    row = Allocation.objects.get(campaign_channel=purse.mail)
    assert (row.committed, row.spent, row.left, row.forecast) == (0, 450, -50, 450)
    assert purse.stored().reserve == 300
    assert rest(order).state == "settled"
    assert problems(spending.commit, budget=purse.budget, cost=purse.cost("0.01", "O-2"), by=purse.owner) == {
        "amount": ["The channel has only €0 left. Allocate or move money to it first."]
    }


def test_another_currency_keeps_its_rate_and_is_rounded_half_up_once(purse):
    cost = purse.cost("10.01", "R-1", currency="CHF", rate=Decimal("1.0505"), rate_on=date(2026, 8, 31))
    made = spending.spend(budget=purse.budget, cost=cost, by=purse.owner)
    made.refresh_from_db()
    assert (made.amount, made.rate, made.rate_on) == (Decimal("10.01"), Decimal("1.0505"), date(2026, 8, 31))
    # 10.515505
    assert made.value == Decimal("10.52")
    yen = purse.cost("999", "R-2", currency="JPY", rate=Decimal("0.0065"))
    assert spending.spend(budget=purse.budget, cost=yen, by=purse.owner).value == Decimal("6.49")
    assert purse.stored().spent == Decimal("17.01")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"amount": Decimal("-5")}, "amount"),
        ({"amount": Decimal(0)}, "amount"),
        ({"amount": Decimal("0.001")}, "amount"),
        ({"amount": Decimal(10) ** 12}, "amount"),
        ({"amount": Decimal("1.5"), "currency": "JPY", "rate": Decimal(1)}, "amount"),
        ({"currency": "XYZ1"}, "currency"),
        ({"currency": "CHF"}, "rate"),
        ({"currency": "CHF", "rate": Decimal(0)}, "rate"),
        ({"currency": "CHF", "rate": Decimal("-1")}, "rate"),
        ({"currency": "CHF", "rate": Decimal("NaN")}, "rate"),
        ({"rate": Decimal(2)}, "rate"),
        ({"currency": "CHF", "rate": Decimal(1), "rate_on": date(2126, 1, 1)}, "rate_on"),
        ({"on": date(1926, 9, 1)}, "on"),
        ({"expected_on": date(2026, 8, 1)}, "expected_on"),
        ({"supplier": "  "}, "supplier"),
        ({"number": "x" * 81}, "number"),
        ({"channel": None}, "channel"),
    ],
)
def test_bad_input_is_refused_at_its_field(purse, change, place):
    cost = replace(purse.cost(), **change)
    assert list(problems(spending.commit, budget=purse.budget, cost=cost, by=purse.owner)) == [place]
    assert not Commitment.objects.exists()


def test_the_same_invoice_twice_is_an_error_also_from_another_campaign(purse):
    spending.spend(budget=purse.budget, cost=purse.cost(number="R-7"), by=purse.owner)
    again = purse.cost(number=" r-7 ", supplier="PRINT  & co")
    here = f"r-7 of PRINT & co is already recorded in {purse.campaign}."
    assert problems(spending.spend, budget=purse.budget, cost=again, by=purse.owner) == {"number": [here]}
    other = Purse()
    cost = other.cost(number="R-7")
    found = problems(spending.spend, budget=other.budget, cost=cost, by=other.owner)
    assert list(found) == ["number"]
    # A double click gives the first one.
    once = purse.cost(number="R-8")
    made = [spending.spend(budget=purse.budget, cost=once, by=purse.owner) for _click in range(2)]
    assert made[0] == made[1]


def test_a_correction_reverses_and_records_anew(purse):
    order = spending.commit(budget=purse.budget, cost=purse.cost("200", "O-1"), by=purse.owner)
    wrong = spending.spend(
        budget=purse.budget, cost=purse.cost("150", "R-1", commitment=order), by=purse.owner
    )
    right = purse.cost("105", "R-1", commitment=order)
    made = spending.correct_expense(expense=wrong, cost=right, reason="Digits swapped", by=purse.owner)
    assert purse.of(purse.mail) == (400, 95, 105)
    assert [row.value for row in Expense.objects.order_by("id")] == [150, -150, 105]
    spending.reverse(expense=made, reason="Not ours", by=purse.owner)
    spending.reverse(expense=made, reason="Twice", by=purse.owner)
    assert purse.of(purse.mail) == (400, 200, 0)
    new = spending.correct_commitment(
        commitment=order, cost=purse.cost("250", "O-1"), reason="Two pages more", by=purse.owner
    )
    assert (new.corrects, rest(order).state, purse.of(purse.mail)) == (order, "corrected", (400, 250, 0))
    spending.close(commitment=new, reason="Cancelled", by=purse.owner)
    assert spending.close(commitment=new, reason="Again", by=purse.owner) is None
    assert purse.of(purse.mail) == (400, 0, 0)


def test_an_allocation_is_not_lowered_below_what_is_used(purse):
    spending.commit(budget=purse.budget, cost=purse.cost("250", "O-1"), by=purse.owner)
    found = problems(
        rounds.allocate, budget=purse.budget, amounts={purse.mail.pk: Decimal("249.99")}, by=purse.owner
    )
    assert found == {
        f"allocation.{purse.mail.pk}": ["€250 are already committed or spent; it cannot be less."]
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Allocation.objects.filter(campaign_channel=purse.mail).update(amount=249)


def test_money_moves_in_one_step_with_a_reason(purse):
    spending.commit(budget=purse.budget, cost=purse.cost("250", "O-1"), by=purse.owner)

    def moved(**more):
        values = {"source": purse.mail, "target": purse.tv, "amount": Decimal(150), "reason": "TV sells"}
        move(budget=purse.budget, by=purse.owner, **(values | more))

    assert problems(moved, amount=Decimal("150.01")) == {
        "amount": ["At most €150 are free there: neither committed nor spent."]
    }
    assert list(problems(moved, target=purse.mail, amount=Decimal(0), reason=" ")) == [
        "target",
        "amount",
        "reason",
    ]
    moved()
    moved(source=None, amount=Decimal(300))
    assert (purse.of(purse.mail)[0], purse.of(purse.tv)[0], purse.stored().reserve) == (250, 750, 0)
    steps = AllocationChange.objects.exclude(move=None).order_by("id")
    assert [(step.amount, step.reason, step.by) for step in steps] == [
        (-150, "TV sells", purse.owner),
        (150, "TV sells", purse.owner),
        (300, "TV sells", purse.owner),
    ]
    verbs = (
        AuditEvent.objects.filter(verb__startswith="allocation.")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs)[-2:] == ["allocation.moved", "allocation.from_reserve"]


def test_a_channel_with_orders_or_invoices_stays(purse):
    spending.commit(budget=purse.budget, cost=purse.cost("10", "O-1"), by=purse.owner)
    found = problems(planning.set_channels, campaign=purse.campaign, by=purse.owner, channels=())
    words = f"{purse.mail.channel} has reviews, briefings, releases or money on record and cannot be removed."
    assert found == {f"channel.{purse.mail.channel_id}.use": [words]}


def test_who_does_not_plan_records_nothing(purse):
    with pytest.raises(PermissionDenied):
        spending.commit(budget=purse.budget, cost=purse.cost(), by=purse.firm.mail_expert)
    with pytest.raises(PermissionDenied):
        spending.spend(budget=purse.budget, cost=purse.cost(), by=purse.firm.mail_expert)


def test_below_the_services_the_database_refuses(purse):
    order = spending.commit(budget=purse.budget, cost=purse.cost("200", "O-1"), by=purse.owner)
    paid = spending.spend(budget=purse.budget, cost=purse.cost("50", "R-1", commitment=order), by=purse.owner)
    other = Purse()
    copied = {f.attname: getattr(paid, f.attname) for f in Expense._meta.concrete_fields if f.name != "id"}

    def expense(**more):
        Expense.objects.create(**(copied | {"submission": "0" * 32, "number_key": "new"} | more))

    for break_it in (
        lambda: Expense.objects.update(value=1),
        lambda: Commitment.objects.all().delete(),
        lambda: AllocationChange.objects.update(amount=1),
        lambda: expense(settles=151),
        lambda: expense(settles=0, number_key="r-1"),
        lambda: expense(settles=0, slot=1),
        lambda: expense(value=-5, amount=-5, settles=-5),
        lambda: expense(reverses_id=paid.pk, slot=None, value=-49, amount=-49, settles=-49, number_key="r-1"),
        lambda: expense(commitment_id=None, settles=0, budget_id=other.budget.pk),
        lambda: expense(settles=0, rate=0),
        lambda: CommitmentEnd.objects.create(
            commitment=order, kind="closed", value=1, by=purse.owner, at=paid.at
        ),
        lambda: Budget.objects.filter(pk=purse.budget.pk).update(approved=2000),
        lambda: Budget.objects.filter(pk=purse.budget.pk).update(currency="CHF"),
        lambda: Budget.objects.filter(pk=purse.budget.pk).update(committed=-1),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            break_it()
    assert purse.of(purse.mail) == (400, 150, 50)


def test_invoices_come_also_when_the_campaign_is_closed(purse):
    purse.campaign.state = purse.campaign.phase = "cancelled"
    purse.campaign.save()
    spending.spend(budget=purse.budget, cost=purse.cost("10", "R-1", on=DAY), by=purse.owner)
    with pytest.raises(ValidationError, match="closed"):
        spending.commit(budget=purse.budget, cost=purse.cost("10", "O-1"), by=purse.owner)
    assert purse.stored().spent == 10
