"""The pages of a campaign's life in a real browser: nothing refused, no axe violation, no sideways scroll."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from campaigns.models import Campaign, CampaignRegion
from campaigns.services import lifecycle
from tests.campaigns.message_data import make_message
from tests.e2e.pages import browser, chromium, page_at, sign_in, wrong_in_any_look
from tests.factories import PASSWORD, BudgetFactory, UserFactory
from tests.factories.lifecycle import fix_release, run_region

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="needs Chromium"),
]
# Where pictures to look at go; none are taken without it.
PICTURES = os.environ.get("EINKLANG_PICTURES", "")


def campaign(name, **kwargs):
    """A campaign with a message that runs around today."""
    message = make_message(name=name, **kwargs)
    today = timezone.localdate()
    period = {"starts_on": today - timedelta(days=2), "ends_on": today + timedelta(days=40)}
    Campaign.objects.filter(pk=message.campaign.pk).update(**period)
    CampaignRegion.objects.filter(campaign=message.campaign).update(**period)
    BudgetFactory(campaign=message.campaign)
    message.core.claim = "Draußen fängt gleich hinter der Haustür an."
    message.core.save()
    for code in ("DE", "CH"):
        message.variant(
            code, headline="Die Allwetterjacke für {{price}}", body="Jetzt {{price}} statt 199 €."
        )
    return message


@pytest.fixture
def paths():
    boss = UserFactory(
        email="martin.keller@firm.example",
        first_name="Martin",
        last_name="Keller",
        roles=[Role.MANAGER, Role.MARKETER],
    )
    drafted = campaign("Weihnachten früh", owner=boss)
    reviewed = campaign("Schulstart 2026")
    Campaign.objects.filter(pk=reviewed.campaign.pk).update(state="in_review", phase="in_review")
    held = campaign("Draußen zuhause – Herbst-Outdoor 2026")
    fix_release(held.campaign)
    CampaignRegion.objects.filter(campaign=held.campaign, region__code="UK").update(held_told="x")
    running = campaign("Sommerschluss")
    fix_release(running.campaign)
    run_region(running.region("DE"))
    lifecycle.start_change(campaign=running.campaign, by=running.owner)
    running.core.claim = "Draußen wohnt das Glück."
    running.core.save()
    fix_release(running.campaign)
    mine = campaign("Frühling", owner=boss)
    fix_release(mine.campaign)
    region = run_region(mine.region("DE"))

    def at(name, message, *args):
        return reverse(f"campaigns:{name}", args=[message.campaign.pk, *args])

    return {
        "draft": drafted.campaign.get_absolute_url() + "?all=1",
        "submit": at("step", drafted, "submit"),
        "cancel": at("step", drafted, "cancel"),
        "approve": at("approve", reviewed),
        "held": held.campaign.get_absolute_url() + "?all=1",
        "gate": at("gate", held),
        "gate-live": at("gate", running),
        "share": at("confirm_share", held),
        "pause": at("region_step", mine, region.pk, "pause"),
        "releases": at("releases", running),
        "release": at("release", running, 1),
        "compare": at("release_compare", running, 1, 2),
    }


@pytest.mark.once
def test_pages_are_accessible(live_server, paths):
    found = {}
    with browser() as started, page_at(started, reduced_motion="reduce") as page:
        sign_in(page, live_server.url, "martin.keller@firm.example", PASSWORD)
        for name, path in paths.items():
            page.goto(live_server.url + path)
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
            wrong = wrong_in_any_look(page)
            found |= {name: wrong} if wrong else {}
    assert found == {}


def test_pausing_takes_a_reason_and_two_clicks(live_server, paths):
    with browser() as started, page_at(started, 390) as page:
        sign_in(page, live_server.url, "martin.keller@firm.example", PASSWORD)
        page.goto(live_server.url + paths["pause"])
        page.fill("textarea[name=reason]", "Der Preis stimmt nicht")
        page.get_by_role("button", name="Pause").click()
        page.wait_for_url("**/gate/")
        assert "The region is paused and staff are told." in page.locator("#toasts").inner_text()
    assert CampaignRegion.objects.filter(running="paused").count() == 1
