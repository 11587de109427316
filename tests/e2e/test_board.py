"""A theme goes over the board by mouse and by keyboard, is dropped with its reason, moved by two at once."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.enums import Role
from accounts.models import RoleGrant
from campaigns.models import Theme
from campaigns.services import themes
from tests.e2e.pages import browser, page_at, sign_in
from tests.factories import PASSWORD, UserFactory

pytestmark = [pytest.mark.e2e, pytest.mark.once, pytest.mark.django_db(transaction=True)]


def board() -> dict[str, list[str]]:
    """Titles by column, as the database has them."""
    found: dict[str, list[str]] = {}
    for theme in Theme.objects.order_by("position", "pk"):
        found.setdefault(theme.state, []).append(theme.title)
    return found


def card(page: Page, title: str) -> object:
    return page.locator("[data-board] .ek-theme", has_text=title)


def carry(page: Page, title: str, column: str) -> None:
    """Take a card by its title and let go of it at the top of a column."""
    start = card(page, title).locator("h3").bounding_box()
    end = page.locator(f"[data-column={column}] [data-cards]").bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(end["x"] + 40, end["y"] + 60, steps=4)
    page.mouse.move(end["x"] + 40, end["y"] + 4, steps=2)
    page.mouse.up()


def test_a_theme_goes_over_the_board_by_mouse_and_by_keyboard(live_server: LiveServer) -> None:
    user = UserFactory(language="en")
    RoleGrant.objects.create(user=user, role=Role.MARKETER)
    for title in ("Repair", "Long evenings"):
        themes.add_theme(by=user, values={"title": title, "description": ""})
    with browser() as started, page_at(started, 1440) as page:
        sign_in(page, live_server.url, user.email, PASSWORD)
        page.goto(f"{live_server.url}/themes/")

        carry(page, "Repair", "discussed")
        expect(page.locator("[data-column=discussed]")).to_contain_text("Repair")
        assert board() == {"idea": ["Long evenings"], "discussed": ["Repair"]}

        by_keyboard(page)
        is_dropped(page)
        by_two_at_once(page, user)


def by_keyboard(page: Page) -> None:
    card(page, "Long evenings").locator("[data-grip]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-column=discussed] .ek-theme").first).to_contain_text("Long evenings")
    assert board() == {"discussed": ["Long evenings", "Repair"]}
    # The focus comes along.
    expect(card(page, "Long evenings").locator("[data-grip]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-column=discussed] .ek-theme").nth(1)).to_contain_text("Long evenings")
    assert board() == {"discussed": ["Repair", "Long evenings"]}


def is_dropped(page: Page) -> None:
    carry(page, "Repair", "dropped")
    page.keyboard.press("Escape")
    expect(page.locator("[data-column=discussed]")).to_contain_text("Repair")
    carry(page, "Repair", "dropped")
    page.locator("#board-reason textarea").fill("No workshop has room before May")
    page.locator("#board-reason [value=drop]").click()
    expect(page.locator("[data-column=dropped]")).to_contain_text("No workshop has room before May")
    assert board() == {"discussed": ["Long evenings"], "dropped": ["Repair"]}


def by_two_at_once(page: Page, user: object) -> None:
    theme = Theme.objects.get(title="Long evenings")
    themes.move_theme(theme=theme, state="planned", before=None, by=user, expected=theme.version)
    carry(page, "Long evenings", "idea")
    expect(page.locator("[data-column=planned]")).to_contain_text("Long evenings")
    expect(page.locator(".ek-toast[data-of-board]")).to_be_visible()
    assert board() == {"planned": ["Long evenings"], "dropped": ["Repair"]}
