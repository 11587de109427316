"""The pages of money: what they show, what they refuse at the field, and that they stay cheap."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.home_budget import answers_for_owner, budgets_to_decide
from campaigns.models import ApprovalLimit, Expense, Scenario
from campaigns.services import budget as rounds
from campaigns.services import scenarios, spending
from tests.campaigns.money_data import DAY, Purse
from tests.campaigns.planning_data import Firm
from tests.factories import CampaignChannelFactory, CampaignFactory, ChannelFactory, manager

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def purse(client):
    made = Purse()
    client.force_login(made.owner)
    return made


def url(purse, rest=""):
    return f"/campaigns/{purse.campaign.pk}/budget/{rest}"


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode().replace("\xa0", " "))


def entered(purse, **changes):
    values = {
        "supplier": "Print & Co",
        "number": "R-1",
        "on": str(DAY),
        "channel": purse.mail.pk,
        "amount": "450",
        "currency": "EUR",
        "submission": str(uuid4()),
    }
    return values | changes


def test_an_invoice_by_form_and_what_it_does_to_the_overview(purse, client):
    sent = entered(purse)
    for _click in range(2):
        assert client.post(url(purse, "expenses/new/"), sent).url == url(purse, "spending/")
    assert Expense.objects.count() == 1
    page = text(client.get(url(purse)))
    for words in ("More is spent than planned", "Channel mail: €50 above its allocation", "€50 too much"):
        assert words in page
    assert "Print &amp; Co" in text(client.get(url(purse, "spending/")))
    told = text(client.get(url(purse, "history/")))
    assert "+€450.00" in told
    assert "€300.00" in told


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"amount": "-1"}, "amount", "cannot be negative"),
        ({"amount": "0.001"}, "amount", "decimal"),
        ({"amount": "999999999999999"}, "amount", "too much"),
        ({"currency": "CHF"}, "rate", "what one CHF costs in EUR"),
        ({"currency": "CHF", "rate": "0"}, "rate", "greater than zero"),
        ({"currency": "XXL"}, "currency", "valid choice"),
        ({"channel": "0"}, "channel", "valid choice"),
        ({"submission": "x"}, "submission", "valid UUID"),
    ],
)
def test_bad_input_stands_at_its_field_and_nothing_is_lost(purse, client, change, field, words):
    answer = client.post(url(purse, "expenses/new/"), entered(purse, **change))
    assert words in " ".join(answer.context["form"].errors[field])
    assert 'value="R-1"' in text(answer)
    assert not Expense.objects.exists()


def test_correcting_shows_what_was_and_keeps_both(purse, client):
    order = spending.commit(budget=purse.budget, cost=purse.cost("200", "O-1"), by=purse.owner)
    paid = spending.spend(budget=purse.budget, cost=purse.cost("50", "R-1", commitment=order), by=purse.owner)
    page = url(purse, f"expenses/{paid.pk}/")
    assert 'value="50.00"' in text(client.get(page))
    sent = entered(purse, amount="60", commitment=order.pk, reason="")
    assert list(client.post(page, sent).context["form"].errors) == ["reason"]
    assert client.post(page, sent | {"reason": "Digits"}).status_code == 302
    assert purse.of(purse.mail) == (400, 140, 60)
    newest = Expense.objects.latest("pk")
    assert "Please fill" not in text(client.post(url(purse, f"expenses/{newest.pk}/reverse/")))
    assert client.post(url(purse, f"expenses/{newest.pk}/reverse/"), {"undo-reason": "Not ours"}).url
    assert client.get(url(purse, f"expenses/{Expense.objects.latest('pk').pk}/")).status_code == 404
    again = entered(purse, number="O-1", amount="210", reason="More")
    assert client.post(url(purse, f"commitments/{order.pk}/"), again).status_code == 302
    assert purse.of(purse.mail) == (400, 210, 0)
    ended = client.post(url(purse, f"commitments/{order.pk}/"), again | {"submission": str(uuid4())})
    assert "has ended" in text(ended)
    close = url(purse, f"commitments/{order.corrected_by.pk}/close/")
    assert list(client.post(close).context["undo"].errors) == ["reason"]
    client.post(close, {"undo-reason": "Gone"})
    assert purse.of(purse.mail) == (400, 0, 0)


def test_moving_by_form_is_refused_when_somebody_was_faster(purse, client):
    seen = purse.stored().version
    rounds.allocate(budget=purse.budget, amounts={purse.tv.pk: Decimal(310)}, by=purse.owner)
    sent = {
        "source": purse.mail.pk,
        "target": purse.tv.pk,
        "amount": "50",
        "reason": "sells",
        "version": seen,
    }
    answer = client.post(url(purse, "move/"), sent)
    assert (answer.status_code, answer.context["form"].data["version"]) == (409, str(purse.stored().version))
    assert client.post(url(purse, "move/"), sent | {"version": purse.stored().version}).status_code == 302
    assert (purse.of(purse.mail)[0], purse.of(purse.tv)[0]) == (350, 360)


def test_a_scenario_is_compared_chosen_with_a_reason_and_says_when_it_is_stale(purse, client):
    sent = {"name": "TV", "note": "", "submission": str(uuid4()), "version": 1}
    sent |= {f"allocation_{purse.mail.pk}": "100", f"allocation_{purse.tv.pk}": "901"}
    answer = client.post(url(purse, "scenarios/new/"), sent)
    assert "more than the budget has" in text(answer)
    for _click in range(2):
        sent[f"allocation_{purse.tv.pk}"] = "900"
        assert client.post(url(purse, "scenarios/new/"), sent).status_code == 302
    made = Scenario.objects.get()
    page = text(client.get(url(purse, "scenarios/")))
    assert "no data yet" in page
    assert "Money has changed since" not in page
    rounds.allocate(budget=purse.budget, amounts={purse.tv.pk: Decimal(310)}, by=purse.owner)
    page = client.get(url(purse, "scenarios/"))
    assert "Money has changed since" in text(page)
    choose, name = url(purse, f"scenarios/{made.pk}/choose/"), f"choose-{made.pk}"
    given = {f"{name}-reason": "Sells", f"{name}-version": purse.stored().version}
    stale = client.post(choose, given | {f"{name}-version": 1})
    assert (stale.status_code, purse.of(purse.tv)[0]) == (409, 310)
    spending.commit(budget=purse.budget, cost=purse.cost("150", "O-1"), by=purse.owner)
    refused = client.post(choose, given)
    assert "Channel mail: €150 are already committed or spent" in text(refused)
    spending.close(commitment=purse.budget.commitments.get(), reason="No", by=purse.owner)
    assert client.post(choose, given).url == url(purse)
    assert (purse.of(purse.mail)[0], purse.of(purse.tv)[0], purse.stored().reserve) == (100, 900, 0)
    assert client.post(url(purse, f"scenarios/{made.pk}/drop/")).status_code == 302
    assert not Scenario.objects.exists()


def test_experience_needs_three_earlier_campaigns(purse):
    def earlier(amount):
        other = Purse()
        spending.spend(budget=other.budget, cost=other.cost(amount, str(uuid4())), by=other.owner)
        other.campaign.phase = "finished"
        other.campaign.save()
        return other.campaign

    past = [earlier(amount) for amount in ("100", "300")]
    found = scenarios.experience(purse.campaign, [purse.mail], "EUR")[purse.mail.channel_id]
    assert (found.campaigns, found.enough, found.expected(Decimal(10))) == (2, False, {})
    past.append(earlier("200"))

    @scenarios.channel_results.register("test")
    def sold(campaigns, channels):
        return [(one.pk, purse.mail.channel_id, "Sold", Decimal(50)) for one in past]

    try:
        found = scenarios.experience(purse.campaign, [purse.mail], "EUR")[purse.mail.channel_id]
    finally:
        del scenarios.channel_results._entries["test"]
    assert (found.typical, found.least, found.most) == (200, 100, 300)
    assert found.expected(Decimal(100)) == {"Sold": 25}


def test_a_manager_above_his_limit_is_told_who_may_and_refused(purse, client):
    small, large = (
        manager(first_name="Sina", last_name="Small"),
        manager(first_name="Lara", last_name="Large"),
    )
    others = {"amount": Decimal(100), "currency": "CHF"}
    ApprovalLimit.objects.create(user=purse.manager, **others)
    ApprovalLimit.objects.create(user=small, amount=1499, currency="EUR")
    ApprovalLimit.objects.create(user=large, amount=1500, currency="EUR")
    rounds.propose(budget=purse.budget, amount=Decimal(1500), reason="TV", by=purse.owner)
    words = "You may approve up to €1,499. This amount can be approved by: Lara Large."
    for who in (small, purse.manager):
        with pytest.raises(ValidationError):
            rounds.approve(budget=purse.budget, by=who)
        assert budgets_to_decide(who, None) == []
    client.force_login(small)
    assert words in text(client.get(url(purse)))
    sent = {"counter-amount": "1499.01", "counter-reason": "Less", "counter-version": purse.stored().version}
    assert words in " ".join(client.post(url(purse, "counter/"), sent).context["counter"].errors["amount"])
    assert client.post(url(purse, "counter/"), sent | {"counter-amount": "1400"}).status_code == 302
    (item,) = answers_for_owner(purse.owner, None)
    assert item.detail == "You are offered €1,400"
    with pytest.raises(PermissionDenied):
        rounds.accept(budget=purse.budget, by=large)
    small.is_active = False
    small.save()
    with pytest.raises(ValidationError, match="may no longer decide"):
        rounds.accept(budget=purse.budget, by=purse.owner)
    rounds.propose(budget=purse.budget, amount=Decimal(1500), reason="TV", by=purse.owner)
    assert len(budgets_to_decide(large, None)) == 1
    rounds.approve(budget=purse.budget, by=large)
    assert (purse.stored().approved, answers_for_owner(purse.owner, None)) == (1500, [])


QUERIES = {"": 11, "spending/": 13, "history/": 14, "scenarios/": 14, "move/": 10}


def asked(client, purse):
    """How many queries each page takes."""
    found = {}
    for page in QUERIES:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(purse, page)).status_code == 200
        found[page] = len(queries)
    return found


def test_one_and_three_rows_need_the_same_queries(purse, client):
    for number in range(3):
        order = spending.commit(budget=purse.budget, cost=purse.cost("9", f"O-{number}"), by=purse.owner)
        cost = purse.cost("9", f"R-{number}", commitment=order)
        paid = spending.spend(budget=purse.budget, cost=cost, by=purse.owner)
        spending.reverse(expense=paid, reason="x", by=purse.owner)
        amounts = {purse.mail.pk: Decimal(number)}
        scenarios.save(budget=purse.budget, name=f"S{number}", note="", amounts=amounts, by=purse.owner)
        CampaignChannelFactory(campaign=purse.campaign, channel=ChannelFactory())
        if number in (0, 2):
            assert asked(client, purse) == QUERIES


def test_a_campaign_without_money_shows_what_to_do_next(client):
    firm = Firm()
    campaign = CampaignFactory(owner=firm.owner, in_regions=[firm.de])
    rounds.open_budget(campaign=campaign, by=firm.owner, currency="EUR", proposed=Decimal(0))
    client.force_login(firm.owner)
    for rest, words in (
        ("", "No channel yet"),
        ("spending/", "Nothing is ordered yet"),
        ("history/", "No money has moved yet"),
        ("scenarios/", "Make a scenario"),
    ):
        assert words in text(client.get(f"/campaigns/{campaign.pk}/budget/{rest}"))
