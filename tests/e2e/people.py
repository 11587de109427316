"""One person at a browser of his own, doing things as people do: by labels and button texts."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Page, expect

from tests.e2e.pages import overflow, page_at, sign_in, violations
from tests.e2e.seed import PASSWORD, email


class Person:
    """A signed-in person. Every page he opens is looked at by axe-core."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def opens(self, path: str) -> None:
        """Go to a page and check it: answered, accessible, no sideways scrolling."""
        answer = self.page.goto(path if path.startswith("http") else f"{self.url}{path}")
        assert answer.status == 200, (path, answer.status)
        self.looks()

    def looks(self) -> None:
        """The page as it is now has no violations and fits the window."""
        assert violations(self.page) == [], self.page.url
        assert overflow(self.page) == 0, self.page.url

    def fills(self, **fields: str) -> None:
        """Fill form fields of the page's main part by name."""
        for name, value in fields.items():
            self.page.locator(f"main [name='{name}']:is(input, textarea)").first.fill(value)

    def presses(self, text: str, within: str = "main") -> None:
        """Press the first visible button or link with this text and wait for the answer."""
        named = re.compile(rf"^\s*{re.escape(text)}\s*$")
        found = self.page.locator(f"{within} :is(button, a)").filter(has_text=named)
        found.locator("visible=true").first.click()
        self.page.wait_for_load_state()

    def sees(self, text: str) -> None:
        """The text stands on the page, or comes up within a few seconds."""
        expect(self.page.locator("main")).to_contain_text(text, timeout=20_000)

    def is_refused(self, path: str, status: int = 404) -> None:
        """The address answers as if it were not there."""
        assert self.page.goto(f"{self.url}{path}").status == status


@contextmanager
def people_at(started: Browser, url: str, *names: str) -> Iterator[list[Person]]:
    """Each of the named people of tests/e2e/seed.py, signed in, in a session of his own."""
    with ExitStack() as open_pages:
        found = []
        for name in names:
            page = open_pages.enter_context(page_at(started, 390 if name == "staff" else 1440))
            sign_in(page, url, email(name), PASSWORD)
            found.append(Person(page, url))
        yield found
