"""Rounds and allocations: exact sums, one budget, nothing overdrawn, whoever saves and when."""

import threading
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.enums import Role
from accounts.models import RoleGrant
from campaigns.models import Allocation, Budget, BudgetRound
from campaigns.services import budget as service
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.campaigns.planning_data import Firm
from tests.factories import CampaignChannelFactory, CampaignFactory

pytestmark = pytest.mark.django_db


class Money:
    """A campaign with two channels and a proposed budget of 1,000."""

    def __init__(self, proposed=1000):
        self.firm = Firm()
        self.campaign = CampaignFactory(owner=self.firm.owner, in_regions=[self.firm.de])
        self.mail = CampaignChannelFactory(campaign=self.campaign, channel=self.firm.mail)
        self.tv = CampaignChannelFactory(campaign=self.campaign, channel=self.firm.tv)
        self.budget = service.open_budget(
            campaign=self.campaign, by=self.firm.owner, currency="EUR", proposed=Decimal(proposed)
        )

    def allocate(self, expected=None, **amounts):
        ids = {getattr(self, name).pk: Decimal(amount) for name, amount in amounts.items()}
        return service.allocate(budget=self.budget, amounts=ids, by=self.firm.owner, expected=expected)

    def stored(self):
        return Budget.objects.get(pk=self.budget.pk)


@pytest.fixture
def money():
    return Money()


def test_allocations_draw_from_the_budget_to_the_cent(money):
    money.allocate(mail="333.33", tv="666.66")
    assert money.stored().allocated == Decimal("999.99")
    assert money.budget.reserve == Decimal("0.01")
    told = AuditEvent.objects.filter(verb="allocation.changed")
    assert [event.data["amount"] for event in told] == ["666.66", "333.33"]


def test_money_moves_between_channels_of_a_full_budget(money):
    money.allocate(mail=900, tv=100)
    money.allocate(mail=100, tv=900)
    assert {row.campaign_channel: row.amount for row in Allocation.objects.all()} == {
        money.mail: 100,
        money.tv: 900,
    }


def test_the_error_says_what_is_missing_and_stands_where_most_was_added(money):
    money.allocate(mail=500, tv=100)
    with pytest.raises(ValidationError) as refused:
        money.allocate(mail=600, tv=900)
    assert refused.value.message_dict == {
        f"allocation.{money.tv.pk}": ["€500 are missing. At most €400 are possible."]
    }
    assert money.stored().allocated == 600


@pytest.mark.parametrize("amount", ["-1", "0.001", "1000000000000", "NaN"])
def test_what_is_no_amount_is_refused(money, amount):
    with pytest.raises(ValidationError):
        money.allocate(mail=amount)
    assert not Allocation.objects.exists()


def test_channels_of_another_campaign_get_nothing(money):
    other = CampaignChannelFactory()
    with pytest.raises(ValidationError) as refused:
        service.allocate(budget=money.budget, amounts={other.pk: Decimal(1)}, by=money.firm.owner)
    assert refused.value.message_dict == {f"allocation.{other.pk}": ["Not a channel of this campaign."]}


def test_a_table_seen_before_somebody_saved_is_refused(money):
    seen = money.budget.version
    money.allocate(mail=1)
    with pytest.raises(StaleVersion):
        money.allocate(expected=seen, tv=1)


