"""The agent at the desk on a phone: finds in spite of a typing error, asks, and finds the team's answer."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from desk.indexing import catch_up
from tests.briefings.data import coming, confirmed_by, put_out, region_in, staff, written
from tests.e2e.pages import browser, chromium, eventually, overflow, page_at, sign_in, violations
from tests.factories import PASSWORD
from tests.factories.lifecycle import fix_release, run_region

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
PICTURES = os.environ.get("DESK_PICTURES", "")


def looks(page, name):
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert (name, overflow(page), violations(page)) == (name, 0, [])


@pytest.fixture(autouse=True)
def during():
    """The browser has a clock of its own, so this offer runs today."""


@pytest.fixture
def offer():
    """A live offer that the agent was told of; with him, its briefing's questions, and its owner."""
    campaign = coming("AT", name="Winterjacken zum halben Preis")
    today = timezone.localdate()
    campaign.regions.update(starts_on=today - timedelta(days=3), ends_on=today + timedelta(days=9))
    fix_release(campaign)
    row = region_in(campaign)
    _team, (agent,) = staff(row, 1, language="en")
    questions = [("Darf ich die Jacke waschen?", "Ja, bei **30** Grad.")]
    confirmed_by(put_out(written(row, language="en", questions=questions)), agent)
    run_region(row)
    catch_up()
    return agent, row.campaign.owner


def test_an_agent_asks_and_finds_the_answer(live_server, offer):
    agent, owner = offer
    base = live_server.url
    with browser() as started:
        with page_at(started, 390, "dark") as page:
            sign_in(page, base, agent.email, PASSWORD)
            searches(page, base)
            asks(page)
        with page_at(started, 390, "light") as page:
            sign_in(page, base, owner.email, PASSWORD)
            answers(page)
        with page_at(started, 390, "light") as page:
            sign_in(page, base, agent.email, PASSWORD)
            page.goto(f"{base}/now/?q=uebergroesse")
            assert "Ja, bis 4XL." in page.inner_text("#results")
            looks(page, "found-light")
            page.goto(f"{base}/now/questions/")
            assert "Ja, bis 4XL." in page.inner_text("main")
            looks(page, "questions-light")


def searches(page, base):
    """By keyboard, with typing errors, and for something that nobody knows."""
    page.goto(f"{base}/now/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("jakce wachsen")
    eventually(page, "document.querySelectorAll('mark.ek-hit').length > 1")
    assert "Ja, bei 30 Grad." in page.inner_text("#results")
    looks(page, "found-dark")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") == "Winterjacken zum halben Preis"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.value") == ""
    page.keyboard.type("übergröße")
    eventually(page, "document.querySelector('#results').textContent.includes('Nothing here')")
    looks(page, "nothing-dark")
    page.keyboard.press("Escape")
    page.keyboard.type("jacke")
    eventually(page, "document.querySelectorAll('mark.ek-hit').length > 0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/now/*/")


def asks(page):
    """From the offer that is open."""
    page.click("text=Send a question")
    page.fill("[name=said]", "Gibt es die Jacke in Übergröße?")
    looks(page, "ask-dark")
    page.click("main button[type=submit]")
    page.wait_for_url("**/now/questions/*")
    looks(page, "questions-dark")


def answers(page):
    """From Home."""
    page.click("main >> text=Gibt es die Jacke in Übergröße?")
    page.fill("[name=question]", "Gibt es Übergrößen?")
    page.fill("[name=answer]", "Ja, bis 4XL.")
    looks(page, "answer-light")
    page.click("main button.btn-primary")
    page.wait_for_load_state()
    looks(page, "answered-light")
