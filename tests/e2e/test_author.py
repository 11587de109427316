"""An author asks whether a briefing is understood; staff misread a point, and the author sees which one.

The journey of a campaign (test_journey.py) is not told again: this one begins where its release is approved.
"""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from briefings.models import Confirmation
from tests.briefings.data import coming, region_in, staff
from tests.e2e.pages import browser, chromium, eventually, page_at, sign_in
from tests.e2e.people import Person
from tests.factories import PASSWORD
from tests.factories.lifecycle import fix_release

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
QUESTION = "Worn for a month and too small: what do you say?"
RIGHT, WRONG = "We take it back within 60 days", "Only unworn and in its box"
WHY = "Sixty days, worn or not."


@pytest.fixture
def region():
    """Approved, and to start in some days: nobody has been told yet. The browser has a clock of its own."""
    campaign = coming("AT", name="Winter jackets")
    starts = timezone.localdate() + timedelta(days=9)
    campaign.regions.update(starts_on=starts, ends_on=starts + timedelta(days=20))
    fix_release(campaign)
    return region_in(campaign)


def test_an_author_asks_whether_it_was_understood(live_server, region):
    _team, (agent,) = staff(region, 1, language="en")
    author = region.campaign.owner
    with browser() as started:
        with page_at(started, 1440) as page:
            jana = signed_in(page, live_server.url, author)
            writes(jana, region)
            publishes(jana)
        with page_at(started, 390, "dark") as page:
            reads(signed_in(page, live_server.url, agent))
        with page_at(started, 1440) as page:
            jana = signed_in(page, live_server.url, author)
            jana.opens(f"/campaigns/{region.campaign_id}/briefings/")
            jana.page.click("main a[href$='#understood']")
            jana.sees("0 of 1 person right at the first try")
            jana.sees(f"{WRONG}: 1 time")
            jana.sees("1 confirmation holds")
    assert Confirmation.objects.filter(user=agent).count() == 1


def signed_in(page, url, user):
    sign_in(page, url, user.email, PASSWORD)
    return Person(page, url)


def writes(jana, region):
    """From the campaign, with a question of the check; beside it the preview says it filled in."""
    jana.opens(f"/campaigns/{region.campaign_id}/briefings/")
    jana.page.locator("main button:has-text('Write the briefing')").first.click()
    jana.page.wait_for_load_state()
    jana.fills(title="Jackets for {{price}}")
    jana.page.click("summary:has-text('Ask whether it was understood')")
    check = "understanding-0"
    options = {f"{check}-option_1": WRONG, f"{check}-option_2": RIGHT}
    jana.fills(**{f"{check}-question": QUESTION, f"{check}-explanation": WHY, **options})
    jana.page.check(f"[name='{check}-right_2']")
    eventually(jana.page, f"document.querySelector('#preview').textContent.includes({WRONG!r})")
    assert "Jackets for 159\N{NO-BREAK SPACE}€" in jana.page.inner_text("#preview")
    jana.looks()


def publishes(jana):
    """What will be read stands on the page; then it goes out."""
    jana.presses("Save and go on to publishing")
    jana.sees(QUESTION)
    jana.presses("Publish to 1 person")
    jana.sees("Version 1")


def reads(anna):
    """On the phone: misread, explained, mended; only then it can be confirmed."""
    anna.opens("/briefings/")
    anna.page.click("main a:has-text('Jackets for')")
    anna.page.wait_for_load_state()
    for option, answer in ((WRONG, "Not quite."), (RIGHT, "That is right.")):
        anna.page.check(f"label:text-is('{option}')")
        anna.page.click("text=Check my answers")
        eventually(anna.page, f"document.querySelector('#check').textContent.includes({answer!r})")
        anna.sees(WHY)
        anna.looks()
    # Printed, it fits on one sheet.
    assert len(re.findall(rb"/Type\s*/Page\b", anna.page.pdf(format="A4"))) == 1
    anna.page.click("#confirm-form button")
    eventually(anna.page, "!!document.querySelector('.ek-confirm[role=status]')")
    anna.looks()
