"""The installed app: briefings read last stay readable without a connection, until the reader signs out."""

import json
from collections.abc import Iterator

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import WSGIServer
from django.test.testcases import LiveServerThread, QuietWSGIRequestHandler
from playwright.sync_api import Page, expect

from tests.briefings.data import coming, put_out, region_in, staff, written
from tests.e2e.pages import browser, chromium, eventually, overflow, page_at, sign_in, violations
from tests.factories import PASSWORD
from tests.factories.lifecycle import fix_release

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
READY = "navigator.serviceWorker.controller !== null"
KEPT = "caches.open('pages').then(cache => cache.keys()).then(keys => keys.length)"


class OneAnswerAtATime(QuietWSGIRequestHandler):
    """Hangs up after each answer, so that a stopped server has stopped for everybody."""

    protocol_version = "HTTP/1.0"


class Server(LiveServerThread):
    """Django's live server without connections that outlive it."""

    def _create_server(self, *args: object, **kwargs: object) -> WSGIServer:
        server = super()._create_server(*args, **kwargs)
        server.RequestHandlerClass = OneAnswerAtATime
        return server


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of this test's own, since it is stopped in the middle."""
    thread = Server("localhost", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None
    yield thread
    thread.terminate()


def installed(page: Page) -> None:
    """The worker has taken over, and what the page is made of is kept."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    eventually(page, READY)
    eventually(page, "caches.open('assets').then(cache => cache.keys()).then(keys => keys.length > 10)")


def test_what_was_read_stays_readable(server):
    region = region_in(coming("AT", name="Rauris"))
    _team, (agent, *_others) = staff(region, 2)
    fix_release(region.campaign)
    briefing = written(region)
    put_out(briefing)
    base = f"http://localhost:{server.port}"
    path = f"{base}/briefings/{briefing.pk}/"
    with browser() as started, page_at(started, 360) as page:
        sign_in(page, base, agent.email, PASSWORD)
        installed(page)
        page.goto(path)
        eventually(page, f"{KEPT}.then(n => n === 1)")
        page.click(".ek-confirm button")
        expect(page.locator(".ek-confirm[role=status]")).to_be_visible()
        title = page.locator("h1").inner_text()
        server.terminate()
        page.goto(path)
        expect(page.locator("h1")).to_have_text(title)
        expect(page.get_by_text("this page was kept on your device")).to_be_visible()
        assert (overflow(page), violations(page)) == (0, [])
        page.goto(f"{base}/settings/")
        expect(page.locator("h1")).to_have_text("Einklang cannot be reached")
        expect(page.get_by_role("link", name=title)).to_be_visible()
        assert (overflow(page), violations(page)) == (0, [])


def test_signing_out_leaves_nothing_on_the_device(server):
    region = region_in(coming("AT", name="Rauris"))
    _team, (agent, *_others) = staff(region, 1)
    fix_release(region.campaign)
    briefing = written(region)
    put_out(briefing)
    base = f"http://localhost:{server.port}"
    with browser() as started, page_at(started, 1440) as page:
        sign_in(page, base, agent.email, PASSWORD)
        installed(page)
        page.goto(f"{base}/briefings/{briefing.pk}/")
        eventually(page, f"{KEPT}.then(n => n === 1)")
        page.locator(".ek-side__me").click()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/accounts/login/**")
        server.terminate()
        page.goto(f"{base}/briefings/{briefing.pk}/")
        expect(page.locator("h1")).to_have_text("Einklang cannot be reached")
        expect(page.locator("[data-kept-list]")).to_be_hidden()


def test_the_manifest_names_icons_that_exist(client):
    words = json.loads(client.get("/manifest.webmanifest").content)
    assert (words["start_url"], words["display"]) == ("/", "standalone")
    assert [one["sizes"] for one in words["icons"]] == ["192x192", "512x512", "512x512"]
    assert [one["url"] for one in words["shortcuts"]] == ["/now/", "/briefings/"]
