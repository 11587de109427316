"""The regional review in a real browser: by keyboard, in place, without scripts, and for everybody."""

import os
from pathlib import Path

import pytest
from django.urls import reverse

from campaigns.models import PassageVerdict, ReviewApproval
from tests.campaigns.review_data import (
    UNDERSTOOD,
    answer,
    approve,
    change_core,
    change_text,
    make_shared,
    review_in,
)
from tests.e2e.pages import browser, chromium, eventually, page_at, sign_in, wrong_in_any_look
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.e2e,
    pytest.mark.skipif(chromium() is None, reason="there is no Chromium"),
]
SHOTS = os.environ.get("REVIEW_SHOTS", "")


@pytest.fixture(autouse=True)
def served(settings):
    settings.ALLOWED_HOSTS = ["*"]


def shoot(page, name):
    """A picture, when somebody asked for them (REVIEW_SHOTS=folder)."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def enter(page, live_server, person, address):
    sign_in(page, live_server.url, person.email, PASSWORD)
    page.goto(f"{live_server.url}{address}")


def test_a_review_by_keyboard_in_place(live_server):
    made = make_shared()
    with browser() as started, page_at(started) as page:
        enter(page, live_server, made.helen, review_in(made, "UK").get_absolute_url())
        page.evaluate("window.stayed = true")
        assert not page.is_visible("#id_comment")
        page.keyboard.press("1")
        page.keyboard.press("Enter")
        eventually(page, "/^2 /.test(document.querySelector('#now:focus')?.innerText)")
        page.keyboard.press("2")
        assert page.is_visible("#id_comment")
        page.fill("#id_comment", "Which weather?")
        page.click("button:has-text('Save and next')")
        eventually(page, "/^3 /.test(document.getElementById('now').innerText)")
        assert page.evaluate("window.stayed") is True
        page.keyboard.press("k")
        page.wait_for_url("**at=core.promise*")
        assert page.input_value("#id_comment") == "Which weather?"
    given = [(one.passage, one.verdict) for one in PassageVerdict.objects.order_by("id")]
    assert given == [("core.claim", "clear"), ("core.promise", "unclear")]


def test_a_whole_review_without_scripts_on_a_phone(live_server):
    made = make_shared()
    with browser() as started, page_at(started, 390, java_script_enabled=False) as page:
        enter(page, live_server, made.helen, review_in(made, "UK").get_absolute_url())
        for _passage in range(7):
            page.click("label[for=verdict-clear]")
            page.click("button:has-text('Save and next')")
        page.fill("#id_understood", UNDERSTOOD)
        page.click("button:has-text('Approve exactly this text')")
        assert page.is_visible("text=Approved by Helen Whitfield")
    assert ReviewApproval.objects.get().understood == UNDERSTOOD


def test_words_changed_meanwhile_are_shown_in_place(live_server):
    made = make_shared()
    with browser() as started, page_at(started) as page:
        enter(page, live_server, made.helen, f"{review_in(made, 'UK').get_absolute_url()}?at=core.proof")
        page.click("label[for=verdict-wrong]")
        page.fill("#id_comment", "Stars of what?")
        change_core(made, proof="4,8 Sterne")
        page.click("button:has-text('Save and next')")
        eventually(page, "document.querySelector('.ek-passage--now ins')?.innerText === '8'")
        assert page.input_value("#id_comment") == "Stars of what?"
        page.click("button:has-text('Save and next')")
        eventually(page, "/^4 /.test(document.getElementById('now')?.innerText)")
    assert PassageVerdict.objects.get().text == "4,8 Sterne"


def prepared():
    """All there is to see: objections with proposals, an approval, a text asked again."""
    made = make_shared(name="Draußen zuhause")
    variant = made.campaign.variants.get(language="en")
    answer(made, "UK", "core.claim")
    answer(
        made,
        "UK",
        "core.proof",
        "unclear",
        comment="“Sterne” says nothing: of how many, by whom?",
        proposal="Rated 4.7 out of 5 by 1,200 customers",
    )
    answer(made, "UK", f"variant.{variant.pk}.headline", "offensive", comment="Sounds like being thrown out.")
    approve(made, "CH")
    made.variant("CH")
    change_text(made, "CH", body="Nur jetzt {{price}}, solange Vorrat")
    return made


@pytest.mark.once
def test_everybody_can_use_the_pages(live_server):
    made = prepared()
    review = review_in(made, "UK").get_absolute_url()
    pages = {
        made.helen: {"review": f"{review}?at=core.promise", "inbox": reverse("campaigns:review_inbox")},
        made.urs: {"again": review_in(made, "CH").get_absolute_url()},
        made.owner: {"tab": reverse("campaigns:reviews", args=[made.campaign.pk]), "readonly": review},
    }
    with browser() as started:
        for person, addresses in pages.items():
            with page_at(started, reduced_motion="reduce") as page:
                sign_in(page, live_server.url, person.email, PASSWORD)
                for name, address in addresses.items():
                    page.goto(f"{live_server.url}{address}")
                    if name == "review":
                        page.click("label[for=verdict-unclear]")
                    shoot(page, name)
                    assert (name, wrong_in_any_look(page)) == (name, [])
