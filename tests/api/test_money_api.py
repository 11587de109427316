"""Orders and invoices by the API: once per key, exact to the cent, errors at their field."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest

from accounts.enums import Role
from campaigns.models import Commitment, Expense
from tests.campaigns.money_data import Purse
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def during_september(time_machine):
    time_machine.move_to("2026-09-05T12:00:00+00:00", tick=False)


@pytest.fixture
def purse():
    return Purse()


@pytest.fixture
def owner(client, purse):
    client.force_login(purse.owner)
    return client


def post(client, purse, kind, **changes):
    body = {
        "key": str(uuid4()),
        "supplier": "Print & Co",
        "number": "4711",
        "on": "2026-09-01",
        "channel": "mail",
        "amount": "100.10",
        "currency": "EUR",
    }
    url = f"/api/v1/campaigns/{purse.campaign.pk}/{kind}"
    return client.post(url, json.dumps(body | changes), content_type="application/json")


def test_an_order_and_its_invoice_are_recorded_and_read_back(owner, purse):
    made = post(owner, purse, "commitments", expected_on="2026-10-01", description="Posters")
    assert made.status_code == 201
    order = made.json()
    assert {name: order[name] for name in ("channel", "number", "on", "currency", "state", "left")} == {
        "channel": "mail", "number": "4711", "on": "2026-09-01", "currency": "EUR", "state": "open",
        "left": "100.10",
    }  # fmt: skip
    paid = post(
        owner,
        purse,
        "expenses",
        number="R-1",
        amount="50",
        currency="chf",
        rate="1.05",
        commitment=order["id"],
    )
    assert paid.status_code == 201
    assert (paid.json()["value"], paid.json()["settles"]) == ("52.50", "52.50")
    assert purse.of(purse.mail) == (Decimal(400), Decimal("47.60"), Decimal("52.50"))
    root = f"/api/v1/campaigns/{purse.campaign.pk}"
    listed = owner.get(f"{root}/commitments").json()
    assert [(one["id"], one["left"]) for one in listed["items"]] == [(order["id"], "47.60")]
    assert listed["next"] is None
    assert owner.get(f"{root}/expenses?before={paid.json()['id']}").json() == {"items": [], "next": None}


def test_the_same_key_again_makes_nothing_and_another_cost_under_it_is_a_conflict(owner, purse):
    for kind, model in (("commitments", Commitment), ("expenses", Expense)):
        key = str(uuid4())
        first, again = (post(owner, purse, kind, key=key) for _time in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json() == again.json()
        other = post(owner, purse, kind, key=key, amount="100.11")
        assert other.status_code == 409
        assert other.json()["title"] == "This key was already used for something else."
        assert model.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": "no-key"}, "key"),
        ({"supplier": " "}, "supplier"),
        ({"on": "2026-02-30"}, "on"),
        ({"on": "1826-09-01"}, "on"),
        ({"channel": "radio"}, "channel"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "400.01"}, "amount"),
        ({"currency": "XXA"}, "currency"),
        ({"currency": "CHF"}, "rate"),
        ({"currency": "CHF", "rate": "-1"}, "rate"),
        ({"rate": "1.2"}, "rate"),
        ({"currency": "CHF", "rate": "1", "rate_on": "2027-01-01"}, "rate_on"),
        ({"expected_on": "2026-08-01"}, "expected_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(owner, purse, changes, field):
    answer = post(owner, purse, "commitments", **changes)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert not Commitment.objects.exists()


def test_numbers_twice_and_foreign_commitments_are_refused(owner, purse):
    post(owner, purse, "expenses")
    twice = post(owner, purse, "expenses", number=" 4711 ")
    assert list(twice.json()["errors"]) == ["number"]
    lost = post(owner, purse, "expenses", number="2", commitment=404404)
    assert lost.json()["errors"] == {"commitment": ["There is no such commitment in this campaign."]}
    assert Expense.objects.count() == 1


def test_who_may_not_see_or_record_is_turned_away(client, purse):
    client.force_login(UserFactory(roles_in={purse.firm.at: [Role.MARKETER]}))
    assert post(client, purse, "commitments").status_code == 404
    client.force_login(UserFactory(roles=[Role.EXPERT]))
    assert post(client, purse, "commitments").status_code == 403
    assert client.get(f"/api/v1/campaigns/{purse.campaign.pk}/commitments").status_code == 200
    client.logout()
    assert post(client, purse, "expenses").status_code == 401


def test_reading_asks_the_same_number_of_questions(owner, purse, django_assert_num_queries):
    for number in range(3):
        post(owner, purse, "expenses", number=str(number), amount="10")
        if number in (0, 2):
            with django_assert_num_queries(6):
                owner.get(f"/api/v1/campaigns/{purse.campaign.pk}/expenses")
