"""The history adds up to the cent on every day, whatever several people do and in whichever order."""

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from time_machine import travel

from campaigns.models import Allocation, Budget, Commitment, Expense
from campaigns.services import budget as rounds
from campaigns.services import ledger, spending
from campaigns.services.moves import move
from core.concurrency import StaleVersion
from tests.campaigns.money_data import Purse

pytestmark = pytest.mark.django_db
FIRST = datetime(2026, 9, 1, 21, 30, tzinfo=UTC)
REFUSED = (ValidationError, PermissionDenied, StaleVersion)
CENTS = st.integers(0, 90_000).map(lambda cents: Decimal(cents).scaleb(-2))


def holds(budget_pk):
    """Everything that must be true of a budget at any time; the budget."""
    found = Budget.objects.get(pk=budget_pk)
    rows = list(Allocation.objects.filter(budget=found))
    assert found.reserve >= 0
    assert found.allocated == sum(row.amount for row in rows)
    assert found.committed == sum(row.committed for row in rows) >= 0
    assert found.spent == sum(row.spent for row in rows) >= 0
    orders = Commitment.objects.with_rest().filter(budget=found)
    assert found.committed == sum(row.rest for row in orders if not row.end_kind)
    assert found.spent == sum(Expense.objects.filter(budget=found).values_list("value", flat=True))
    return found


def adds_up(budget):
    """The sums of the events are the balance of every day, and the last one is what stands in the budget."""
    events = ledger.events(budget)
    for day, _rows, after in ledger.by_day(events):
        assert ledger.balance_on(budget, day) == after
    now = events[-1].after
    assert now == ledger.Balance(budget.approved or 0, budget.allocated, budget.committed, budget.spent)


class People(RuleBasedStateMachine):
    """An owner, a manager and a stranger at one budget, at random; the clock goes on by hours."""

    def __init__(self):
        super().__init__()
        self.clock = FIRST
        with travel(self.clock, tick=False):
            self.purse = Purse()
        self.people = (self.purse.owner, self.purse.manager, self.purse.firm.mail_expert)
        self.number = 0

    def tries(self, act, **kwargs):
        self.clock += timedelta(hours=5)
        try:
            with travel(self.clock, tick=False):
                act(**kwargs)
        except REFUSED:
            pass

    def channel(self, which):
        return (self.purse.mail, self.purse.tv)[which]

    def cost(self, amount, which, foreign, order=None):
        self.number += 1
        more = {"currency": "CHF", "rate": Decimal("1.0537")} if foreign else {}
        return self.purse.cost(amount, str(self.number), self.channel(which), commitment=order, **more)

    @rule(
        who=st.integers(0, 2), amount=CENTS, step=st.sampled_from(["propose", "counter", "approve", "accept"])
    )
    def negotiate(self, who, amount, step):
        more = {"amount": amount + 500, "reason": "so"} if step in ("propose", "counter") else {}
        self.tries(getattr(rounds, step), budget=self.purse.budget, by=self.people[who], **more)

    @rule(who=st.integers(0, 2), mail=CENTS, tv=CENTS, stale=st.booleans())
    def allocate(self, who, mail, tv, stale):
        amounts = {self.purse.mail.pk: mail, self.purse.tv.pk: tv}
        seen = 1 if stale else None
        kwargs = {"budget": self.purse.budget, "amounts": amounts, "by": self.people[who], "expected": seen}
        self.tries(rounds.allocate, **kwargs)

    @rule(amount=CENTS, ends=st.sampled_from([(0, 1), (1, 0), (None, 0), (1, None)]))
    def move(self, amount, ends):
        source, target = (None if end is None else self.channel(end) for end in ends)
        kwargs = {"source": source, "target": target, "amount": amount, "reason": "sells"}
        self.tries(move, budget=self.purse.budget, by=self.purse.owner, **kwargs)

    @rule(who=st.integers(0, 2), amount=CENTS, which=st.integers(0, 1), foreign=st.booleans())
    def commit(self, who, amount, which, foreign):
        cost = self.cost(amount, which, foreign)
        self.tries(spending.commit, budget=self.purse.budget, cost=cost, by=self.people[who])

    @rule(amount=CENTS, which=st.integers(0, 1), foreign=st.booleans(), last=st.booleans(), on=st.booleans())
    def spend(self, amount, which, foreign, last, on):
        order = Commitment.objects.order_by("?").first() if on else None
        cost = self.cost(amount, which, foreign, order)
        self.tries(spending.spend, budget=self.purse.budget, cost=cost, by=self.purse.owner, last=last)

    @rule(amount=CENTS, what=st.sampled_from(["close", "correct", "reverse"]))
    def undo(self, amount, what):
        by = {"by": self.purse.owner, "reason": "wrong"}
        order, paid = Commitment.objects.last(), Expense.objects.filter(reverses=None).last()
        if what == "reverse" and paid:
            self.tries(spending.reverse, expense=paid, **by)
        elif what == "close" and order:
            self.tries(spending.close, commitment=order, **by)
        elif what == "correct" and order:
            self.tries(spending.correct_commitment, commitment=order, cost=self.cost(amount, 0, False), **by)

    @invariant()
    def nothing_is_lost(self):
        holds(self.purse.budget.pk)

    def teardown(self):
        adds_up(holds(self.purse.budget.pk))


