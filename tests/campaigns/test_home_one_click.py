"""Home: what one click does is done in place; what has to be read first, or cannot be taken back, is not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.enums import Preparation
from campaigns.models import Campaign, CampaignRegion, Review
from core.registry import home_sources
from tests.e2e.pages import browser, chromium, eventually, page_at, sign_in, violations
from tests.factories import PASSWORD, UserFactory, marketer
from tests.factories.lifecycle import draft, live, region_of

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DURING = "2026-09-18T12:00:00+00:00"
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def before_the_start(request, time_machine):
    if "live_server" not in request.fixturenames:
        time_machine.move_to(DURING, tick=False)


def shared(*codes, **kwargs):
    """A draft whose reviewers are all invited."""
    campaign = draft(*codes, **kwargs)
    Campaign.objects.filter(pk=campaign.pk).update(shared_at=timezone.now())
    reviewer = UserFactory(roles=[Role.REVIEWER])
    for region in campaign.regions.all():
        Review.objects.create(
            campaign_region=region, language="de", reviewer=reviewer, invited_at=timezone.now()
        )
    return Campaign.objects.get(pk=campaign.pk)


def submit_url(campaign):
    return reverse("campaigns:step", args=[campaign.pk, "submit"])


def own(user):
    return dict(home_sources.items())["own_campaigns"](user, timezone.now())


def text(response):
    return response.content.decode()


def test_a_draft_that_has_what_it_needs_goes_into_review_in_place(client):
    campaign = shared("AT", name="Outdoors")
    client.force_login(campaign.owner)
    home = text(client.get("/"))
    assert f'action="{submit_url(campaign)}" hx-post="{submit_url(campaign)}" hx-swap="none"' in home
    assert 'aria-label="Put into review: Ready for review: Outdoors"' in home
    done = client.post(submit_url(campaign), headers=IN_PLACE)
    assert (done.status_code, done.content) == (204, b"")
    campaign.refresh_from_db()
    assert campaign.state == Preparation.IN_REVIEW
    again = text(client.get("/home/waiting/"))
    assert submit_url(campaign) not in again
    assert 'hx-swap-oob="beforeend:#toasts"' in again
    assert "The campaign is in review." in again
    # Said once: the next look at the list has no toast.
    assert "#toasts" not in text(client.get("/home/waiting/"))


def test_a_second_click_is_told_that_it_was_done(client):
    campaign = shared("AT")
    client.force_login(campaign.owner)
    client.post(submit_url(campaign), headers=IN_PLACE)
    assert client.post(submit_url(campaign), headers=IN_PLACE).status_code == 204
    assert "This has been done already" in text(client.get("/home/waiting/"))


def test_what_changed_meanwhile_is_said_and_nothing_is_done(client):
    campaign = shared("AT")
    client.force_login(campaign.owner)
    client.get("/")
    CampaignRegion.objects.create(
        campaign=campaign, region=region_of("DE"), starts_on=campaign.starts_on, ends_on=campaign.ends_on
    )
    refused = client.post(submit_url(campaign), headers=IN_PLACE)
    assert (refused.status_code, refused.content) == (409, b"")
    campaign.refresh_from_db()
    assert campaign.state == Preparation.DRAFT
    again = text(client.get("/home/waiting/"))
    assert "ek-toast ek-tone-stop" in again
    assert "The review cannot begin yet. No reviewer is invited for Region DE" in again
    assert submit_url(campaign) not in again


def test_without_scripts_the_button_leads_on(client):
    campaign = shared("AT")
    client.force_login(campaign.owner)
    assert client.post(submit_url(campaign)).url == campaign.get_absolute_url()


def test_only_a_draft_with_a_reviewer_everywhere_is_offered_and_only_to_its_owner():
    campaign = shared("AT", "DE")
    assert [item.key for item in own(campaign.owner)] == [f"submit-{campaign.pk}"]
    assert own(marketer()) == []
    Review.objects.filter(campaign_region__region__code="DE").update(reviewer=None)
    assert own(campaign.owner) == []
    Review.objects.filter(campaign_region__region__code="DE").delete()
    assert own(campaign.owner) == []
    assert own(draft("AT", owner=campaign.owner).owner) == []


def test_what_cannot_be_taken_back_is_done_on_its_own_page():
    campaign = live("AT")
    Campaign.objects.filter(pk=campaign.pk).update(phase="finished")
    assert [(item.action, item.post_url) for item in own(campaign.owner)] == [("Close", "")]


@pytest.mark.e2e
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(chromium() is None, reason="needs Chromium")
def test_by_keyboard_the_row_goes_the_toast_comes_and_the_next_has_the_focus(live_server):
    owner = marketer()
    first, second = shared("AT", name="Outdoors", owner=owner), shared("DE", name="Winter", owner=owner)
    with browser() as started, page_at(started) as page:
        sign_in(page, live_server.url, owner.email, PASSWORD)
        page.goto(live_server.url)
        for campaign, focus in ((first, "button"), (second, "div")):
            page.locator(f"#row-submit-{campaign.pk} button").focus()
            page.keyboard.press("Enter")
            page.locator(f"#row-submit-{campaign.pk}").wait_for(state="detached")
            eventually(page, f"document.activeElement.matches('#waiting {focus}')")
        assert page.locator("#toasts").inner_text().count("The campaign is in review.") == 2
        assert page.url == f"{live_server.url}/"
        assert violations(page) == []
    assert set(Campaign.objects.values_list("state", flat=True)) == {Preparation.IN_REVIEW}