def test_below_the_services_the_database_refuses(money):
    money.allocate(mail=500)
    for break_it in (
        lambda: Allocation.objects.create(
            budget=money.budget, campaign_channel=money.tv, amount=Decimal("500.01")
        ),
        lambda: Allocation.objects.update(amount=Decimal("1000.01")),
        lambda: Allocation.objects.update(amount=-1),
        lambda: Budget.objects.update(proposed=Decimal("499.99")),
        lambda: BudgetRound.objects.update(amount=1),
        lambda: BudgetRound.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            break_it()
    assert money.stored().allocated == 500


def test_a_removed_channel_gives_its_money_back(money):
    money.allocate(mail=500, tv=100)
    money.tv.delete()
    assert money.stored().allocated == 500


def test_rounds_are_numbered_and_kept(money):
    owner, manager = money.firm.owner, money.firm.manager
    service.reject(budget=money.budget, reason="Too much", by=manager)
    service.propose(budget=money.budget, amount=Decimal(800), reason="Less print", by=owner)
    service.counter(budget=money.budget, amount=Decimal(750), reason="No posters", by=manager)
    service.accept(budget=money.budget, by=owner)
    rounds = list(
        BudgetRound.objects.order_by("number").values_list("number", "kind", "amount", "reason", "by")
    )
    assert rounds == [
        (1, "proposal", 1000, "", owner.pk),
        (2, "rejection", 1000, "Too much", manager.pk),
        (3, "proposal", 800, "Less print", owner.pk),
        (4, "counter", 750, "No posters", manager.pk),
        (5, "acceptance", 750, "", owner.pk),
    ]
    stored = money.stored()
    assert (stored.approved, stored.approved_by, stored.amount) == (750, manager, 750)


def test_what_is_proposed_after_an_approval_does_not_draw_yet(money):
    service.approve(budget=money.budget, amount=Decimal(1000), by=money.firm.manager)
    service.propose(budget=money.budget, amount=Decimal(5000), reason="TV", by=money.firm.owner)
    with pytest.raises(ValidationError):
        money.allocate(tv=1001)
    service.reject(budget=money.budget, reason="No", by=money.firm.manager)
    assert money.stored().amount == 1000


def test_less_than_allocated_is_neither_approved_nor_proposed(money):
    money.allocate(mail=500)
    message = {"amount": ["€500 are already allocated to channels; it cannot be less."]}
    with pytest.raises(ValidationError) as refused:
        service.propose(budget=money.budget, amount=Decimal(400), reason="", by=money.firm.owner)
    assert refused.value.message_dict == message
    assert BudgetRound.objects.count() == 1
    service.counter(budget=money.budget, amount=Decimal("499.99"), reason="Less", by=money.firm.manager)
    with pytest.raises(ValidationError) as refused:
        service.accept(budget=money.budget, by=money.firm.owner)
    assert refused.value.message_dict == message
    service.propose(budget=money.budget, amount=Decimal(1000), reason="", by=money.firm.owner)
    service.approve(budget=money.budget, by=money.firm.manager)
    service.propose(budget=money.budget, amount=Decimal(400), reason="", by=money.firm.owner)
    with pytest.raises(ValidationError) as refused:
        service.approve(budget=money.budget, by=money.firm.manager)
    assert refused.value.message_dict == message


def test_nobody_decides_on_his_own_proposal(money):
    RoleGrant.objects.create(user=money.firm.owner, role=Role.MANAGER)
    with pytest.raises(PermissionDenied):
        service.approve(budget=money.budget, amount=Decimal(1), by=money.firm.owner)
    with pytest.raises(PermissionDenied):
        service.propose(budget=money.budget, amount=Decimal(1), reason="", by=money.firm.manager)
    with pytest.raises(PermissionDenied):
        service.allocate(budget=money.budget, amounts={}, by=money.firm.mail_expert)


def test_there_is_nothing_to_decide_without_a_proposal(money):
    service.approve(budget=money.budget, amount=Decimal(1000), by=money.firm.manager)
    with pytest.raises(ValidationError, match="no open proposal"):
        service.approve(budget=money.budget, amount=Decimal(1000), by=money.firm.manager)


def test_a_rejection_needs_its_reason(money):
    with pytest.raises(ValidationError) as refused:
        service.reject(budget=money.budget, reason="  ", by=money.firm.manager)
    assert list(refused.value.message_dict) == ["reason"]


@pytest.mark.django_db(transaction=True)
def test_of_two_savers_at_once_exactly_one_wins():
    money = Money()
    start, results = threading.Barrier(2), {}

    def save(name):
        try:
            start.wait(10)
            money_of = Budget.objects.get(pk=money.budget.pk)
            service.allocate(
                budget=money_of, amounts={getattr(money, name).pk: Decimal(700)}, by=money.firm.owner
            )
            results[name] = "saved"
        except ValidationError as error:
            results[name] = next(iter(error.message_dict.values()))[0]
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(name,)) for name in ("mail", "tv")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results.values(), key=len) == ["saved", "€400 are missing. At most €300 are possible."]
    assert money.stored().allocated == 700
    assert Allocation.objects.get().amount == 700


@pytest.mark.django_db(transaction=True)
def test_two_writers_past_the_services_do_not_overdraw_either():
    money = Money()
    start, results = threading.Barrier(2), []

    def save(channel):
        try:
            start.wait(10)
            Allocation.objects.create(budget=money.budget, campaign_channel=channel, amount=700)
            results.append("saved")
        except IntegrityError:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=save, args=(channel,)) for channel in (money.mail, money.tv)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["refused", "saved"]
    assert money.stored().allocated == 700
