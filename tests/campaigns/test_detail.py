"""The campaign's page: few queries, everything shown harmlessly, the next step in sight."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from campaigns.models import Allocation, Campaign, CampaignRegion, CoreMessage, Fact, FactValue, Flight, Theme
from campaigns.readiness import Progress, approval_lines
from campaigns.services import budget as money
from campaigns.services.dossier import Dossier
from campaigns.templatetags.campaigns import countdown
from kpis.models import Target
from tests.campaigns.planning_data import Firm
from tests.factories import (
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    KpiFactory,
    RegionFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]
QUERIES = 12
HTMX = {"HX-Request": "true"}


def build(owner, regions=1, channels=1):
    """A campaign with all its parts, as many as asked for."""
    campaign = CampaignFactory(owner=owner, in_regions=[RegionFactory() for _ in range(regions)])
    budget = money.open_budget(campaign=campaign, by=owner, currency="EUR", proposed=Decimal(1000))
    for _ in range(channels):
        row = CampaignChannelFactory(campaign=campaign, channel=ChannelFactory())
        Flight.objects.create(campaign_channel=row, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
        Allocation.objects.create(budget=budget, campaign_channel=row, amount=100)
        Target.objects.create(campaign=campaign, kpi=KpiFactory(), value=1)
    CoreMessage.objects.create(campaign=campaign, claim="Out!")
    return campaign


def url(campaign):
    return f"/campaigns/{campaign.pk}/"


def test_one_and_three_of_everything_need_the_same_few_queries(client, django_assert_max_num_queries):
    owner = UserFactory(roles=[Role.MARKETER])
    client.force_login(owner)
    counts = []
    for number in (1, 3):
        campaign = build(owner, number, number)
        with django_assert_max_num_queries(QUERIES) as queries:
            assert client.get(url(campaign)).status_code == 200
        with CaptureQueriesContext(connection) as more:
            page = client.get(f"{url(campaign)}panels/", headers=HTMX)
        assert 'id="panels"' in page.content.decode()
        counts.append((len(queries), len(more)))
    assert counts[0] == counts[1]


def test_the_page_says_what_it_is_and_what_it_costs(client):
    owner = UserFactory(roles=[Role.MARKETER])
    client.force_login(owner)
    campaign = build(owner, 2, 2)
    row = campaign.channels.first()
    row.expert = None
    row.save()
    page = client.get(url(campaign)).content.decode().replace("\xa0", " ")
    for words in (campaign.name, "Draft", "€800</b> in reserve", "€200", "Name an expert"):
        assert words in page, words
    assert f'href="/campaigns/{campaign.pk}/edit/#channel-{row.channel_id}"' in page
    assert f'hx-get="/campaigns/{campaign.pk}/activity/"' in page
    assert page.count("<h1") == 1


def test_what_may_not_be_seen_is_not_there(client):
    campaign = CampaignFactory(in_regions=[RegionFactory()])
    client.force_login(UserFactory(roles_in={RegionFactory(): [Role.MARKETER]}))
    assert client.get(url(campaign)).status_code == 404
    client.force_login(UserFactory(roles=[Role.STAFF]))
    assert client.get(url(campaign)).status_code == 404


def test_who_only_reads_gets_no_button(client):
    campaign = build(UserFactory(roles=[Role.MARKETER]))
    client.force_login(UserFactory(roles=[Role.EXPERT]))
    page = client.get(url(campaign)).content.decode()
    assert f"/campaigns/{campaign.pk}/edit/" not in page


def test_without_scripts_all_cards_come_at_once(client):
    owner = UserFactory(roles=[Role.MARKETER])
    client.force_login(owner)
    campaign = build(owner)
    CoreMessage.objects.filter(campaign=campaign).update(claim="Out for {{price}}!")
    fact = Fact.objects.create(campaign=campaign, key="price", kind="price", label="Price")
    FactValue.objects.create(fact=fact, value={"amount": "5", "currency": "EUR"})
    CoreMessage.objects.filter(campaign=campaign).update(language="en")
    response = client.get(f"{url(campaign)}panels/")
    assert response.url == f"{url(campaign)}?all=1"
    page = client.get(response.url).content.decode()
    assert "No goal is named yet" in page
    assert "Targets for the whole campaign" in page
    assert "Out for €5!" in page
    assert "No goal is named yet" in client.get(f"{url(campaign)}panels/", headers=HTMX).content.decode()


def test_texts_are_shown_harmlessly(client):
    owner = UserFactory(roles=[Role.MARKETER])
    client.force_login(owner)
    campaign = build(owner)
    bad = "<img src=x onerror=alert(1)> {{ 7|add:7 }} 'x' \"y\""
    Campaign.objects.filter(pk=campaign.pk).update(
        name=bad, purpose=bad, theme=Theme.objects.create(title=bad)
    )
    page = client.get(url(campaign)).content.decode()
    assert "<img src=x" not in page
    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7|add:7 }}" in page


def test_activity_is_said_in_sentences(client):
    owner = UserFactory(roles=[Role.MARKETER])
    client.force_login(owner)
    campaign = build(owner)
    short = client.get(f"{url(campaign)}activity/", headers=HTMX).content.decode()
    assert "proposed a budget of €1,000" in short
    assert "<h1" not in short
    assert "<h1" in client.get(f"{url(campaign)}activity/").content.decode()


@pytest.mark.parametrize(
    ("first", "last", "words", "soon"),
    [
        (10, 20, "Starts in 10 days", False),
        (1, 20, "Starts in 1 day", True),
        (0, 20, "Starts today", True),
        (-5, 20, "20 days left", False),
        (-5, 0, "Last day", True),
        (-5, -1, "", False),
    ],
)
def test_the_head_counts_the_days(first, last, words, soon):
    today = timezone.localdate()
    campaign = Campaign(starts_on=today, ends_on=today)
    region = CampaignRegion(starts_on=today + timedelta(first), ends_on=today + timedelta(last))
    assert countdown(campaign, [region]) == (words, soon)


# --- what the plan still needs ----------------------------------------------------------------------------


def plan_lines(campaign):
    own = ("plan.", "expert.", "channels.", "flights", "budget")
    return {line.key: line for line in approval_lines(Dossier(campaign)) if line.key.startswith(own)}


def test_a_bare_draft_lacks_everything():
    campaign = CampaignFactory(starts_on=date(2999, 1, 7), ends_on=date(2999, 2, 1))
    lines = plan_lines(campaign)
    assert {key: line.progress for key, line in lines.items()} == {
        "plan.goal": Progress.IN_WORK,
        "plan.regions": Progress.IN_WORK,
        "plan.channels": Progress.IN_WORK,
        "budget": Progress.IN_WORK,
    }
    assert lines["plan.goal"].who == campaign.owner
    # Fifteen working days before a Monday.
    assert lines["plan.goal"].due == date(2998, 12, 17)


def test_what_is_overdue_or_nobodys_is_stuck():
    campaign = CampaignFactory(starts_on=date(2020, 1, 1), ends_on=date(2020, 2, 1))
    assert plan_lines(campaign)["plan.goal"].progress == Progress.STUCK
    gone = CampaignFactory(starts_on=date(2999, 1, 1), ends_on=date(2999, 2, 1))
    gone.owner.is_active = False
    gone.owner.save()
    assert plan_lines(gone)["plan.goal"].progress == Progress.STUCK


def test_a_whole_plan_is_done():
    firm = Firm()
    campaign = CampaignFactory(owner=firm.owner, goal=firm.goal, in_regions=[firm.de])
    row = CampaignChannelFactory(campaign=campaign, channel=firm.mail, expert=firm.mail_expert)
    Flight.objects.create(campaign_channel=row, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
    budget = money.open_budget(campaign=campaign, by=firm.owner, currency="EUR", proposed=Decimal(5))
    assert plan_lines(campaign)["budget"].who == firm.manager
    money.approve(budget=budget, amount=Decimal(5), by=firm.manager)
    assert {line.progress for line in plan_lines(campaign).values()} == {Progress.DONE}


@pytest.mark.parametrize("case", ["nobody", "left", "not_here", "none"])
def test_every_channel_needs_an_expert_who_answers_for_it(case):
    firm = Firm()
    campaign = CampaignFactory(owner=firm.owner, in_regions=[firm.de])
    elsewhere = firm.expert_for(firm.mail, firm.at)
    left = firm.expert_for(firm.mail)
    left.is_active = False
    left.save()
    expert = {"nobody": None, "left": left, "not_here": elsewhere, "none": UserFactory()}[case]
    CampaignChannelFactory(campaign=campaign, channel=firm.mail, expert=expert)
    title = plan_lines(campaign)["expert.mail"].title
    assert (
        title
        == {
            "nobody": f"{firm.mail} has no expert yet",
            "left": f"{left}, expert for {firm.mail}, has left the company",
            "not_here": f"{elsewhere} is no longer an expert for {firm.mail}",
            "none": f"{expert} is no longer an expert for {firm.mail}",
        }[case]
    )


def test_flights_written_past_the_form_are_found():
    firm = Firm()
    campaign = CampaignFactory(owner=firm.owner, in_regions=[firm.de])
    row = CampaignChannelFactory(campaign=campaign, channel=firm.mail)
    Flight.objects.create(campaign_channel=row, starts_on=campaign.starts_on, ends_on=campaign.ends_on)
    campaign.regions.update(starts_on=campaign.starts_on + timedelta(1))
    line = plan_lines(campaign)["flights"]
    assert (line.title, line.detail) == ("Flights outside the period of their regions", str(firm.mail))


def test_a_campaign_without_a_budget_shows_its_channels(client):
    """As one has it that was made past the services."""
    region = RegionFactory()
    campaign = CampaignFactory(in_regions=[region])
    CampaignChannelFactory(campaign=campaign)
    client.force_login(campaign.owner)
    answer = client.get(f"/campaigns/{campaign.pk}/")
    assert answer.status_code == 200
    assert "No budget is proposed yet." in answer.text
