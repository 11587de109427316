"""Takes pictures of the running trial's pages and prints what axe-core finds on them.

`python docs/pictures.py [NAME ...] [--base URL] [--out FOLDER]` signs in as the demo person of each page, at
three widths, in light and dark, German and English. For looking at pages after every change.

`python docs/pictures.py --docs [NAME ...] [--base URL]` takes the few pictures that the documentation shows,
into docs/images. Take them from a freshly loaded demo.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image
from playwright.sync_api import Browser, Page

from tests.e2e.pages import WIDTHS, browser, overflow, page_at, sign_in, violations

BASE = "http://127.0.0.1:8000"
PASSWORD = "einklang-demo"
IMAGES = Path(__file__).resolve().parent / "images"
SESSIONS: dict[str, dict] = {}


@dataclass(frozen=True)
class Picture:
    """A page to look at: its address and the demo person who opens it (none for before signing in)."""

    name: str
    path: str
    person: str = ""


@dataclass(frozen=True)
class Shown:
    """A picture of the documentation: which page, how wide and high (pixels of the page), from where on."""

    name: str
    width: int
    height: int
    scale: int = 1
    top: str = ""


COMPANY = "bergmann-soehne.example"
JANA, MURAT, SABINE = f"jana.bergmann@{COMPANY}", f"murat.yildiz@{COMPANY}", f"sabine.kern@{COMPANY}"
MARTIN, TOBIAS, SIMON = f"martin.keller@{COMPANY}", f"tobias.brandt@{COMPANY}", f"simon.adler@{COMPANY}"
HELEN, KATHARINA = f"helen.whitfield@{COMPANY}", f"katharina.leitner@{COMPANY}"
CLAUDIA, NADINE, PAUL = f"claudia.seidel@{COMPANY}", f"nadine.kruse@{COMPANY}", f"paul.richter@{COMPANY}"

# Numbers as a fresh trial has them: 1 is "Draußen zuhause", 2 "Gut geschlafen", 3 a live one, 9 the draft.
PICTURES = [
    Picture("login", "/accounts/login/"),
    Picture("password-reset", "/accounts/password/reset/"),
    Picture("home", "/", JANA),
    Picture("home-manager", "/", MARTIN),
    Picture("home-expert", "/", TOBIAS),
    Picture("home-partner", "/", CLAUDIA),
    Picture("home-staff", "/", MURAT),
    Picture("home-lead", "/", SABINE),
    Picture("campaigns", "/campaigns/", JANA),
    Picture("campaigns-none", "/campaigns/?text=zzzz", JANA),
    Picture("campaign", "/campaigns/1/", JANA),
    Picture("campaign-live", "/campaigns/3/", MARTIN),
    Picture("campaign-draft", "/campaigns/9/", JANA),
    Picture("campaign-partner", "/campaigns/1/", CLAUDIA),
    Picture("strategy", "/strategy/1/", JANA),
    Picture("strategy-owner", "/strategy/1/", MARTIN),
    Picture("themes", "/themes/", JANA),
    Picture("theme", "/themes/1/", JANA),
    Picture("theme-new", "/themes/new/", JANA),
    Picture("decisions", "/decisions/", JANA),
    Picture("decisions-none", "/decisions/?text=zzzz", JANA),
    Picture("decision", "/decisions/1/", MARTIN),
    Picture("decision-new", "/decisions/new/?campaign=9", JANA),
    Picture("campaign-decisions", "/campaigns/2/decisions/", JANA),
    Picture("target-groups", "/target-groups/", JANA),
    Picture("target-group", "/target-groups/1/", JANA),
    Picture("target-group-form", "/target-groups/1/edit/", JANA),
    Picture("target-group-channels", "/target-groups/1/channels/", JANA),
    Picture("overlap", "/target-groups/overlap/", JANA),
    Picture("touchpoints", "/campaigns/1/touchpoints/", JANA),
    Picture("touchpoints-draft", "/campaigns/9/touchpoints/", JANA),
    Picture("touchpoint-left-out", "/campaigns/9/touchpoints/3/leave-out/", JANA),
    Picture("campaign-team", "/campaigns/1/team/", JANA),
    Picture("team-partner", "/campaigns/2/team/", CLAUDIA),
    Picture("team-invite", "/campaigns/1/team/invite/", JANA),
    Picture("team-topics", "/campaigns/2/team/changes/", CLAUDIA),
    Picture("activity", "/campaigns/1/activity/", JANA),
    Picture("plan", "/campaigns/9/edit/", JANA),
    Picture("plan-new", "/campaigns/new/", JANA),
    Picture("document", "/campaigns/1/plan/", JANA),
    Picture("links", "/campaigns/1/links/", JANA),
    Picture("stages", "/campaigns/2/stages/", JANA),
    Picture("import", "/campaigns/import/", JANA),
    Picture("copy", "/campaigns/1/copy/", JANA),
    Picture("campaign-templates", "/campaigns/templates/", JANA),
    Picture("campaign-template-use", "/campaigns/templates/1/use/", JANA),
    Picture("calendar", "/calendar/", JANA),
    Picture("calendar-open", "/calendar/?open=c2", JANA),
    Picture("calendar-none", "/calendar/?on=2031-01-01", JANA),
    Picture("week", "/calendar/?view=week", JANA),
    Picture("timeline", "/timeline/", JANA),
    Picture("timeline-channels", "/timeline/?group=channel", JANA),
    Picture("calendar-views", "/calendar/views/", JANA),
    Picture("calendar-feed", "/calendar/feed/", JANA),
    Picture("portfolio", "/portfolio/", MARTIN),
    Picture("portfolio-none", "/portfolio/?start=2031-1", MARTIN),
    Picture("load", "/portfolio/load/", MARTIN),
    Picture("warnings", "/portfolio/warnings/", MARTIN),
    Picture("limits", "/portfolio/limits/", MARTIN),
    Picture("budget", "/campaigns/9/budget/", MARTIN),
    Picture("budget-live", "/campaigns/1/budget/", JANA),
    Picture("spending", "/campaigns/1/budget/spending/", JANA),
    Picture("budget-history", "/campaigns/1/budget/history/", JANA),
    Picture("scenarios", "/campaigns/2/budget/scenarios/", JANA),
    Picture("message", "/campaigns/2/message/", JANA),
    Picture("message-expert", "/campaigns/2/message/", TOBIAS),
    Picture("core", "/campaigns/2/message/core/", JANA),
    Picture("fact", "/campaigns/2/message/facts/7/", JANA),
    Picture("variant", "/campaigns/2/message/variants/32/", TOBIAS),
    Picture("message-versions", "/campaigns/2/message/versions/fact/7/", JANA),
    Picture("reviews", "/campaigns/2/reviews/", JANA),
    Picture("review-inbox", "/campaigns/reviews/", HELEN),
    Picture("review", "/campaigns/reviews/8/", HELEN),
    Picture("review-again", "/campaigns/reviews/5/", KATHARINA),
    Picture("gate", "/campaigns/1/gate/", JANA),
    Picture("gate-manager", "/campaigns/1/gate/", MARTIN),
    Picture("gate-review", "/campaigns/2/gate/", JANA),
    Picture("step", "/campaigns/1/step/change/", JANA),
    Picture("approve", "/campaigns/2/approve/", MARTIN),
    Picture("releases", "/campaigns/1/releases/", JANA),
    Picture("release", "/campaigns/1/releases/1/", JANA),
    Picture("kpis", "/campaigns/1/kpis/", JANA),
    Picture("kpi-catalogue", "/kpis/", MARTIN),
    Picture("briefings", "/campaigns/1/briefings/", JANA),
    Picture("briefing-edit", "/briefings/7/edit/", JANA),
    Picture("briefing-publish", "/briefings/7/publish/", JANA),
    Picture("briefing-versions", "/briefings/7/versions/", JANA),
    Picture("briefing-mails", "/briefings/7/versions/1/deliveries/", JANA),
    Picture("briefing-start", "/briefings/7/start/", JANA),
    Picture("briefing-take", "/briefings/7/take/template-1/", JANA),
    Picture("check-results", "/briefings/19/versions/2/", NADINE),
    Picture("templates", "/briefings/templates/", JANA),
    Picture("template-new", "/briefings/templates/new/", JANA),
    Picture("template", "/briefings/templates/1/edit/", JANA),
    Picture("asked", "/briefings/questions/", NADINE),
    Picture("asked-manager", "/briefings/questions/", MARTIN),
    Picture("asked-question", "/briefings/questions/3/", NADINE),
    Picture("asked-homeless", "/briefings/questions/5/", MARTIN),
    Picture("inbox", "/briefings/", MURAT),
    Picture("briefing", "/briefings/7/", MURAT),
    Picture("briefing-team", "/briefings/7/team/", SABINE),
    Picture("training", "/training/", MURAT),
    Picture("training-team", "/teams/1/training/", SABINE),
    Picture("now", "/now/", MURAT),
    Picture("now-search", "/now/?q=soken", MURAT),
    Picture("now-offer", "/now/1/", MURAT),
    Picture("ask", "/now/ask/", MURAT),
    Picture("questions", "/now/questions/", PAUL),
    Picture("questions-none", "/now/questions/", SABINE),
    Picture("operations", "/operations/", SIMON),
    Picture("channels", "/channels/", MARTIN),
    Picture("channel", "/channels/1/", MARTIN),
    Picture("channel-edit", "/channels/1/edit/", MARTIN),
    Picture("teams", "/teams/", MARTIN),
    Picture("team", "/teams/1/", MARTIN),
    Picture("team-edit", "/teams/1/edit/", MARTIN),
    Picture("settings", "/settings/", MURAT),
    Picture("mailbox", "/mailbox/"),
    Picture("not-found", "/campaigns/99999/", JANA),
    Picture("admin", "/admin/", SIMON),
    Picture("admin-people", "/admin/accounts/user/", SIMON),
]
DOCS = [
    Shown("home", 1440, 960),
    Shown("campaign", 1440, 1010),
    Shown("message", 1440, 1010),
    Shown("gate", 1440, 1160),
    Shown("review", 390, 844, scale=2, top=".ek-passage--now"),
    Shown("briefing", 390, 844, scale=2),
    Shown("briefing-edit", 1440, 960),
    Shown("check-results", 1440, 640),
    Shown("training-team", 1440, 640),
    Shown("asked-question", 1440, 960),
    Shown("now-search", 390, 844, scale=2),
    Shown("calendar", 1440, 1010),
    Shown("portfolio", 1440, 1010),
    Shown("touchpoints", 1440, 1160),
    Shown("budget-live", 1440, 1010),
]


def say(page: Page, label: str) -> int:
    """Print what is wrong with the page as it is; the number of findings."""
    found = violations(page)
    wide = overflow(page)
    if wide:
        found.append(f"can be scrolled {wide} px sideways")
    print(f"{label}: {'ok' if not found else ''}")
    for line in found:
        print(f"    {line}")
    return len(found)


def prefer(page: Page, base: str, **choices: str) -> None:
    """Set the signed-in person's theme and language, as the menu does."""
    token = next(c["value"] for c in page.context.cookies(base) if c["name"] == "csrftoken")
    for name, value in choices.items():
        form = {name: value, "csrfmiddlewaretoken": token}
        answer = page.request.post(
            f"{base}/look/{name}/", form=form, headers={"X-Requested-With": "pictures"}
        )
        assert answer.status == 204, answer.status


