"""The components in a real browser: axe-core, no sideways scrolling, scripts under the strict policy."""

from pathlib import Path

import pytest

from accounts.permissions import public
from tests.e2e.pages import browser, chromium, eventually, page_at, sign_in, violations, wrong_in_any_look
from tests.factories import PASSWORD, UserFactory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.core.gallery.urls"),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
TEMPLATES = Path(__file__).parent / "gallery" / "templates"


@pytest.fixture
def open_gallery(settings, monkeypatch):
    config = dict(settings.TEMPLATES[0])
    settings.TEMPLATES = [config | {"DIRS": [TEMPLATES, *config["DIRS"]]}]
    monkeypatch.setattr("accounts.middleware.access_for", lambda name: public())


def test_components(open_gallery, live_server):
    person = UserFactory()
    with browser() as started, page_at(started, theme="dark", reduced_motion="reduce") as page:
        page.goto(f"{live_server.url}/accounts/login/")
        assert wrong_in_any_look(page) == []
        sign_in(page, live_server.url, person.email, PASSWORD)
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            page.goto(f"{live_server.url}/gallery/")
            assert page.evaluate("document.documentElement.dataset.bsTheme") == theme
        assert wrong_in_any_look(page) == []
        page.click("[data-dialog=sure]")
        assert wrong_in_any_look(page) == []


def test_scripts_of_the_frame(open_gallery, live_server):
    person = UserFactory()
    with browser() as started, page_at(started, 390) as page:
        sign_in(page, live_server.url, person.email, PASSWORD)
        page.goto(f"{live_server.url}/gallery/")
        page.click("[data-menu]")
        page.click(".ek-side__menu > summary")
        with page.expect_response(lambda answer: "/look/theme/" in answer.url) as told:
            page.click("button[name=theme][value=dark]")
        assert told.value.status == 204
        assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
        assert violations(page) == []
        page.keyboard.press("Escape")
        person.refresh_from_db()
        assert person.theme == "dark"


def test_an_unsaved_draft_is_offered_and_put_back(open_gallery, live_server):
    person = UserFactory()
    with browser() as started, page_at(started) as page:
        sign_in(page, live_server.url, person.email, PASSWORD)
        page.goto(f"{live_server.url}/gallery/?draft=1")
        page.fill("#id_note", "not saved yet")
        eventually(page, "sessionStorage.getItem('ek-draft:gallery')?.includes('not saved yet')")
        page.reload()
        page.click("[data-restore]")
        assert page.input_value("#id_note") == "not saved yet"
        # A form that was sent and led on to another page is saved: nothing of it is offered any more.
        page.goto(f"{live_server.url}/saved/?draft=1")
        page.fill("#id_note", "saved")
        page.evaluate("document.querySelector('form[data-draft]').requestSubmit()")
        page.wait_for_url("**/gallery/")
        assert page.evaluate("sessionStorage.getItem('ek-draft:gallery')") is None


def test_a_lost_session_keeps_the_form(open_gallery, live_server):
    person = UserFactory()
    with browser() as started, page_at(started) as page:
        sign_in(page, live_server.url, person.email, PASSWORD)
        page.goto(f"{live_server.url}/closed/?draft=1")
        page.fill("#id_note", "long work")
        # An answer that is still under way could bring the session back.
        page.wait_for_load_state("networkidle")
        page.context.clear_cookies(name="sessionid")
        page.click(".ek-savebar button")
        page.wait_for_selector("[data-kept]")
        assert violations(page) == []
        with page.context.expect_page() as tab:
            page.click("text=Sign in in a new tab")
        tab.value.fill("input[name=login]", person.email)
        tab.value.fill("input[type=password]", PASSWORD)
        tab.value.click("main form button.btn-primary")
        tab.value.wait_for_url(lambda url: "/accounts/login" not in url)
        page.click("[data-kept] button")
        page.wait_for_selector("#id_note")
        assert page.input_value("#id_note") == "long work"
