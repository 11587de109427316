"""Making and editing a plan on its pages: what is kept, what is refused and where it says so."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from campaigns.forms.plan import PlanForm
from campaigns.models import Allocation, BudgetRound, Campaign, Flight, Release
from channels.models import Channel
from core.models import AuditEvent
from tests.campaigns.planning_data import Firm, filled_in, newest, small_plan, whole_plan
from tests.factories import ChannelFactory, DepartmentFactory, TargetGroupFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
CREATE = "/campaigns/new/"


@pytest.fixture
def firm():
    return Firm()


@pytest.fixture
def marketer(client, firm):
    client.force_login(firm.owner)
    return client


def errors(response):
    """Messages by field, with plain blanks instead of those that hold figure and unit together."""
    found = response.context["form"].errors
    return {name: [word.replace("\xa0", " ") for word in words] for name, words in found.items()}


def test_name_and_period_are_enough(marketer, firm):
    response = marketer.post(CREATE, small_plan(firm))
    campaign = newest()
    assert response.url == f"/campaigns/{campaign.pk}/"
    assert (campaign.name, campaign.owner, campaign.budget.amount) == ("Outdoors", firm.owner, 0)
    assert marketer.get(response.url).status_code == 200


def test_a_whole_plan_is_saved_at_once(marketer, firm):
    group, legal = TargetGroupFactory(), DepartmentFactory()
    data = whole_plan(firm, target_groups=[group.pk], partners=[legal.pk])
    response = marketer.post(CREATE, data)
    assert response.status_code == 302, errors(response)
    campaign = newest()
    periods = {row.region.code: (str(row.starts_on), str(row.ends_on)) for row in campaign.regions.all()}
    assert periods == {"DE": ("2026-09-21", "2026-10-31"), "AT": ("2026-10-01", "2026-10-31")}
    carried = {row.channel.code: row.regions.count() for row in campaign.channels.all()}
    assert carried == {"mail": 2, "tv": 1}
    assert Flight.objects.count() == 3
    assert (campaign.budget.proposed, campaign.budget.allocated, campaign.budget.reserve) == (1000, 900, 100)
    assert BudgetRound.objects.get().amount == 1000
    assert campaign.theme.title == "Autumn"
    assert list(campaign.target_groups.all()) == [group]
    assert campaign.partners.get().department == legal
    assert AuditEvent.objects.filter(verb="campaign.created", actor=firm.owner).count() == 1


def test_a_double_click_makes_one_campaign(marketer, firm):
    data = whole_plan(firm)
    first, second = marketer.post(CREATE, data), marketer.post(CREATE, data)
    assert first.url == second.url
    assert Campaign.objects.count() == 1
    assert BudgetRound.objects.count() == 1


def test_nobody_takes_over_somebody_elses_form(client, marketer, firm):
    data = small_plan(firm)
    marketer.post(CREATE, data)
    client.force_login(UserFactory(roles_in={firm.at: [Role.MARKETER]}))
    response = client.post(CREATE, data)
    assert errors(response) == {"__all__": ["This form was already used. Please open a new one."]}
    assert Campaign.objects.count() == 1


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "This field is required."),
        ("name", "x" * 201, "This is too long: 201 characters, at most 200 are possible."),
        ("name", "a\x07b", "Please remove the control character U+0007 (line 1, character 2)."),
        ("theme", "x" * 121, "This is too long: 121 characters, at most 120 are possible."),
        ("starts_on", "31.02.2026", "This is no date. Please choose a day from the calendar."),
        ("ends_on", "2026-09-20", "The end is before the start on 21 Sept 2026."),
        ("proposed", "-5", "An amount cannot be negative."),
        ("proposed", "99999999999999999", "That is too much. The largest amount is 9,999,999,999."),
        ("proposed", "many", "Please write an amount like 1,234.56."),
        ("currency", "XXX", "Select a valid choice. XXX is not one of the available choices."),
        ("owner", "999999", "Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_bad_input_is_refused_at_its_field(marketer, firm, field, value, message):
    response = marketer.post(CREATE, whole_plan(firm, **{field: value}))
    assert response.status_code == 200
    assert errors(response)[field] == [message]
    assert Campaign.objects.count() == 0
    assert "Jackets for families" in response.content.decode()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        (
            "at_starts_on",
            "2026-09-01",
            "The campaign starts only on 21 Sept 2026.",
        ),
        ("at_ends_on", "2026-11-01", "The campaign already ends on 31 Oct 2026."),
        ("at_ends_on", "2026-09-30", "The end is before the start on 1 Oct 2026."),
    ],
)
def test_a_region_stays_inside_the_campaign(marketer, firm, key, value, message):
    name = f"region_{firm.at.pk}_{key.removeprefix('at_')}"
    response = marketer.post(CREATE, whole_plan(firm, **{name: value}))
    assert errors(response)[name] == [message]


@pytest.mark.parametrize(
    ("flights", "message"),
    [
        (
            ["2026-09-30", "2026-10-31"],
            "A flight starts on 30 Sept 2026, before its region starts on 1 Oct 2026.",
        ),
        (["2026-10-01", "2026-11-02"], "A flight ends on 2 Nov 2026, after its region ends on 31 Oct 2026."),
        (["2026-10-05", "2026-10-01"], "A flight ends before it starts on 5 Oct 2026."),
        (["2026-10-01", ""], "A flight needs both a first and a last day."),
        (["2026-10-01", "no"], "This is no date. Please choose a day from the calendar."),
        (["2026-10-01", "2026-10-05", "2026-10-05", "2026-10-07"], "Two flights overlap on 5 Oct 2026."),
    ],
)
def test_a_flight_lies_within_the_regions_it_carries(marketer, firm, flights, message):
    name = f"channel_{firm.tv.pk}_flights"
    response = marketer.post(CREATE, whole_plan(firm, **{name: flights}))
    assert errors(response) == {name: [message]}
    assert f'value="{flights[0]}"' in response.content.decode()


def test_a_channel_that_reaches_all_at_once_waits_for_its_last_region(marketer, firm):
    """TV in Germany and Austria, which starts ten days later."""
    name = f"channel_{firm.tv.pk}"
    parts = {f"{name}_regions": None, f"{name}_flights": ["2026-09-30", "2026-10-31"]}
    Channel.objects.filter(pk=firm.tv.pk).update(at_once=True)
    response = marketer.post(CREATE, whole_plan(firm, **parts))
    words = "A flight starts on 30 Sept 2026, but Region AT, which it reaches too, on 1 Oct 2026."
    assert errors(response) == {f"{name}_flights": [words]}
    Channel.objects.filter(pk=firm.tv.pk).update(at_once=False)
    assert marketer.post(CREATE, whole_plan(firm, **parts)).status_code == 302


def test_a_plan_runs_over_the_end_of_the_year(marketer, firm):
    data = small_plan(firm, starts_on="2026-12-20", ends_on="2027-01-10")
    data |= {f"region_{firm.de.pk}_use": "on", f"channel_{firm.mail.pk}_use": "on"}
    data[f"channel_{firm.mail.pk}_flights"] = ["2026-12-28", "2027-01-04"]
    assert marketer.post(CREATE, data).status_code == 302
    assert str(Flight.objects.get().ends_on) == "2027-01-04"


def test_allocations_beyond_the_budget_say_what_is_missing(marketer, firm):
    name = f"channel_{firm.tv.pk}_amount"
    response = marketer.post(CREATE, whole_plan(firm, **{name: "4,600"}))
    assert errors(response) == {name: ["€4,000 are missing. At most €600 are possible."]}
    assert Allocation.objects.count() == 0


def test_a_foreign_region_is_refused_at_its_field(client, firm):
    person = UserFactory(roles_in={firm.at: [Role.MARKETER]})
    client.force_login(person)
    name = f"region_{firm.de.pk}_use"
    response = client.post(CREATE, small_plan(firm, owner=person.pk, **{name: "on"}))
    assert errors(response) == {name: [f"You do not plan campaigns in {firm.de}."]}
    page = client.get(CREATE).content.decode()
    assert name not in page
    assert f"region_{firm.at.pk}_use" in page


def test_only_experts_of_the_channel_are_a_choice(marketer, firm):
    name = f"channel_{firm.tv.pk}_expert"
    response = marketer.post(CREATE, whole_plan(firm, **{name: firm.mail_expert.pk}))
    assert errors(response) == {name: ["This person is no active expert for the channel."]}


def test_an_expert_of_another_region_is_refused(marketer, firm):
    only_de = firm.expert_for(firm.tv, firm.de)
    name = f"channel_{firm.tv.pk}_expert"
    response = marketer.post(CREATE, whole_plan(firm, **{name: only_de.pk}))
    assert errors(response) == {name: [f"{only_de} is no active expert for {firm.tv} here."]}


def made(marketer, firm) -> Campaign:
    marketer.post(CREATE, whole_plan(firm))
    return newest()


def edit_data(campaign, user, **changes):
    return filled_in(PlanForm(by=user, instance=campaign), **changes)


def test_saving_an_unchanged_plan_changes_nothing_but_the_version(marketer, firm):
    campaign = made(marketer, firm)
    events = AuditEvent.objects.count()
    response = marketer.post(f"/campaigns/{campaign.pk}/edit/", edit_data(campaign, firm.owner))
    assert response.status_code == 302, errors(response)
    assert AuditEvent.objects.count() == events
    campaign.refresh_from_db()
    assert campaign.version == 2


def test_a_plan_is_changed_in_all_its_parts(marketer, firm):
    campaign = made(marketer, firm)
    changes = {
        "name": "Outdoors again",
        f"region_{firm.at.pk}_use": None,
        f"channel_{firm.tv.pk}_use": None,
        f"channel_{firm.mail.pk}_expert": "",
        f"channel_{firm.mail.pk}_flights": [],
        f"channel_{firm.mail.pk}_amount": "450",
    }
    response = marketer.post(f"/campaigns/{campaign.pk}/edit/", edit_data(campaign, firm.owner, **changes))
    assert response.status_code == 302, errors(response)
    campaign.refresh_from_db()
    assert campaign.name == "Outdoors again"
    assert [row.region.code for row in campaign.regions.all()] == ["DE"]
    channel = campaign.channels.get()
    assert (channel.channel, channel.expert, channel.flights.count()) == (firm.mail, None, 0)
    campaign.budget.refresh_from_db()
    assert campaign.budget.allocated == 450
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"region.removed", "channel.removed", "channel.expert_withdrawn", "flights.changed"} <= verbs


def test_a_stale_form_is_merged_and_nothing_is_lost(marketer, firm):
    campaign = made(marketer, firm)
    url = f"/campaigns/{campaign.pk}/edit/"
    old = edit_data(campaign, firm.owner)
    theirs = {"purpose": "Jackets and boots", "name": "Their name"}
    other = edit_data(campaign, firm.owner, **theirs, **{f"channel_{firm.mail.pk}_amount": "450"})
    assert marketer.post(url, other).status_code == 302
    response = marketer.post(url, old | {"name": "My name", "theme": "Winter"})
    assert response.status_code == 409
    form = response.context["form"]
    assert {change.name: change.clash for change in form.conflict.changes} == {
        "name": True,
        "purpose": False,
        f"channel_{firm.mail.pk}_amount": False,
    }
    merged = {key: form.data.getlist(key) for key in form.data}
    assert marketer.post(url, merged).status_code == 302
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert (campaign.name, campaign.theme.title) == ("My name", "Winter")
    assert campaign.purpose == "Jackets and boots"
    assert campaign.budget.allocated == 950


def test_a_channel_added_by_somebody_else_survives_a_stale_form(marketer, firm):
    campaign = made(marketer, firm)
    url = f"/campaigns/{campaign.pk}/edit/"
    old = edit_data(campaign, firm.owner)
    sms = ChannelFactory(code="sms")
    added = edit_data(campaign, firm.owner, **{f"channel_{sms.pk}_use": "on"})
    assert marketer.post(url, added).status_code == 302
    response = marketer.post(url, old | {"name": "Mine"})
    assert response.status_code == 409
    form = response.context["form"]
    merged = {key: form.data.getlist(key) for key in form.data}
    assert marketer.post(url, merged).status_code == 302
    assert sorted(row.channel.code for row in campaign.channels.all()) == ["mail", "sms", "tv"]


def test_an_approved_plan_is_not_edited(marketer, firm):
    campaign = made(marketer, firm)
    release = Release.objects.create(
        campaign=campaign,
        number=1,
        content={"regions": [], "channels": []},
        content_hash="x" * 64,
        approved_by=firm.manager,
    )
    Campaign.objects.filter(pk=campaign.pk).update(state="in_review")
    Campaign.objects.filter(pk=campaign.pk).update(state="approved", phase="approved", release=release)
    url = f"/campaigns/{campaign.pk}/edit/"
    data = edit_data(campaign, firm.owner, name="Other")
    assert marketer.get(url).url == f"/campaigns/{campaign.pk}/"
    assert marketer.post(url, data).url == f"/campaigns/{campaign.pk}/"
    campaign.refresh_from_db()
    assert campaign.name == "Outdoors"
    page = marketer.get(f"/campaigns/{campaign.pk}/").content.decode()
    assert "This plan is approved and stays as it is" in page


def test_a_channel_row_is_fetched_for_adding(marketer, firm):
    response = marketer.get(reverse("campaigns:channel_row"), {"new_channel": firm.tv.pk})
    page = response.content.decode()
    assert f'name="channel_{firm.tv.pk}_expert"' in page
    assert str(firm.tv_expert) in page
    assert str(firm.mail_expert) not in page
    assert marketer.get(reverse("campaigns:channel_row"), {"new_channel": "x"}).status_code == 404


def test_without_scripts_a_channel_is_added_by_the_button(marketer, firm):
    data = small_plan(firm, name="", add_channel="1", new_channel=firm.tv.pk)
    response = marketer.post(CREATE, data)
    page = response.content.decode()
    assert f'name="channel_{firm.tv.pk}_use"' in page
    assert "This field is required." not in page
    assert Campaign.objects.count() == 0


@pytest.mark.parametrize("role", [Role.EXPERT, Role.REVIEWER, Role.PARTNER, Role.STAFF])
def test_others_cannot_make_campaigns(client, role):
    client.force_login(UserFactory(roles=[role]))
    assert client.get(CREATE).status_code == 404


def test_a_channel_that_carried_all_regions_goes_on_without_the_removed_one(marketer, firm):
    campaign = made(marketer, firm)
    changes = {f"region_{firm.at.pk}_use": None}
    response = marketer.post(f"/campaigns/{campaign.pk}/edit/", edit_data(campaign, firm.owner, **changes))
    message = "It carries only AT, which is no part of this campaign."
    assert errors(response) == {f"channel_{firm.tv.pk}_regions": [message]}
    changes |= {f"channel_{firm.tv.pk}_regions": [], f"channel_{firm.tv.pk}_amount": "0"}
    response = marketer.post(f"/campaigns/{campaign.pk}/edit/", edit_data(campaign, firm.owner, **changes))
    assert response.status_code == 302
    assert {row.regions.get().region.code for row in campaign.channels.all()} == {"DE"}
