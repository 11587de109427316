"""The pages of a campaign's life: steps, approval, gate, releases, what stands on Home."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import Running
from campaigns.models import Campaign, CampaignRegion, Decision, LaunchRecord, Review
from campaigns.services import launch, lifecycle
from core.registry import home_sources
from tests.campaigns.lifecycle_data import approval, launching, line
from tests.campaigns.message_data import make_message
from tests.factories import UserFactory, manager, marketer
from tests.factories.lifecycle import approved, draft, fix_release, live, manager_in, run_region

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DURING = "2026-09-25T12:00:00+00:00"


@pytest.fixture(autouse=True)
def during_the_campaign(time_machine):
    time_machine.move_to(DURING, tick=False)


def url(name, campaign, *args):
    return reverse(f"campaigns:{name}", args=[campaign.pk, *args])


def said(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def in_review(**kwargs):
    campaign = draft(**kwargs)
    Campaign.objects.filter(pk=campaign.pk).update(state="in_review", shared_at=timezone.now())
    return Campaign.objects.get(pk=campaign.pk)


def ready_for_review(campaign):
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    for region in campaign.regions.all():
        Review.objects.create(
            campaign_region=region, language="de", reviewer=campaign.owner, invited_at=timezone.now()
        )


# --- steps ----------------------------------------------------------------------------------------------


def test_a_step_says_what_will_happen_and_what_is_open_before_it_is_taken(client):
    campaign = draft()
    client.force_login(campaign.owner)
    page = client.get(url("step", campaign, "submit"))
    assert page.status_code == 200
    html = page.content.decode()
    assert "a change asks the reviewers again for the difference" in html
    assert "The core message is not shared yet" in html
    posted = client.post(url("step", campaign, "submit"))
    assert posted.status_code == 409
    assert "The review cannot begin yet." in posted.content.decode()
    ready_for_review(campaign)
    done = client.post(url("step", campaign, "submit"))
    assert (done.status_code, said(done)) == (302, ["The campaign is in review."])


def test_a_double_click_is_said_to_be_done(client):
    campaign = draft()
    ready_for_review(campaign)
    client.force_login(campaign.owner)
    client.post(url("step", campaign, "submit"))
    second = client.post(url("step", campaign, "submit"))
    assert second.status_code == 302
    assert said(second)[-1] == "This has been done already: the state is “In review”."


def test_a_stale_page_leads_back_to_how_it_stands_now(client):
    campaign = approved()
    client.force_login(campaign.owner)
    stale = client.get(url("step", campaign, "submit"))
    assert (stale.status_code, stale.headers["Location"]) == (302, campaign.get_absolute_url())
    assert len(said(stale)) == 1


def test_a_step_that_somebody_made_impossible_says_so_and_keeps_the_reason(client):
    campaign = approved()
    run_region(campaign.regions.get())
    client.force_login(campaign.owner)
    refused = client.post(url("step", campaign, "cancel"), {"reason": "Nothing in stock"})
    assert refused.status_code == 409
    html = refused.content.decode()
    assert "Nothing in stock" in html
    assert "The campaign is running." in html


def test_cancelling_without_a_reason_shows_where_it_is_missing(client):
    campaign = draft()
    client.force_login(campaign.owner)
    refused = client.post(url("step", campaign, "cancel"), {"reason": " "})
    assert refused.status_code == 422
    assert 'href="#id_reason"' in refused.content.decode()
    client.post(url("step", campaign, "cancel"), {"reason": "No stock"})
    assert Campaign.objects.get(pk=campaign.pk).cancelled_reason == "No stock"


@pytest.mark.parametrize("move", ["submit", "change", "give_up", "cancel", "evaluate", "return"])
def test_somebody_else_may_not(client, move):
    campaign = draft() if move == "submit" else approved()
    client.force_login(marketer())
    assert client.get(url("step", campaign, move)).status_code == 403
    assert client.post(url("step", campaign, move), {"reason": "Why not"}).status_code == 403


def test_an_unknown_step_is_no_page(client):
    campaign = live()
    client.force_login(campaign.owner)
    assert client.get(url("step", campaign, "destroy")).status_code == 404
    region = campaign.regions.get()
    assert client.get(url("region_step", campaign, region.pk, "destroy")).status_code == 404
    foreign = live("DE").regions.get()
    assert client.get(url("region_step", campaign, foreign.pk, "pause")).status_code == 404


def test_pausing_everywhere_pauses_what_the_person_answers_for(client):
    campaign = live("AT", "DE")
    at = campaign.regions.get(region__code="AT")
    client.force_login(manager_in(at.region))
    done = client.post(url("step", campaign, "pause_everywhere"), {"reason": "Wrong price"})
    assert done.status_code == 302
    states = dict(campaign.regions.values_list("region__code", "running"))
    assert states == {"AT": "paused", "DE": "live"}
    client.force_login(marketer())
    assert client.post(url("step", campaign, "pause_everywhere")).status_code == 403


def test_region_steps_by_hand(client):
    campaign = approved()
    region = campaign.regions.get()
    client.force_login(campaign.owner)
    with launching(line("share")):
        assert "Point share" in client.get(url("region_step", campaign, region.pk, "start")).content.decode()
        refused = client.post(url("region_step", campaign, region.pk, "start"))
    assert refused.status_code == 409
    assert "Region AT cannot go live yet." in refused.content.decode()
    with launching():
        for move, running in (
            ("start", "live"),
            ("pause", "paused"),
            ("resume", "live"),
            ("finish", "finished"),
        ):
            done = client.post(url("region_step", campaign, region.pk, move))
            assert (move, done.status_code, done.headers["Location"]) == (move, 302, url("gate", campaign))
            region.refresh_from_db()
            assert region.running == running
    assert LaunchRecord.objects.count() == 2


# --- approval -------------------------------------------------------------------------------------------


def test_a_manager_approves_exactly_what_the_page_showed(client):
    message = make_message()
    campaign = message.campaign
    Campaign.objects.filter(pk=campaign.pk).update(state="in_review")
    client.force_login(manager())
    with approval():
        page = client.get(url("approve", campaign))
        assert "What is approved" in page.content.decode()
        message.core.claim = "Changed in between"
        message.core.save()
        refused = client.post(url("approve", campaign), {"seen": page.context["seen"]})
        assert refused.status_code == 409
        assert "Changed in between" in refused.content.decode()
        done = client.post(url("approve", campaign), {"seen": refused.context["seen"]})
    assert (done.status_code, said(done)) == (302, ["The campaign is approved. Its release is fixed."])
    assert campaign.releases.get().content["core"]["claim"] == "Changed in between"


@pytest.mark.parametrize("seen", [{}, {"seen": ""}, {"seen": "0" * 64}])
def test_nothing_is_approved_unseen(client, seen):
    campaign = in_review()
    client.force_login(manager())
    with approval():
        assert client.post(url("approve", campaign), seen).status_code == 409
    assert campaign.releases.count() == 0


def test_two_managers_at_once_make_one_release(client):
    campaign = in_review()
    with approval():
        client.force_login(manager())
        seen = client.get(url("approve", campaign)).context["seen"]
        client.post(url("approve", campaign), {"seen": seen})
        client.force_login(manager())
        second = client.post(url("approve", campaign), {"seen": seen})
    assert second.status_code == 302
    assert said(second)[-1] == "This has been done already: the state is “Approved”."
    assert campaign.releases.count() == 1


def test_open_points_stand_on_the_approval_page_instead_of_the_button(client):
    campaign = in_review()
    client.force_login(manager())
    with approval(line("expert.tv")):
        html = client.get(url("approve", campaign)).content.decode()
        assert "Point expert.tv" in html
        assert 'type="submit"' not in html.split("ek-savebar")[1]
        refused = client.post(url("approve", campaign), {"seen": "x"})
    assert refused.status_code == 409


def test_a_change_shows_only_its_difference(client):
    message = make_message()
    fix_release(message.campaign)
    lifecycle.start_change(campaign=message.campaign, by=message.owner)
    message.core.claim = "Draußen wohnt das Glück"
    message.core.save()
    Campaign.objects.filter(pk=message.campaign.pk).update(state="in_review")
    client.force_login(manager())
    with approval():
        page = client.get(url("approve", message.campaign))
    assert [change.label for change in page.context["changes"]] == ["Claim"]
    assert "What changes since release 1" in page.content.decode()


def test_the_owner_does_not_approve_his_own(client):
    campaign = in_review(owner=manager())
    client.force_login(campaign.owner)
    assert client.get(url("approve", campaign)).status_code == 403
    assert client.post(url("approve", campaign), {"seen": "x"}).status_code == 403


# --- gate -----------------------------------------------------------------------------------------------


def test_the_gate_shows_each_region_with_its_own_open_points_and_start(client):
    campaign = approved("AT", "UK")
    client.force_login(campaign.owner)
    with launching(line("share"), line("budget", open_=False)):
        page = client.get(url("gate", campaign))
    html = page.content.decode()
    assert html.count("Point share") == 2
    assert html.count("was due 21") == 2
    assert "00:00 (Europe/Vienna)" in html
    assert "00:00 (Europe/London)" in html
    assert html.count("The start is held") == 2


def test_nobody_is_offered_what_he_may_not_or_cannot(client):
    campaign = approved()
    region = campaign.regions.get()
    start = url("region_step", campaign, region.pk, "start")
    with launching():
        client.force_login(campaign.owner)
        assert start in client.get(url("gate", campaign)).content.decode()
        client.force_login(marketer())
        assert start not in client.get(url("gate", campaign)).content.decode()


def test_no_start_button_before_the_first_day(client, time_machine):
    time_machine.move_to("2026-09-01T08:00:00+00:00", tick=False)
    campaign = approved()
    start = url("region_step", campaign, campaign.regions.get().pk, "start")
    client.force_login(campaign.owner)
    with launching():
        html = client.get(url("gate", campaign)).content.decode()
    assert start not in html
    assert "The region starts by itself on its first day." in html


def test_the_gate_offers_only_steps_that_can_be_taken(client):
    campaign = approved()
    region = campaign.regions.get()
    client.force_login(campaign.owner)
    cancel, evaluate = url("step", campaign, "cancel"), url("step", campaign, "evaluate")

    def offered():
        html = client.get(url("gate", campaign)).content.decode()
        return cancel in html, evaluate in html

    with launching():
        assert offered() == (True, False)
        launch.go_live(region=region, by=campaign.owner)
        assert offered() == (False, False)
        launch.finish(region=region, by=campaign.owner)
        assert offered() == (False, True)


def test_a_manager_makes_an_exception_on_the_gate_page(client):
    campaign = approved()
    region = campaign.regions.get()
    field = f"waive-{region.pk}-reason"
    client.force_login(manager())
    with launching(line("share", waivable=True)):
        assert field in client.get(url("gate", campaign)).content.decode()
        empty = client.post(url("waive", campaign, region.pk), {field: ""})
        assert empty.status_code == 422
        done = client.post(url("waive", campaign, region.pk), {field: "The call centre is closed"})
        assert done.status_code == 302
        again = client.post(url("waive", campaign, region.pk), {field: "Second thoughts"})
        assert again.status_code == 302
        html = client.get(url("gate", campaign)).content.decode()
        assert "The call centre is closed" in html
        launch.go_live(region=region)
    assert Decision.objects.count() == 1
    with launching():
        html = client.get(url("gate", campaign)).content.decode()
    assert (
        html.count("The call centre is closed") == 2
    )  # beside the region as long as it runs, and as decision


def test_an_exception_where_nothing_can_be_waived_is_refused_at_its_place(client):
    campaign = approved()
    region = campaign.regions.get()
    client.force_login(manager())
    with launching(line("published")):
        refused = client.post(url("waive", campaign, region.pk), {f"waive-{region.pk}-reason": "I want to"})
    assert refused.status_code == 409
    assert "so no exception is needed" in refused.content.decode()


@pytest.mark.parametrize("who", ["owner", "elsewhere"])
def test_only_another_manager_of_the_region_makes_an_exception(client, who):
    campaign = approved(owner=manager())
    region = campaign.regions.get()
    actor = campaign.owner if who == "owner" else UserFactory(roles=[Role.MARKETER])
    client.force_login(actor)
    with launching(line("share", waivable=True)):
        assert f"waive-{region.pk}" not in client.get(url("gate", campaign)).content.decode()
        posted = client.post(url("waive", campaign, region.pk), {f"waive-{region.pk}-reason": "Mine"})
    assert posted.status_code == (403 if who == "owner" else 404)


def test_another_share_is_agreed_with_a_reason(client):
    campaign = approved()
    client.force_login(manager())
    assert client.get(url("confirm_share", campaign)).status_code == 200
    wrong = client.post(url("confirm_share", campaign), {"share": "120", "reason": "More"})
    assert wrong.status_code == 422
    done = client.post(url("confirm_share", campaign), {"share": "80", "reason": "A small pilot"})
    assert done.status_code == 302
    campaign.refresh_from_db()
    assert campaign.confirm_share == 80
    assert "A small pilot" in client.get(url("gate", campaign)).content.decode()


# --- releases -------------------------------------------------------------------------------------------


def test_old_releases_stay_readable_and_can_be_compared(client):
    message = make_message()
    variant = message.variant("CH", headline="Neu", body="Jetzt {{price}}")
    fix_release(message.campaign)
    lifecycle.start_change(campaign=message.campaign, by=message.owner)
    variant.body = "Nur {{price}}"
    variant.save()
    fix_release(message.campaign)
    client.force_login(message.owner)
    listing = client.get(url("releases", message.campaign)).content.decode()
    assert listing.index("Release 2") < listing.index("Release 1")
    old = client.get(url("release", message.campaign, 1) + "?region=CH").content.decode()
    assert "Jetzt CHF\xa0179" in old
    assert "Nur" not in old
    both = client.get(url("release_compare", message.campaign, 1, 2)).content.decode()
    assert "<del>Jetzt</del><ins>Nur</ins>" in both
    assert "1 difference" in both
    assert client.get(url("release", message.campaign, 3)).status_code == 404
    assert client.get(url("release", message.campaign, 1) + "?region=XX").status_code == 404


def test_texts_of_people_are_shown_harmlessly(client):
    message = make_message()
    message.core.claim = "<script>alert(1)</script> {{price}} %s {% now %}"
    message.core.save()
    fix_release(message.campaign)
    client.force_login(message.owner)
    html = client.get(url("release", message.campaign, 1)).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_list_of_releases_costs_the_same_for_one_and_three(client, django_assert_num_queries):
    campaign = approved()
    client.force_login(campaign.owner)
    client.get(url("releases", campaign))
    with django_assert_num_queries(7):
        client.get(url("releases", campaign))
    for _ in range(2):
        lifecycle.start_change(campaign=campaign, by=campaign.owner)
        fix_release(campaign)
    with django_assert_num_queries(7):
        client.get(url("releases", campaign))


# --- the campaign page and Home -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "who", "label"),
    [
        (draft, "owner", "Put into review"),
        (in_review, "manager", "Look and approve"),
        (approved, "owner", "Check the launch gate"),
        (approved, "manager", "Check the launch gate"),
        (live, "owner", "Start a change"),
        (live, "manager", "Pause"),
    ],
)
def test_the_next_step_stands_in_the_head(client, make, who, label):
    campaign = make()
    client.force_login(campaign.owner if who == "owner" else manager())
    with launching(), approval():
        head = client.get(campaign.get_absolute_url()).content.decode().split('class="ek-tabs"')[0]
    assert label in head
    assert head.count("btn-primary") <= 1


def test_a_marketer_of_another_campaign_gets_no_step(client):
    campaign = approved()
    client.force_login(marketer())
    with launching():
        head = client.get(campaign.get_absolute_url()).content.decode().split('class="ek-tabs"')[0]
    assert "Check the launch gate" not in head
    assert "Start a change" not in head


def test_readiness_tells_stuck_from_in_work_and_counts_each_point_once(client):
    campaign = approved("AT", "DE")
    client.force_login(campaign.owner)
    with launching(line("share"), line("budget", open_=False)):
        html = client.get(campaign.get_absolute_url() + "?all=1").content.decode()
    card = html.split('aria-labelledby="readiness"')[1].split("</section>\n", 3)
    text = " ".join("".join(card).split())
    assert "1 of 2 points" in text
    assert "nobody is on it or it was refused" in text


def home(user):
    found = [item for make in home_sources for item in make(user, timezone.now())]
    return [item.title for item in found]


def test_home_says_what_waits_for_whom():
    campaign = approved()
    boss, elsewhere = manager(), manager_in(draft("DE").regions.get().region)
    waiting = in_review(name="Herbst")
    Review.objects.create(campaign_region=waiting.regions.get(), language="de", state="approved")
    CampaignRegion.objects.filter(campaign=campaign).update(held_told="x")
    over = live("CH", owner=campaign.owner)
    launch.finish(region=over.regions.get(), by=campaign.owner)
    held = f"The start in Region AT is held: {campaign.name}"
    assert "Approve: Herbst" in home(boss)
    assert held in home(boss)
    assert home(elsewhere) == []
    assert held in home(campaign.owner)
    assert f"Close the evaluation: {over.name}" in home(campaign.owner)
    assert "Approve: Herbst" not in home(waiting.owner)


def test_a_region_that_is_live_is_not_held_any_more():
    campaign = approved()
    CampaignRegion.objects.filter(campaign=campaign).update(held_told="x")
    with launching():
        launch.go_live(region=campaign.regions.get(), by=campaign.owner)
    assert campaign.regions.get().running == Running.LIVE
    assert home(campaign.owner) == []
