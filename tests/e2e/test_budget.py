"""Three people negotiate a budget in their browsers, share it out, and move some of it."""

from contextlib import ExitStack
from decimal import Decimal

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from campaigns.models import ApprovalLimit, Budget
from campaigns.services.budget import open_budget
from tests.campaigns.planning_data import Firm
from tests.e2e.pages import browser, chromium, page_at, sign_in
from tests.e2e.people import Person
from tests.factories import PASSWORD, CampaignChannelFactory, CampaignFactory, manager

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]


def at_the_table(started: Browser, server: LiveServer, opened: ExitStack, user: User, width: int) -> Person:
    """The person, signed in, in a browser session of his own."""
    page = opened.enter_context(page_at(started, width))
    sign_in(page, server.url, user.email, PASSWORD)
    return Person(page, server.url)


def plan(firm: Firm) -> str:
    """A campaign with two channels and no budget yet; where its budget stands."""
    campaign = CampaignFactory(name="Snow walks", owner=firm.owner, in_regions=[firm.de])
    for channel in (firm.mail, firm.tv):
        CampaignChannelFactory(campaign=campaign, channel=channel)
    open_budget(campaign=campaign, by=firm.owner, currency="EUR", proposed=Decimal(0))
    return f"/campaigns/{campaign.pk}/budget/"


def goes(person: Person, path: str) -> None:
    """To a page that is looked at elsewhere (test_every_page.py)."""
    person.page.goto(f"{person.url}{path}")


def proposes(owner: Person, path: str, amount: str, reason: str) -> None:
    """A round by the owner."""
    goes(owner, path)
    owner.fills(**{"propose-amount": amount, "propose-reason": reason})
    owner.presses("Send proposal")
    owner.sees(reason)


def counters(boss: Person, path: str) -> None:
    """He finds it on Home, forgets the reason, is asked for it, and his amount is still there."""
    goes(boss, "/")
    boss.sees("Decide on the budget: Snow walks")
    goes(boss, path)
    boss.page.click("summary:has-text('Answer with another amount')")
    boss.fills(**{"counter-amount": "800"})
    boss.presses("Send counter-proposal")
    assert boss.page.input_value("[name='counter-amount']") == "800"
    boss.looks()
    boss.fills(**{"counter-reason": "Without posters."})
    boss.presses("Send counter-proposal")
    boss.sees("Waits for the owner")


def shares_out(owner: Person, path: str) -> None:
    """Too much at first; then it fits, and what remains is the reserve."""
    goes(owner, path)
    inputs = owner.page.locator("[data-allocations] input.ek-money")
    inputs.nth(0).fill("700")
    inputs.nth(1).fill("300")
    owner.sees("too much")
    owner.presses("Save allocations")
    owner.sees("€50 are missing")
    inputs.nth(0).fill("600")
    owner.presses("Save allocations")
    owner.sees("€50.00 in reserve")


def moves(owner: Person, path: str) -> None:
    """One step with a reason, which stands in the history."""
    goes(owner, f"{path}move/")
    owner.page.select_option("[name=source]", index=1)
    owner.page.select_option("[name=target]", index=2)
    owner.fills(amount="100", reason="TV sells better.")
    owner.presses("Move money")
    goes(owner, f"{path}history/")
    owner.sees("TV sells better.")
    owner.sees("€950.00")


def test_three_people_negotiate_a_budget(live_server: LiveServer, settings: object) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    firm = Firm()
    other = manager(first_name="Lara", last_name="Large")
    ApprovalLimit.objects.create(user=firm.manager, amount=900, currency="EUR")
    path = plan(firm)
    with browser() as started, ExitStack() as opened:
        owner = at_the_table(started, live_server, opened, firm.owner, 1440)
        boss = at_the_table(started, live_server, opened, firm.manager, 1440)
        lara = at_the_table(started, live_server, opened, other, 390)
        proposes(owner, path, "1000", "As last winter.")
        # The proposal is above his limit; he may still offer less.
        boss.opens(path)
        boss.sees("You may approve up to €900. This amount can be approved by: Lara Large.")
        proposes(owner, path, "850", "Fewer spots.")
        counters(boss, path)
        goes(owner, "/")
        owner.sees("Answer the counter-proposal: Snow walks")
        proposes(owner, path, "950", "Posters pay off.")
        lara.opens(path)
        lara.presses("Approve budget")
        lara.sees("Approval")
        shares_out(owner, path)
        moves(owner, path)
    budget = Budget.objects.get()
    assert (budget.approved, budget.approved_by, budget.reserve) == (950, other, 50)
    assert sorted(row.amount for row in budget.allocations.all()) == [400, 500]