def test_whatever_people_do_in_whichever_order_no_cent_is_lost():
    looked = [HealthCheck.too_slow, HealthCheck.data_too_large]
    often = settings(max_examples=4, stateful_step_count=20, deadline=None, suppress_health_check=looked)
    run_state_machine_as_test(People, settings=settings(often, derandomize=True, database=None))


def test_a_day_ends_at_midnight_of_the_company():
    with travel(FIRST, tick=False):
        purse = Purse()
    # 21:30 UTC is 23:30 in Berlin; 22:30 is the next day there.
    with travel(FIRST + timedelta(hours=1), tick=False):
        spending.spend(budget=purse.budget, cost=purse.cost("12.34"), by=purse.owner)
    days = [(day, after.spent) for day, _rows, after in ledger.by_day(ledger.events(purse.stored()))]
    assert days == [(date(2026, 9, 2), Decimal("12.34")), (date(2026, 9, 1), 0)]
    assert ledger.balance_on(purse.budget, date(2026, 9, 1)).spent == 0
    assert ledger.balance_on(purse.budget, date(2026, 8, 31)) == ledger.Balance()


def test_what_is_written_past_the_services_stands_in_the_history_without_a_name():
    purse = Purse()
    Allocation.objects.filter(campaign_channel=purse.tv).update(amount=310)
    purse.tv.delete()
    told = [(event.change.allocated, event.who) for event in ledger.events(purse.stored())[-2:]]
    assert told == [(10, "–"), (-310, "–")]
    adds_up(purse.stored())


@pytest.mark.row_locks
@pytest.mark.django_db(transaction=True)
def test_several_people_at_once_neither_overdraw_nor_lose_a_cent():
    purse = Purse(mail="400", tv="300")
    start = threading.Barrier(6)

    def work(worker):
        me = Budget.objects.get(pk=purse.budget.pk)
        start.wait(20)
        for step in range(6):
            amount, mine = (
                Decimal(f"{37 + worker * 11 + step}.0{step}"),
                (purse.mail, purse.tv)[(worker + step) % 2],
            )
            acts = (
                lambda a=amount, m=mine: rounds.allocate(budget=me, amounts={m.pk: a * 5}, by=purse.owner),
                lambda a=amount, m=mine: spending.commit(
                    budget=me, cost=purse.cost(a, str(uuid4()), m), by=purse.owner
                ),
                lambda a=amount, m=mine: spending.spend(
                    budget=me, cost=purse.cost(a, str(uuid4()), m), by=purse.owner
                ),
            )
            try:
                acts[(worker + step) % 3]()
            except REFUSED:
                continue
        connection.close()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found = holds(purse.budget.pk)
    assert found.spent > 0
    assert found.committed > 0
    adds_up(found)
