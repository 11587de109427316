"""Every page and dialog of the demo company: axe-core, both themes and both widths in both languages.

The pages do not depend on the database, so this runs once, against the embedded trial (tests/run_all.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page

from tests.e2e.pages import HEIGHTS, browser, eventually, overflow, page_at, sign_in, violations
from tests.services import running_trial
from tests.services.trial import Trial

pytestmark = [pytest.mark.e2e, pytest.mark.once]
PASSWORD = "einklang-demo"
# Numbers as a fresh trial has them: 1 is "Draußen zuhause", 2 "Gut geschlafen", 9 the draft.
PAGES = {
    "jana.bergmann": """
        / /campaigns/ /campaigns/?text=nothing-like-this /campaigns/import/ /campaigns/new/
        /campaigns/1/ /campaigns/9/ /campaigns/1/copy/ /campaigns/1/template/ /campaigns/templates/
        /campaigns/1/plan/ /campaigns/1/links/
        /campaigns/templates/1/use/
        /campaigns/9/edit/ /campaigns/9/budget/ /campaigns/9/kpis/ /campaigns/1/budget/ /campaigns/1/kpis/
        /campaigns/1/budget/spending/ /campaigns/1/budget/history/ /campaigns/1/budget/move/
        /campaigns/1/budget/expenses/1/ /campaigns/1/budget/import/expenses/ /campaigns/2/budget/scenarios/
        /campaigns/2/budget/scenarios/new/ /campaigns/3/budget/
        /campaigns/2/message/ /campaigns/9/message/ /campaigns/2/message/core/ /campaigns/2/message/facts/new/
        /campaigns/2/message/variants/new/ /campaigns/2/reviews/ /campaigns/1/gate/ /campaigns/1/releases/
        /campaigns/1/releases/1/ /campaigns/1/briefings/ /campaigns/9/step/cancel/ /kpis/ /channels/
        /channels/1/ /teams/ /settings/ /briefings/ /now/ /now/ask/ /campaigns/404404/ /briefings/templates/
        /briefings/templates/new/ /briefings/questions/ /calendar/ /calendar/?view=week /calendar/?open=c2
        /calendar/?on=2031-01-01 /timeline/ /timeline/?group=channel /calendar/views/ /calendar/feed/
        /target-groups/ /target-groups/1/ /target-groups/1/edit/ /target-groups/1/channels/
        /target-groups/new/ /target-groups/overlap/ /campaigns/1/touchpoints/ /campaigns/9/touchpoints/
        /campaigns/1/touchpoints/?group=1 /campaigns/9/touchpoints/3/leave-out/
        /strategy/ /strategy/new/ /themes/ /themes/new/ /themes/1/ /decisions/
        /decisions/?text=nothing-like-this /decisions/new/?campaign=9 /campaigns/9/decisions/
        /campaigns/2/decisions/ /campaigns/1/team/ /campaigns/9/team/ /campaigns/1/team/invite/
        /campaigns/1/team/say/ask/ /campaigns/9/team/say/question/
        /portfolio/ /portfolio/?start=2031-1 /portfolio/?goal=1 /portfolio/load/ /portfolio/load/?by=team
        /portfolio/warnings/ /portfolio/limits/
        """,
    "martin.keller": """
        / /campaigns/9/budget/ /campaigns/1/gate/ /campaigns/2/approve/ /teams/new/ /channels/1/edit/
        /campaigns/templates/1/edit/
        /strategy/1/goals/new/ /strategy/1/edit/about/ /strategy/1/edit/means/
        /portfolio/?region=1 /portfolio/load/?by=owner&weeks=52 /portfolio/limits/
        """,
    "tobias.brandt": "/ /campaigns/2/message/ /campaigns/2/message/?show=outdated",
    "helen.whitfield": "/ /campaigns/reviews/",
    "murat.yildiz": "/ /briefings/ /now/ /now/?q=jacke /now/questions/ /training/ /settings/ /notices/",
    "sabine.kern": "/ /campaigns/2/team/ /briefings/ /teams/ /teams/1/training/ /now/questions/",
    "claudia.seidel": "/ /campaigns/ /campaigns/2/team/ /campaigns/2/team/changes/",
    "simon.adler": """
        / /portfolio/ /portfolio/limits/
        /operations/ /teams/1/training/ /admin/ /admin/accounts/user/ /admin/campaigns/campaign/
        /admin/briefings/briefing/
        """,
}
# Pages that are reached from another one, because their number is not known beforehand.
FOLLOWED = {
    "tobias.brandt": [("/campaigns/2/message/", "main a[href*='/message/variants/']")],
    "helen.whitfield": [("/campaigns/reviews/", "main a[href*='/campaigns/reviews/']")],
    "murat.yildiz": [("/briefings/", "main a[href^='/briefings/']"), ("/now/", "main a[href^='/now/']")],
    "martin.keller": [
        ("/decisions/?state=asked", "main table th a"),
        ("/decisions/?state=draft", "main table th a"),
    ],
    "jana.bergmann": [
        ("/decisions/?state=superseded", "main table th a"),
        ("/calendar/views/", "main a[href$='/links/']"),
        ("/campaigns/1/briefings/", "main a[href$='/edit/'][href^='/briefings/']"),
        ("/campaigns/1/briefings/", "main a[href$='/publish/']"),
        ("/campaigns/1/briefings/", "main a[href$='/versions/']"),
        ("/campaigns/1/briefings/", "main a[href$='/deliveries/']"),
        ("/campaigns/2/message/", "main a[href*='/message/versions/']"),
        ("/teams/", "main a[href^='/teams/']"),
        ("/briefings/templates/", "main th a[href$='/edit/']"),
        ("/briefings/questions/", "main a[href^='/briefings/questions/']"),
        ("/campaigns/3/briefings/", "main a[href$='#understood']"),
        ("/briefings/7/start/", "main a[href$='/take/template-1/']"),
    ],
}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    width: int
    theme: str


# Each page is loaded once per language and looked at twice, as by somebody who turns his device.
LOOKS = {
    "de": (Look(390, "light"), Look(1440, "dark")),
    "en": (Look(1440, "light"), Look(390, "dark")),
}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """`./run` with its demo company, which it loads on its first start."""
    with running_trial(tmp_path_factory.mktemp("demo"), seconds=600) as running:
        yield running


def problems(page: Page, address: str, looks: tuple[Look, Look]) -> list[str]:
    """What is wrong with a page, in the reader's words."""
    answer = page.goto(address)
    eventually(page, "!document.querySelector('.htmx-request')")
    found = [] if answer.status in (200, 404) else [f"answered {answer.status}"]
    is_admin = "/admin/" in address
    for look in looks:
        as_high_as_its_content(page, look.width)
        page.emulate_media(color_scheme=look.theme)
        # Colours change at once for people who want no motion.
        found += [f"{look.width} {look.theme}: {line}" for line in violations(page)]
        # Django's admin lists may scroll sideways in their own frame on phones.
        if wide := 0 if is_admin else overflow(page):
            found.append(f"{look.width} px: {wide} px too wide")
    return [f"{address}: {line}" for line in found]


