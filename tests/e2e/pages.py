"""A real browser for tests and pictures: Debian's Chromium, axe-core from tests/vendor, screenshots."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

AXE = Path(__file__).parent.parent / "vendor" / "axe" / "axe.min.js"
WIDTHS = (390, 768, 1440)
HEIGHTS = {390: 844, 768: 1024, 1440: 900}
# Each width in each theme, as neighbours that differ in one of them.
LOOKS = ((390, "light"), (390, "dark"), (1440, "dark"), (1440, "light"))
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def chromium() -> str | None:
    """Path of an installed Chromium, None when there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser that is closed at the end. Tests may ask Django meanwhile."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def page_at(started: Browser, width: int = 1440, theme: str = "light", **context: object) -> Iterator[Page]:
    """A page of its own session at a width, in a theme; script errors and CSP refusals fail the test."""
    own = started.new_context(
        viewport={"width": width, "height": HEIGHTS.get(width, 900)}, color_scheme=theme, **context
    )
    page = own.new_page()
    page.set_default_timeout(20_000)
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if is_trouble(message) else None)
    try:
        yield page
        assert not troubles, troubles
    finally:
        own.close()


def is_trouble(message: object) -> bool:
    """Refusals by the content security policy and script errors; not answers such as 409 or 401."""
    return message.type == "error" and "Failed to load resource" not in message.text


def sign_in(page: Page, base_url: str, email: str, password: str) -> None:
    """Sign in as a person does."""
    page.goto(f"{base_url}/accounts/login/")
    page.fill("input[name=login]", email)
    page.fill("input[type=password]", password)
    page.click("main form button.btn-primary")
    page.wait_for_url(lambda url: "/accounts/login" not in url)


# Half-faded colours have no honest contrast.
FADED = "document.getAnimations().every(one => !(one instanceof CSSTransition))"


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it is now, one line each; empty when all is well.

    The script is run by the browser's debugger, which the content security policy does not concern, once per
    page loaded, and as soon as no colour is changing any more.
    """
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(AXE.read_text())
    eventually(page, FADED)
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}}).then(r => r.violations)", RULES
    )
    return [
        f"{item['id']}: {item['help']} · {node['html'][:160]} · {node.get('failureSummary', '')[-140:]}"
        for item in found
        for node in item["nodes"]
    ]


def wrong_in_any_look(page: Page) -> list[str]:
    """What is wrong with the page as it is now, in both widths and both themes one after the other.

    For sessions of people who want no motion (`reduced_motion="reduce"`) and have chosen no theme.
    """
    found = []
    for width, theme in LOOKS:
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        page.emulate_media(color_scheme=theme)
        found += [f"{width} {theme}: {line}" for line in violations(page)]
        found += [f"{width} {theme}: {wide} px too wide"] if (wide := overflow(page)) else []
    return found


def overflow(page: Page) -> int:
    """How many pixels the page can be scrolled sideways; 0 is right."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def eventually(page: Page, expression: str, tries: int = 200) -> None:
    """Wait until a JavaScript expression is true (Playwright waits by eval, which our policy forbids)."""
    for _attempt in range(tries):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")
