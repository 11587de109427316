"""Every text field of plan, budget and KPIs takes the naughty strings and gives them back unharmed."""

import html

import pytest

from campaigns.forms.plan import PlanForm
from campaigns.models import BudgetRound, Campaign
from tests.campaigns.planning_data import Firm, filled_in, newest, small_plan
from tests.data import naughty_strings

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CONTROLS = "Please remove the control character"


def lines(longest: int) -> list[str]:
    """The strings in as few texts of one line as fit."""
    packed, now = [], ""
    for text in naughty_strings():
        text = " ".join(text.split("\n"))[:longest]
        if len(now) + len(text) >= longest:
            packed.append(now)
            now = ""
        now = f"{now} {text}" if now else text
    return [*packed, now]


@pytest.fixture
def firm(client):
    made = Firm()
    client.force_login(made.owner)
    return made


def test_names_and_texts_come_back_as_written_or_say_what_is_wrong(client, firm):
    client.post("/campaigns/new/", small_plan(firm))
    campaign = newest()
    url, kept = f"/campaigns/{campaign.pk}/", 0
    for text in lines(120):
        campaign = Campaign.objects.get(pk=campaign.pk)
        form = PlanForm(by=firm.owner, instance=campaign)
        response = client.post(f"{url}edit/", filled_in(form, name=text, theme=text, purpose=text))
        if response.status_code == 200:
            words = [word for found in response.context["form"].errors.values() for word in found]
            assert all(word.startswith((CONTROLS, "This field is required", "Null")) for word in words), words
            continue
        kept += 1
        campaign = Campaign.objects.get(pk=campaign.pk)
        assert (campaign.name, campaign.purpose) == (text, text)
        assert campaign.theme.title == text.strip()
        page = client.get(url).content.decode()
        assert html.escape(text).replace("&#x27;", "&#39;") in page.replace("&#x27;", "&#39;")
        assert "<script>alert" not in page
    assert kept > 20


def test_reasons_of_budget_rounds_are_kept_and_shown_harmlessly(client, firm):
    client.post("/campaigns/new/", small_plan(firm))
    campaign = newest()
    url, kept = f"/campaigns/{campaign.pk}/budget/", 0
    for text in lines(1900):
        version = Campaign.objects.get(pk=campaign.pk).budget.version
        data = {"propose-amount": "5", "propose-reason": text, "propose-version": version}
        response = client.post(f"{url}propose/", data)
        if response.status_code == 200:
            found = response.context["propose"].errors["reason"]
            assert all(word.startswith((CONTROLS, "Null")) for word in found), found
            continue
        kept += 1
        assert BudgetRound.objects.latest("number").reason == text
    assert kept
    page = client.get(url).content.decode()
    assert "<script>alert" not in page