def as_high_as_its_content(page: Page, width: int) -> None:
    """So that what sticks to the window's edge stands at its end and covers nothing on its way there."""
    page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": height})


def choose(page: Page, trial: Trial, language: str) -> None:
    """Set the language as the menu does, and let the theme follow the device."""
    token = next(c["value"] for c in page.context.cookies(trial.url) if c["name"] == "csrftoken")
    for name, value in (("theme", "auto"), ("language", language)):
        form = {name: value, "csrfmiddlewaretoken": token}
        answer = page.request.post(
            f"{trial.url}/look/{name}/", form=form, headers={"X-Requested-With": "test"}
        )
        assert answer.ok


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_is_accessible_and_fits(trial: Trial, language: str) -> None:
    found: list[str] = []
    looks = LOOKS[language]
    how = {"locale": language, "reduced_motion": "reduce"}
    with browser() as started:
        for person, addresses in PAGES.items():
            with page_at(started, looks[0].width, looks[0].theme, **how) as page:
                sign_in(page, trial.url, f"{person}@bergmann-soehne.example", PASSWORD)
                choose(page, trial, language)
                for path in addresses.split():
                    found += problems(page, f"{trial.url}{path}", looks)
                for path, link in FOLLOWED.get(person, []):
                    page.goto(f"{trial.url}{path}")
                    target = page.locator(link).first.get_attribute("href")
                    found += problems(page, f"{trial.url}{target}", looks)
        with page_at(started, looks[0].width, looks[0].theme, **how) as page:
            for path in ("/accounts/login/", "/accounts/password/reset/", "/mailbox/", "/s/a-guess/"):
                found += problems(page, f"{trial.url}{path}", looks)
    assert found == []