@contextmanager
def opened(
    started: Browser,
    args: argparse.Namespace,
    picture: Picture,
    language: str,
    width: int,
    theme: str,
    **how: Any,
) -> Iterator[Page]:
    """The page as its person sees it, in a language and theme; each person signs in once per run."""
    kept = SESSIONS.get(picture.person)
    with page_at(started, width, theme, locale=language, storage_state=kept, **how) as page:
        if picture.person and not kept:
            sign_in(page, args.base, picture.person, args.password)
            SESSIONS[picture.person] = page.context.storage_state()
        if picture.person:
            prefer(page, args.base, theme=theme, language=language)
        page.goto(args.base + picture.path)
        page.wait_for_load_state("networkidle")
        yield page


def take(started: Browser, args: argparse.Namespace, picture: Picture, language: str) -> int:
    """All pictures of one page in one language; the number of findings."""
    wrong = 0
    for width, theme in product(args.widths, args.themes):
        with opened(started, args, picture, language, width, theme) as page:
            label = f"{picture.name}-{language}-{width}-{theme}"
            wrong += say(page, label)
            if not args.fold:
                # As high as the page: what sticks to the window's edge then stands at its end.
                height = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=args.out / f"{label}.png")
    return wrong


def lighten(path: Path) -> None:
    """Keep 256 colours, which a page of ours hardly passes: a third of the size."""
    Image.open(path).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def take_for_docs(started: Browser, args: argparse.Namespace) -> None:
    """The pictures of the documentation, in English and light; then the people are as they were."""
    by_name = {picture.name: picture for picture in PICTURES}
    IMAGES.mkdir(exist_ok=True)
    for shown in (shown for shown in DOCS if not args.names or shown.name in args.names):
        picture = by_name[shown.name]
        how = {"device_scale_factor": shown.scale}
        with opened(started, args, picture, "en", shown.width, "light", **how) as page:
            page.set_viewport_size({"width": shown.width, "height": shown.height})
            if shown.top:
                page.locator(shown.top).first.evaluate("part => scrollTo(0, part.offsetTop - 90)")
            path = IMAGES / f"{shown.name}.png"
            page.screenshot(path=path)
            lighten(path)
            print(f"{path.relative_to(IMAGES.parent.parent)}: {path.stat().st_size // 1024} KB")
            prefer(page, args.base, theme="auto", language="en" if picture.person == HELEN else "de")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="only these pages")
    parser.add_argument("--base", default=BASE)
    parser.add_argument("--password", default=PASSWORD)
    parser.add_argument("--out", type=Path, default=Path("var/pictures"))
    parser.add_argument("--widths", type=int, nargs="+", default=list(WIDTHS))
    parser.add_argument("--themes", nargs="+", choices=["light", "dark"], default=["light", "dark"])
    parser.add_argument("--languages", nargs="+", choices=["de", "en"], default=["de", "en"])
    parser.add_argument("--docs", action="store_true", help="only the pictures of the documentation")
    parser.add_argument("--fold", action="store_true", help="only what is seen without scrolling")
    return parser.parse_args()


def main() -> int:
    """0 when every page is in order, 1 when axe-core or the width complains."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = [p for p in PICTURES if not args.names or p.name in args.names]
    with browser() as started:
        if args.docs:
            take_for_docs(started, args)
            return 0
        wrong = sum(take(started, args, picture, lang) for picture in wanted for lang in args.languages)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
