"""The pages of briefings in a real browser: axe-core, no sideways scrolling, confirming by htmx."""

import os
from pathlib import Path

import pytest

from briefings.models import Confirmation
from tests.briefings.data import bring, coming, confirmed_by, put_out, region_in, set_price, staff, written
from tests.e2e.pages import browser, chromium, eventually, page_at, sign_in, violations, wrong_in_any_look
from tests.factories import PASSWORD
from tests.factories.lifecycle import fix_release

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
PICTURES = os.environ.get("BRIEFING_PICTURES", "")


@pytest.fixture
def scene():
    """Two regions; in AT a second version with a lower price, confirmed before by one of three."""
    campaign = coming("AT", "CH", name="Rauris all-weather jacket")
    region = region_in(campaign)
    _team, people = staff(region, 3)
    questions = [("I paid 169 € last week?", "Yes, within **14 days**."), ("Children's sizes?", "No.")]
    texts = {"for_whom": "Everybody with a customer card", "benefit": "60 days to return, worn too"}
    briefing = written(region, questions=questions, **texts)
    confirmed_by(put_out(briefing), people[0])
    set_price(campaign, "149.00")
    fix_release(campaign)
    bring(put_out(briefing).deliveries.filter(user=people[1]), "failed")
    return campaign, briefing, people


def look(page, address, name):
    page.goto(address)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert (name, wrong_in_any_look(page)) == (name, [])


@pytest.mark.once
def test_pages_of_readers_and_authors(scene, live_server):
    campaign, briefing, people = scene
    base, pk = live_server.url, briefing.pk
    with browser() as started:
        with page_at(started, reduced_motion="reduce") as page:
            sign_in(page, base, people[0].email, PASSWORD)
            look(page, f"{base}/briefings/", "inbox")
            look(page, f"{base}/briefings/{pk}/", "read")
        with page_at(started, reduced_motion="reduce") as page:
            sign_in(page, base, campaign.owner.email, PASSWORD)
            look(page, f"{base}/campaigns/{campaign.pk}/briefings/", "tab")
            for part in ("edit/", "publish/", "versions/", "versions/2/", "versions/2/deliveries/"):
                look(page, f"{base}/briefings/{pk}/{part}", part.strip("/").replace("/", "-"))


def test_confirming_in_place(scene, live_server):
    _campaign, briefing, people = scene
    with browser() as started, page_at(started, 390) as page:
        sign_in(page, live_server.url, people[0].email, PASSWORD)
        page.goto(f"{live_server.url}/briefings/{briefing.pk}/")
        page.click(".ek-confirm button")
        eventually(page, "!!document.querySelector('.ek-confirm[role=status]')")
        assert violations(page) == []
    assert Confirmation.objects.filter(version__number=2, user=people[0]).count() == 1
