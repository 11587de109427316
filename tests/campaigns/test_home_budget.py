"""Proposed budgets on Home: for managers who may decide, until somebody has answered."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from campaigns.home_budget import budgets_to_decide
from campaigns.services import budget as service
from tests.campaigns.planning_data import Firm
from tests.factories import CampaignFactory, marketer
from tests.factories.lifecycle import manager_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def firm():
    return Firm()


def proposed(firm, **kwargs):
    campaign = CampaignFactory(owner=firm.owner, in_regions=[firm.de], **kwargs)
    return service.open_budget(campaign=campaign, by=firm.owner, currency="EUR", proposed=Decimal(1000))


def titles(user):
    return [item.title for item in budgets_to_decide(user, NOW)]


def test_a_proposal_waits_for_managers_of_its_regions(firm):
    proposed(firm, name="Jackets")
    assert titles(firm.manager) == titles(manager_in(firm.de)) == ["Decide on the budget: Jackets"]
    assert titles(manager_in(firm.at)) == titles(marketer()) == titles(firm.owner) == []


def test_it_says_who_asks_for_how_much_and_leads_to_the_budget(firm):
    budget = proposed(firm)
    (item,) = budgets_to_decide(firm.manager, NOW)
    assert item.detail == f"{firm.owner} proposes €1,000"
    assert item.url == f"/campaigns/{budget.campaign_id}/budget/"
    assert item.due < budget.campaign.starts_on


def test_nobody_decides_on_his_own_proposal(firm):
    firm.owner = firm.manager
    proposed(firm)
    assert titles(firm.manager) == []


@pytest.mark.parametrize("answer", ["approve", "reject"])
def test_an_answer_ends_the_waiting_and_a_new_round_begins_it_again(firm, answer):
    budget = proposed(firm)
    if answer == "approve":
        service.approve(budget=budget, by=firm.manager, reason="enough")
    else:
        service.reject(budget=budget, by=firm.manager, reason="too much")
    assert titles(firm.manager) == []
    service.propose(budget=budget, amount=Decimal(950), reason="one more poster", by=firm.owner)
    assert len(titles(firm.manager)) == 1


def test_closed_campaigns_ask_nobody(firm):
    budget = proposed(firm)
    campaign = budget.campaign
    campaign.state = campaign.phase = "cancelled"
    campaign.save()
    assert titles(firm.manager) == []


def test_one_query_for_one_and_three(firm, django_assert_num_queries):
    assert firm.manager.rights
    for count in (1, 3):
        while len(titles(firm.manager)) < count:
            proposed(firm)
        with django_assert_num_queries(1):
            assert len(titles(firm.manager)) == count
