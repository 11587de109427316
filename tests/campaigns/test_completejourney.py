"""The 27 campaigns that a real retailer ran in 2016 and 2017: their kinds and dates go through our forms."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from campaigns.forms.plan import PlanForm
from campaigns.models import Campaign
from campaigns.services.beat import run_due
from tests import data
from tests.campaigns.lifecycle_data import launching
from tests.campaigns.planning_data import Firm, filled_in, newest
from tests.factories.lifecycle import fix_release

pytestmark = pytest.mark.django_db
FILE = Path(data.__file__).parent / "completejourney" / "campaign_descriptions.csv"
with FILE.open(encoding="utf-8") as file:
    REAL = list(csv.DictReader(file))
# What a kind costs here: type A went to most households, C to fewest.
BUDGETS = {"Type A": "300000", "Type B": "80000", "Type C": "20000"}


@pytest.fixture
def firm():
    return Firm()


def sent(firm, real):
    """The form as a marketer fills it in."""
    mail, first, last = f"channel_{firm.mail.pk}", real["start_date"], real["end_date"]
    return {
        "submission": str(uuid4()),
        "name": f"{real['campaign_type']}, campaign {real['campaign_id']}",
        "theme": real["campaign_type"],
        "goal": firm.goal.pk,
        "owner": firm.owner.pk,
        "starts_on": first,
        "ends_on": last,
        "currency": "EUR",
        "proposed": BUDGETS[real["campaign_type"]],
        "version": 1,
        f"region_{firm.de.pk}_use": "on",
        f"{mail}_use": "on",
        f"{mail}_expert": firm.mail_expert.pk,
        f"{mail}_flights": [first, last],
        f"{mail}_amount": "10000",
    }


def plan_all(client, firm):
    client.force_login(firm.owner)
    for real in REAL:
        answer = client.post(reverse("campaigns:create"), sent(firm, real))
        assert answer.status_code == 302, answer.context["form"].errors


def test_the_file_is_whole():
    kinds = [real["campaign_type"] for real in REAL]
    assert (len(REAL), kinds.count("Type A"), kinds.count("Type B"), kinds.count("Type C")) == (27, 4, 17, 6)


@pytest.mark.parametrize("real", REAL, ids=lambda real: real["campaign_id"])
def test_a_real_campaign_is_planned_as_it_was(client, firm, real):
    client.force_login(firm.owner)
    answer = client.post(reverse("campaigns:create"), sent(firm, real))
    assert answer.status_code == 302, answer.context["form"].errors
    campaign = newest()
    period = (date.fromisoformat(real["start_date"]), date.fromisoformat(real["end_date"]))
    region, channel = campaign.regions.get(), campaign.channels.get()
    flight = channel.flights.get()
    assert campaign.theme.title == real["campaign_type"]
    assert (campaign.starts_on, campaign.ends_on) == period
    assert (region.starts_on, region.ends_on) == period
    assert (flight.starts_on, flight.ends_on) == period
    assert f"{campaign.budget.proposed:.0f}" == BUDGETS[real["campaign_type"]]


def test_opening_and_saving_them_changes_nothing(client, firm):
    plan_all(client, firm)
    campaign = Campaign.objects.get(name="Type C, campaign 15")
    form = PlanForm(by=firm.owner, instance=campaign)
    answer = client.post(reverse("campaigns:edit", args=[campaign.pk]), filled_in(form))
    assert answer.status_code == 302, answer.context["form"].errors
    campaign.refresh_from_db()
    assert (campaign.starts_on, campaign.ends_on) == (date(2017, 9, 20), date(2018, 2, 28))
    assert campaign.channels.get().flights.count() == 1


def test_all_of_them_are_in_the_list_newest_first(client, firm):
    plan_all(client, firm)
    page = client.get(reverse("campaigns:list")).content.decode()
    newest_first = sorted(REAL, key=lambda real: (real["start_date"], int(real["campaign_id"])), reverse=True)
    places = [page.find(f"campaign {real['campaign_id']}<") for real in newest_first[:5]]
    assert -1 not in places
    assert places == sorted(places)


def test_the_clock_starts_and_finishes_each_on_its_days(client, firm):
    """Two years of turns of beat, with the other conditions of the gate met."""
    plan_all(client, firm)
    for campaign in Campaign.objects.all():
        fix_release(campaign)
    days = sorted({date.fromisoformat(real[key]) for real in REAL for key in ("start_date", "end_date")})
    with launching():
        for day in [one + timedelta(days=step) for one in days for step in (0, 1)]:
            with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), tick=False):
                run_due()
            live = Campaign.objects.filter(phase="live").values_list("name", flat=True)
            expected = [real for real in REAL if real["start_date"] <= str(day) <= real["end_date"]]
            assert sorted(live) == sorted(sent(firm, real)["name"] for real in expected)
    assert set(Campaign.objects.values_list("phase", flat=True)) == {"finished"}
