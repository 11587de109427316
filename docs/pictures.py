"""Takes pictures of the running trial's pages and prints what axe-core finds on them.

`python docs/pictures.py [--base URL] [--out FOLDER] [NAME ...]` signs in as the demo person of each page, at
three widths, in light and dark, German and English. For looking at pages after every change.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, Page

from tests.e2e.pages import WIDTHS, browser, overflow, page_at, sign_in, violations

BASE = "http://127.0.0.1:8000"
PASSWORD = "einklang-demo"


@dataclass(frozen=True)
class Picture:
    """A page to look at: its address and the demo person who opens it (none for before signing in)."""

    name: str
    path: str
    person: str = ""


JANA, MURAT = "jana.bergmann@bergmann-soehne.example", "murat.yildiz@bergmann-soehne.example"
MARTIN, TOBIAS = "martin.keller@bergmann-soehne.example", "tobias.brandt@bergmann-soehne.example"
HELEN, SABINE = "helen.whitfield@bergmann-soehne.example", "sabine.kern@bergmann-soehne.example"

# Numbers as a fresh trial has them: 1 is "Draußen zuhause", 2 "Gut geschlafen", 9 the draft.
PICTURES = [
    Picture("login", "/accounts/login/"),
    Picture("home", "/", JANA),
    Picture("home-staff", "/", MURAT),
    Picture("campaigns", "/campaigns/", JANA),
    Picture("campaign", "/campaigns/1/", JANA),
    Picture("campaign-draft", "/campaigns/9/", JANA),
    Picture("plan", "/campaigns/9/edit/", JANA),
    Picture("budget", "/campaigns/9/budget/", MARTIN),
    Picture("message", "/campaigns/2/message/", JANA),
    Picture("message-expert", "/campaigns/2/message/", TOBIAS),
    Picture("reviews", "/campaigns/2/reviews/", JANA),
    Picture("review-inbox", "/campaigns/reviews/", HELEN),
    Picture("gate", "/campaigns/1/gate/", JANA),
    Picture("releases", "/campaigns/1/releases/", JANA),
    Picture("kpis", "/campaigns/1/kpis/", JANA),
    Picture("briefings", "/campaigns/1/briefings/", JANA),
    Picture("inbox", "/briefings/", MURAT),
    Picture("briefing", "/briefings/7/", MURAT),
    Picture("briefing-team", "/briefings/7/team/", SABINE),
    Picture("now", "/now/", MURAT),
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


def take(started: Browser, args: argparse.Namespace, picture: Picture, language: str) -> int:
    """All pictures of one page in one language; the number of findings."""
    wrong = 0
    for width in args.widths:
        for theme in args.themes:
            with page_at(started, width, theme, locale=language) as page:
                if picture.person:
                    sign_in(page, args.base, picture.person, args.password)
                    prefer(page, args.base, theme=theme, language=language)
                page.goto(args.base + picture.path)
                page.wait_for_load_state("networkidle")
                label = f"{picture.name}-{language}-{width}-{theme}"
                page.screenshot(path=args.out / f"{label}.png", full_page=not args.fold)
                wrong += say(page, label)
    return wrong


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
    parser.add_argument("--themes", nargs="+", default=["light", "dark"])
    parser.add_argument("--languages", nargs="+", default=["de", "en"])
    parser.add_argument("--fold", action="store_true", help="only what is seen without scrolling")
    return parser.parse_args()


def main() -> int:
    """0 when every page is in order, 1 when axe-core or the width complains."""
    args = arguments()
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = [p for p in PICTURES if not args.names or p.name in args.names]
    with browser() as started:
        wrong = sum(take(started, args, picture, lang) for picture in wanted for lang in args.languages)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
