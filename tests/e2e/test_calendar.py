"""A flight moved by mouse, keyboard and form, stretched, undone, and moved by somebody else meanwhile."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from campaigns.models import Flight
from campaigns.services import flights
from tests.dashboard.calendar_data import Scene
from tests.e2e.pages import browser, eventually, page_at, sign_in, violations
from tests.factories import PASSWORD

pytestmark = [pytest.mark.e2e, pytest.mark.once, pytest.mark.django_db(transaction=True)]
MONTH, TIMELINE = "/calendar/?on=2026-09-01", "/timeline/?on=2026-09-14"


def days(flight: Flight) -> tuple[str, str, int]:
    now = Flight.objects.get(pk=flight.pk)
    return now.starts_on.isoformat(), now.ends_on.isoformat(), now.version


def settled(page: Page, key: str, version: int) -> None:
    """Wait until the bar has this version and nothing is under way."""
    bar = f"document.querySelector('#plan-grid [data-bar={key}]')"
    idle = "!document.querySelector('#plan[aria-busy], .ek-ev[aria-busy], .ek-ev--ghost')"
    eventually(page, f"{bar}?.dataset.version === '{version}' && {idle}")


def drag(page: Page, key: str, by: float, *, at: float = 0.5) -> None:
    """Pull the bar sideways, taken at a share of its width."""
    box = page.locator(f"#plan-grid [data-bar={key}]").first.bounding_box()
    x, y = box["x"] + box["width"] * at, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + by / 2, y, steps=3)
    page.mouse.move(x + by, y, steps=3)
    page.mouse.up()


def test_a_flight_is_moved_by_every_way_and_nothing_is_lost(live_server: LiveServer) -> None:
    scene = Scene()
    flight, key = scene.flight, f"f{scene.flight.pk}"
    with browser() as started, page_at(started, 1440) as page:
        sign_in(page, live_server.url, scene.owner.email, PASSWORD)
        by_mouse(page, live_server.url, flight, key)
        by_keyboard(page, flight, key)
        on_the_timeline(page, live_server.url, flight, key)
        by_form_and_against_another(page, live_server.url, flight, key, scene)
        by_finger_in_the_row_of_a_region(page, live_server.url, scene)


def by_mouse(page: Page, url: str, flight: Flight, key: str) -> None:
    page.goto(url + MONTH)
    column = page.locator("#plan-grid .ek-week").first.bounding_box()["width"] / 7
    drag(page, key, column)
    settled(page, key, 2)
    assert days(flight) == ("2026-09-23", "2026-09-26", 2)
    page.get_by_role("button", name="Undo").click()
    settled(page, key, 3)
    assert days(flight) == ("2026-09-22", "2026-09-25", 3)
    drag(page, key, column, at=0.99)
    settled(page, key, 4)
    assert days(flight) == ("2026-09-22", "2026-09-26", 4)
    # Out of its campaign: refused, and back where it was.
    drag(page, key, -2 * column)
    expect(page.locator(".ek-toast[data-plan]")).to_contain_text("The campaign is here only from")
    assert days(flight) == ("2026-09-22", "2026-09-26", 4)
    eventually(page, "!document.querySelector('.ek-ev--ghost')")


def by_keyboard(page: Page, flight: Flight, key: str) -> None:
    page.locator(f"#plan-grid [data-bar={key}]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("#plan-says")).to_contain_text("23 Sept – 26 Sept")
    page.keyboard.press("Enter")
    settled(page, key, 5)
    assert days(flight) == ("2026-09-23", "2026-09-26", 5)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#plan-says")).to_contain_text("back where it was")
    page.keyboard.press("Enter")
    expect(page.locator("#panel h2")).to_have_text("E-mail")
    assert f"open={key}" in page.url


def on_the_timeline(page: Page, url: str, flight: Flight, key: str) -> None:
    page.goto(url + TIMELINE)
    day = page.locator("#plan-grid .ek-tl__lane").nth(1).bounding_box()["width"] / 91
    drag(page, key, 5 * day)
    settled(page, key, 6)
    assert days(flight) == ("2026-09-28", "2026-10-01", 6)
    page.keyboard.press("Control+z")
    settled(page, key, 7)
    assert days(flight) == ("2026-09-23", "2026-09-26", 7)


def by_form_and_against_another(page: Page, url: str, flight: Flight, key: str, scene: Scene) -> None:
    page.goto(f"{url}{MONTH}&open={key}")
    page.fill("#id_panel_ends_on", "2026-09-28")
    page.get_by_role("button", name="Save period").click()
    settled(page, key, 8)
    assert days(flight) == ("2026-09-23", "2026-09-28", 8)
    # Somebody else moves it while this page is open: by mouse and by form one is told, and nothing is lost.
    theirs = {"starts_on": date(2026, 10, 5), "ends_on": date(2026, 10, 6)}
    flights.move_flight(flight=flight, by=scene.owner, expected=8, **theirs)
    page.locator(f"#plan-grid [data-bar={key}]").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator(".ek-toast[data-plan]")).to_contain_text("Jana B changed this in the meantime")
    page.fill("#id_panel_ends_on", "2026-09-29")
    page.get_by_role("button", name="Save period").click()
    expect(page.locator("#panel [role=alert]")).to_contain_text("it is now 5")
    assert page.input_value("#id_panel_ends_on") == "2026-09-29"
    assert violations(page) == []
    page.get_by_role("button", name="Save period").click()
    settled(page, key, 10)
    assert days(flight) == ("2026-09-23", "2026-09-29", 10)


def at_rest(page: Page) -> None:
    """A page that was pushed goes on for a while after the finger has left it."""
    before, now = -1, page.evaluate("window.scrollY")
    while before != now:
        page.wait_for_timeout(150)
        before, now = now, page.evaluate("window.scrollY")


def by_finger_in_the_row_of_a_region(page: Page, url: str, scene: Scene) -> None:
    """A finger that moves at once scrolls; one that rests takes the bar, and the page stands still."""
    page.set_viewport_size({"width": 1440, "height": 560})
    page.goto(f"{url}/timeline/?on=2026-09-14&group=region")
    region = scene.mine.regions.get(region=scene.uk)
    bar = page.locator(f"#plan-grid [data-bar=r{region.pk}]")
    day = page.locator("#plan-grid .ek-tl__lane").nth(1).bounding_box()["width"] / 91
    version = int(bar.get_attribute("data-version"))
    finger = page.context.new_cdp_session(page)
    finger.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def edge() -> tuple[float, float]:
        box = bar.bounding_box()
        return box["x"] + box["width"] - 6, box["y"] + box["height"] / 2

    def touch(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": left, "y": top} for left, top in points]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    bar.scroll_into_view_if_needed()
    before = page.evaluate("window.scrollY")
    x, y = edge()
    touch("touchStart", (x, y))
    touch("touchMove", (x, y - 40))
    touch("touchMove", (x, y - 80))
    touch("touchEnd")
    eventually(page, f"window.scrollY > {before}")
    bar.scroll_into_view_if_needed()
    at_rest(page)
    x, y = edge()
    touch("touchStart", (x, y))
    eventually(page, "document.querySelector('.ek-ev--drag')")
    touch("touchMove", (x - 2 * day, y))
    touch("touchMove", (x - 4 * day, y))
    touch("touchEnd")
    settled(page, f"r{region.pk}", version + 1)
    region.refresh_from_db()
    assert (str(region.starts_on), str(region.ends_on)) == ("2026-09-21", "2026-10-27")
