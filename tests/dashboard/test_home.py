"""Home: what waits in the order of its dates, my campaigns, what changed, figures in the menu."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import Preparation, VariantState
from campaigns.models import Campaign, Review
from campaigns.services import launch
from core.audit import record
from core.registry import HomeItem, Registry, home_sources
from dashboard.waiting import waiting_for
from tests.briefings.data import coming, confirmed_by, put_out, region_in, staff, written
from tests.campaigns.message_data import make_message
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    UserFactory,
    manager,
    marketer,
)
from tests.factories.lifecycle import at, draft, live, manager_in, region_of, run_region

pytestmark = pytest.mark.django_db
HOME, BADGES = "/", "/home/badges/"


@pytest.fixture(autouse=True)
def during(time_machine):
    time_machine.move_to(at("2026-09-18T06:30+00:00"), tick=False)


@pytest.fixture
def sources(monkeypatch):
    """Only what the test registers waits for people."""
    own = Registry()
    monkeypatch.setattr(home_sources, "_entries", own._entries)
    return own


def item(title, due=None, **more):
    return HomeItem(**{"title": title, "detail": "", "url": "/x/", "action": "Do", "due": due} | more)


def html(response):
    return response.content.decode().replace("\xa0", " ")


def page(client, user, address=HOME):
    client.force_login(user)
    return client.get(address)


def titles(response):
    return [one.title for one in response.context["waiting"].items]


# --- what waits -----------------------------------------------------------------------------------------


def test_the_earliest_comes_first_and_what_has_no_date_last(sources):
    sources.register("a")(lambda user, now: [item("none"), item("today", date(2026, 9, 18))])
    sources.register("b")(
        lambda user, now: [
            item("noon", at("2026-09-18T10:00+00:00")),
            item("late", date(2026, 9, 16)),
            item("tomorrow", at("2026-09-19T06:00+00:00")),
        ]
    )
    waiting = waiting_for(marketer())
    assert [one.title for one in waiting.items] == ["late", "noon", "today", "tomorrow", "none"]
    assert (waiting.total, waiting.overdue, waiting.counts) == (5, 1, {"a": 2, "b": 3})


@pytest.mark.parametrize(
    ("dues", "sentence"),
    [
        ([], "Nothing waits for you."),
        ([date(2026, 9, 30)], "One thing waits for you."),
        ([date(2026, 9, 1)], 'One thing waits for you, <b class="ek-t-stop">one is overdue</b>.'),
        ([date(2026, 9, 30)] * 6, "Six things wait for you."),
        (
            [date(2026, 9, 1)] * 2 + [date(2026, 9, 30)] * 4,
            'Six things wait for you, <b class="ek-t-stop">two are overdue</b>.',
        ),
        ([date(2026, 9, 30)] * 13, "13 things wait for you."),
    ],
)
def test_the_sentence_counts_what_waits_and_what_is_overdue(client, sources, dues, sentence):
    sources.register("a")(lambda user, now: [item("x", due) for due in dues])
    assert sentence in html(page(client, marketer()))


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        ("2026-09-18T06:30+00:00", "Europe/Berlin", "Good morning, Jo"),
        ("2026-09-18T09:00+00:00", "Europe/Berlin", "Good afternoon, Jo"),
        ("2026-09-18T08:59+00:00", "Europe/Berlin", "Good morning, Jo"),
        ("2026-09-18T16:00+00:00", "Europe/Berlin", "Good evening, Jo"),
        ("2026-09-18T16:00+00:00", "Europe/London", "Good afternoon, Jo"),
        ("2026-09-18T16:00+00:00", "Pacific/Auckland", "Good evening, Jo"),
    ],
)
def test_the_greeting_follows_the_clock_where_the_person_is(client, time_machine, moment, zone, words):
    time_machine.move_to(at(moment), tick=False)
    assert f"<h1>{words}</h1>" in html(page(client, marketer(timezone=zone)))


def test_a_person_without_a_first_name_is_greeted_all_the_same(client):
    assert "<h1>Good morning</h1>" in html(page(client, marketer(first_name="")))


def test_a_newcomer_without_a_role_is_told_why_nothing_waits(client):
    text = html(page(client, UserFactory()))
    assert "Nothing waits for you" in text
    assert "You have no role yet" in text
    assert "My campaigns" not in text


def test_names_are_escaped(client, sources):
    sources.register("a")(lambda user, now: [item("<script>alert(1)</script>", detail="<b>x</b>")])
    text = html(page(client, marketer(first_name="<i>Jo</i>")))
    assert "<script>alert(1)" not in text
    assert "<i>Jo" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_more_than_twelve_are_folded(client, sources):
    sources.register("a")(lambda user, now: [item(f"Thing {n}") for n in range(15)])
    text = html(page(client, marketer()))
    assert text.count("ek-row__title") == 15
    assert text.index("Thing 11") < text.index("Show all") < text.index("Thing 12")


def test_what_one_click_does_is_posted_in_place_and_the_next_is_offered(client, sources):
    left = [item("First", post_url="/do/1/"), item("Second", post_url="/do/2/")]
    sources.register("a")(lambda user, now: left)
    text = html(page(client, marketer()))
    assert 'action="/do/1/" hx-post="/do/1/" hx-swap="none"' in text
    assert 'hx-trigger="htmx:afterRequest from:#waiting"' in text
    assert "autofocus" not in text
    del left[0]
    again = html(client.get("/home/waiting/"))
    assert "First" not in again
    assert 'autofocus aria-label="Do: Second"' in again
    assert "One thing waits for you." in again
    assert 'id="badge-home" hx-swap-oob="true">1<' in again


# --- texts and experts ----------------------------------------------------------------------------------


def test_variants_wait_for_their_expert_by_campaign_and_state():
    message = make_message(name="Outdoors")
    message.variant("DE")
    message.variant("CH")
    message.variant("UK", language="en", state=VariantState.OUTDATED)
    found = waiting_for(message.expert)
    assert sorted((one.title, one.detail) for one in found.items) == [
        ("1 channel variant is out of date", "Outdoors"),
        ("2 channel variants wait for you", "Outdoors"),
    ]
    assert found.counts["variants"] == 2
    assert {one.url for one in found.items} == {f"/campaigns/{message.campaign.pk}/message/"}
    # Eight working days before Monday 21 September.
    assert {one.due for one in found.items} == {date(2026, 9, 9)}
    assert waiting_for(message.owner).counts["variants"] == 0


def test_variants_of_a_closed_campaign_or_a_region_given_up_wait_for_nobody():
    message = make_message()
    message.variant("DE")
    message.sms.regions.remove(message.region("DE"))
    assert waiting_for(message.expert).counts["variants"] == 0
    message.sms.regions.add(message.region("DE"))
    assert waiting_for(message.expert).counts["variants"] == 1
    Campaign.objects.filter(pk=message.campaign.pk).update(state=Preparation.CANCELLED)
    assert waiting_for(message.expert).counts["variants"] == 0


def test_missing_experts_wait_for_the_owner_also_when_one_has_left():
    campaign = CampaignFactory(in_regions=[region_of("AT")], name="Outdoors")
    for code, expert in (("tv", None), ("print", UserFactory(is_active=False)), ("sms", UserFactory())):
        channel = ChannelFactory(code=code, name_en=code.upper())
        CampaignChannelFactory(campaign=campaign, channel=channel, expert=expert)
    (found,) = [one for one in waiting_for(campaign.owner).items if one.key.startswith("experts")]
    assert found.title == "Name experts for 2 channels: Outdoors"
    assert found.detail == "PRINT, TV"
    assert waiting_for(manager()).counts["experts"] == 0


# --- my campaigns, changes, offers ----------------------------------------------------------------------


def test_my_campaigns_show_state_period_and_budget(client):
    campaign = draft("AT", name="Outdoors")
    BudgetFactory(campaign=campaign, proposed=1000)
    CampaignFactory(name="Somebody else's")
    text = html(page(client, campaign.owner))
    mine = text[text.index("My campaigns") : text.index("Changed lately")]
    assert "Outdoors" in mine
    assert "Draft" in mine
    assert "21 Sept – 31 Oct 2026" in mine
    assert "€0 allocated to channels, €1,000 in reserve" in mine
    assert "Somebody" not in mine
    assert reverse("home_readiness", args=[campaign.pk]) in mine


def test_experts_have_the_campaigns_they_answer_for(client):
    message = make_message(name="Outdoors")
    response = page(client, message.expert)
    assert [row.campaign.name for row in response.context["mine"]] == ["Outdoors"]


def test_the_readiness_of_a_campaign_counts_its_conditions(client):
    campaign = draft("AT")
    client.force_login(campaign.owner)
    text = html(client.get(reverse("home_readiness", args=[campaign.pk]))).strip()
    assert text.startswith("1 of ")
    assert "stuck" in text
    client.force_login(manager_in(region_of("DE")))
    assert client.get(reverse("home_readiness", args=[campaign.pk])).status_code == 404


def test_changes_are_those_of_campaigns_that_i_may_open(client):
    mine, foreign = draft("AT", name="Outdoors"), draft("DE", name="Foreign")
    for campaign in (mine, foreign):
        record(by=campaign.owner, verb="campaign.evaluated", scope=campaign)
    record(by=None, verb="campaign.evaluated", scope="campaigns.campaign:999999")
    response = page(client, manager_in(region_of("AT")))
    changes = [(one.campaign.name, one.text) for one in response.context["changes"]]
    assert changes == [("Outdoors", "closed the evaluation")]
    assert "Foreign" not in html(response)


def test_staff_see_their_briefings_and_what_is_live_but_no_campaigns(client):
    row = region_in(coming("AT", name="Outdoors"))
    (murat,) = staff(row, 1)[1]
    version = put_out(written(row))
    run_region(row)
    launch_waiting = region_in(coming("AT", name="Not yet"))
    assert launch_waiting.running == "waiting"
    response = page(client, murat)
    text = html(response)
    assert titles(response) == ["Jacket: what you need to know"]
    assert [offer.name for offer in response.context["running"]] == ["Outdoors"]
    assert "My campaigns" not in text
    assert "Changed lately" not in text
    confirmed_by(version, murat)
    assert titles(page(client, murat)) == []
    launch.pause(region=row, by=row.campaign.owner)
    assert "Paused: do not offer" in html(page(client, murat))


# --- figures in the menu --------------------------------------------------------------------------------


def test_badges_count_home_briefings_and_reviews(client):
    row = region_in(coming("AT"))
    (murat,) = staff(row, 1)[1]
    put_out(written(row))
    text = html(page(client, murat, BADGES))
    assert '<span class="ek-badge" id="badge-home" hx-swap-oob="true">1</span>' in text
    assert '<span class="ek-badge" id="badge-top" aria-hidden="true" hx-swap-oob="true">1</span>' in text
    assert '<span class="ek-badge" id="badge-briefings" hx-swap-oob="true">1</span>' in text
    # He has no menu item for reviews, so a figure for it would have no place to go to.
    assert "badge-reviews" not in text


def test_a_review_counts_for_its_reviewer(client):
    campaign = draft("AT", shared_at=timezone.now())
    reviewer = UserFactory(roles_in={region_of("AT"): [Role.REVIEWER]})
    Review.objects.create(
        campaign_region=campaign.regions.get(), language="de", reviewer=reviewer, awaits_reviewer=True
    )
    assert 'id="badge-reviews" hx-swap-oob="true">1<' in html(page(client, reviewer, BADGES))


def test_unchanged_badges_are_not_sent_again(client):
    row = region_in(coming("AT"))
    (murat,) = staff(row, 1)[1]
    first = page(client, murat, BADGES)
    assert "private" in first["Cache-Control"]
    again = client.get(BADGES, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    put_out(written(row))
    assert client.get(BADGES, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_the_menu_leads_home_to_the_desk_and_to_the_settings(client):
    text = html(page(client, marketer()))
    assert 'class="ek-side__find" href="/now/"' in text
    assert 'href="/settings/"' in text
    assert 'hx-get="/home/badges/"' in text
    partner = html(page(client, UserFactory(roles=[Role.PARTNER])))
    assert "ek-side__find" not in partner


# --- cost -----------------------------------------------------------------------------------------------


def much_for(user, count):
    """`count` of everything that can wait for, belong to or concern a planner and staff member."""
    for _number in range(count):
        live("AT", owner=user)
        campaign = draft("AT", owner=user)
        BudgetFactory(campaign=campaign)
        CampaignChannelFactory(campaign=campaign, expert=None)
        record(by=user, verb="campaign.evaluated", scope=campaign)
        row = region_in(coming("AT"))
        put_out(written(row))
        run_region(row)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [(Role.MARKETER, 26), (Role.STAFF, 26)])
def test_the_number_of_queries_does_not_grow(client, role, queries, count):
    user = UserFactory(roles=[role])
    anchor = region_in(coming("AT"))
    team, _people = staff(anchor, 1)
    if role == Role.STAFF:
        team.memberships.create(user=user)
    owner = user if role == Role.MARKETER else marketer()
    much_for(owner, count)
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        response = client.get(HOME)
    assert response.context["waiting"].total >= count
    assert len(asked) == queries


def test_the_day_is_said_in_full(client):
    assert "Friday 18 September" in html(page(client, marketer()))
    assert "Friday 18 September" in html(page(client, marketer(timezone="Europe/London")))
    assert "Thursday 17 September" in html(page(client, marketer(timezone="America/Los_Angeles")))
