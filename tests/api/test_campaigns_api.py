"""The API: what the pages do, for programs; errors name their field."""

import json
from decimal import Decimal

import pytest
from django.test import Client

from accounts.enums import Role
from campaigns.models import Budget
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/campaigns"


@pytest.fixture
def campaign():
    made = CampaignFactory(name="Jackets", in_regions=[RegionFactory(code="AT")])
    BudgetFactory(campaign=made)
    CampaignChannelFactory(campaign=made, channel=ChannelFactory(code="tv"))
    return made


@pytest.fixture
def owner(client, campaign):
    client.force_login(campaign.owner)
    return client


def put(client, campaign, body, channel="tv", **extra):
    url = f"{ROOT}/{campaign.pk}/allocations/{channel}"
    return client.put(url, json.dumps(body), content_type="application/json", **extra)


def test_lists_what_the_person_sees(owner, campaign):
    assert owner.get(ROOT).json() == {
        "items": [
            {
                "id": campaign.pk,
                "name": "Jackets",
                "phase": "draft",
                "starts_on": "2026-09-21",
                "ends_on": "2026-10-31",
                "owner": str(campaign.owner),
                "regions": ["AT"],
            }
        ],
        "next": None,
    }
    assert owner.get(f"{ROOT}?text=boots").json()["items"] == []
    owner.force_login(UserFactory(roles_in={RegionFactory(): [Role.MARKETER]}))
    assert owner.get(ROOT).json()["items"] == []
    assert owner.get(f"{ROOT}/{campaign.pk}").status_code == 404


def test_shows_one_with_its_budget(owner, campaign):
    put(owner, campaign, {"amount": "250.50"})
    budget = owner.get(f"{ROOT}/{campaign.pk}").json()["budget"]
    assert {name: Decimal(str(budget[name])) for name in ("proposed", "allocated", "reserve")} == {
        "proposed": Decimal("1000"),
        "allocated": Decimal("250.50"),
        "reserve": Decimal("749.50"),
    }
    assert list(budget["allocations"]) == ["tv"]
    assert budget["approved"] is None


def test_sets_an_allocation(owner, campaign):
    response = put(owner, campaign, {"amount": "400"})
    assert response.status_code == 200
    assert Budget.objects.get(campaign=campaign).allocated == 400


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("1500", "€500 are missing. At most €1,000 are possible."),
        ("-1", "Input should be greater than or equal to 0"),
        ("0.001", "Decimal input should have no more than 2 decimal places"),
        ("1e30", "Decimal input should have no more than 14 digits in total"),
        ("many", "Input should be a valid decimal"),
    ],
)
def test_a_refused_amount_is_a_problem_at_its_field(owner, campaign, amount, words):
    response = put(owner, campaign, {"amount": amount})
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == 422
    assert list(body["errors"]) == ["amount"]
    assert words in body["errors"]["amount"][0]
    assert Budget.objects.get(campaign=campaign).allocated == 0


def test_a_version_seen_before_somebody_saved_is_409(owner, campaign):
    version = Budget.objects.get(campaign=campaign).version
    assert put(owner, campaign, {"amount": 1, "version": version}).status_code == 200
    response = put(owner, campaign, {"amount": 2, "version": version})
    assert response.status_code == 409
    assert response.json()["detail"] == f"The version is now {version + 1}."


def test_who_may_only_look_is_refused(client, campaign):
    client.force_login(UserFactory(roles=[Role.EXPERT]))
    assert client.get(f"{ROOT}/{campaign.pk}").status_code == 200
    assert put(client, campaign, {"amount": 1}).status_code == 403


def test_unknown_channels_are_404(owner, campaign):
    assert put(owner, campaign, {"amount": 1}, channel="radio").status_code == 404


def test_nobody_signed_in_gets_401(client, campaign):
    response = client.get(ROOT)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_write_needs_the_token_of_our_own_pages(campaign):
    client = Client(enforce_csrf_checks=True)
    client.force_login(campaign.owner)
    assert put(client, campaign, {"amount": 1}).status_code == 403
    client.get("/campaigns/new/")
    token = client.cookies["csrftoken"].value
    assert put(client, campaign, {"amount": 1}, headers={"X-CSRFToken": token}).status_code == 200
