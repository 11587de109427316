"""The main job, end to end: five people plan, review, brief, release and launch one campaign.

Against `./run`'s own processes (real Redis, worker and beat, mail caught over SMTP), on the database the
tests run on.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Locator, expect

from tests.e2e.pages import browser
from tests.e2e.people import Person, people_at
from tests.e2e.seed import email
from tests.services import fill_postgres, running_trial, throwaway_postgres, wait_until
from tests.services.trial import ROOT, Trial, migrated_sqlite, trial_environment

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
CORE = {
    "claim": "Der Schnee ruft.",
    "promise": "Die Jacke Rauris für {{price}} hält dich warm.",
    "proof": "Wasserdicht bis 20.000 mm.",
    "call_to_action": "Jetzt in der Filiale probieren.",
    "tone": "nah und ruhig",
}


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """`./run` with the small company of seed.py, on this run's kind of database."""
    on_postgres = connection.vendor == "postgresql"
    with throwaway_postgres() if on_postgres else nullcontext() as url:
        env = {"DATABASE_URL": url} if on_postgres else {}
        if on_postgres:
            fill_postgres(url)
        else:
            migrated_sqlite(tmp_path)
        _manage(tmp_path, env, "shell", "-v0", "-c", "from tests.e2e.seed import plant; plant()")
        with running_trial(tmp_path, env=env) as running:
            yield running


def _manage(var: Path, env: dict[str, str], *arguments: str) -> None:
    environment = trial_environment(var, env) | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


def caught(var: Path, to: str) -> list[dict[str, str]]:
    """Subject and text of the mails a person got, oldest first."""
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(var.glob("mail/*.eml"))
    ]
    mine = [mail for mail in mails if to in mail["To"]]
    return [{"subject": mail["Subject"], "text": mail.get_body(("plain",)).get_content()} for mail in mine]


def test_five_people_bring_a_campaign_to_the_customers(trial: Trial) -> None:
    names = ("marketer", "expert", "reviewer", "manager", "staff")
    with browser() as started, people_at(started, trial.url, *names) as (mara, emil, rita, maxi, sina):
        path = plans(mara)
        writes_the_message(mara, path)
        sina.is_refused(path)
        confirms_variants(emil, path)
        shares(mara, path)
        assert mails_to(trial, "reviewer", 1)[0]["subject"].endswith("Snow walks")
        reviews(rita, path)
        approves_budget(maxi, path)
        hands_in(mara, path)
        approves(maxi, path)
        sina.opens("/now/")
        assert "Snow walks" not in sina.page.inner_text("main")
        briefs(mara, path)
        mails_to(trial, "staff", 3)
        reads_and_confirms(sina)
        author_sees(mara, path)
        starts_by_itself(sina)
        pauses_and_resumes(mara, sina, path)
    # The start was due before the staff knew: whom it concerns is told of that, and gets no briefing.
    held = {mail["subject"] for mail in caught(trial.var, email("expert"))}
    assert held <= {"Start held in Austria: Snow walks"}
    told = [
        mail["subject"]
        for mail in caught(trial.var, email("staff"))
        if "was du wissen musst" in mail["subject"]
    ]
    assert len(told) == 3


def plans(mara: Person) -> str:
    """A campaign in Austria on two channels, with budget and KPI; its path."""
    today = timezone.now().astimezone(ZoneInfo("Europe/Vienna")).date()
    mara.opens("/")
    mara.opens("/campaigns/new/")
    mara.fills(name="Snow walks", theme="Winter", purpose="Walks in the snow.", proposed="1000")
    mara.fills(starts_on=str(today), ends_on=str(today + timedelta(days=20)))
    page = mara.page
    page.select_option("[name=goal]", label="Outdoor sales plus 8 %")
    page.check("[name=target_groups]")
    page.check("input[name^=region_][name$=_use]")
    for number, channel in enumerate(("E-mail", "Store"), 1):
        page.select_option("[name=new_channel]", label=channel)
        page.click("[name=add_channel]")
        page.locator("select[name$=_expert]").nth(number - 1).wait_for()
    for row in range(2):
        page.locator("select[name$=_expert]").nth(row).select_option(label="Emil Egger")
        page.locator("input[name$=_amount]").nth(row).fill("400")
        page.locator("input[name$=_regions]").nth(row).check()
    mara.presses("Create campaign")
    mara.looks()
    path = re.search(r"/campaigns/\d+/", page.url)[0]
    names_kpi(mara, path, str(today + timedelta(days=20)))
    mara.opens(f"{path}budget/")
    mara.fills(**{"propose-reason": "As last winter."})
    mara.presses("Send proposal")
    return path


def names_kpi(mara: Person, path: str, due: str) -> None:
    """One target with source and supplier."""
    mara.opens(f"{path}kpis/")
    mara.page.select_option("[name=new_kpi]", label="Jackets sold")
    mara.page.click("[name=add_kpi]")
    mara.page.locator("[name$=_value]").wait_for()
    mara.page.locator("[name$=_value]").fill("500")
    mara.page.locator("[name$=_due_on]").fill(due)
    mara.page.locator("[name$=_source]").select_option("person")
    mara.page.locator("[name$=_supplier]").select_option(label="Mara Moser")
    mara.presses("Save targets")


def writes_the_message(mara: Person, path: str) -> None:
    """Core message, price as a fact, and a variant per channel with the fact inserted."""
    mara.opens(f"{path}message/core/")
    mara.fills(**CORE)
    mara.presses("Save")
    mara.opens(f"{path}message/facts/new/?kind=price")
    mara.fills(label="Preis", key="price", everywhere="159")
    mara.presses("Save")
    mara.opens(f"{path}message/variants/new/")
    for box in mara.page.locator("[name=places]").all():
        box.check()
    mara.presses("Make the drafts")
    mara.looks()
    mara.sees("159 €")


def confirms_variants(emil: Person, path: str) -> None:
    """The expert finds them on Home, inserts the fact by the picker, and confirms each."""
    emil.opens("/")
    emil.sees("2 channel variants wait for you")
    emil.opens(f"{path}message/?show=draft")
    links = emil.page.locator("main a[href*='/message/variants/']")
    for address in sorted({link.get_attribute("href") for link in links.all()}):
        emil.opens(address)
        emil.page.fill("[name=body]", "Jetzt: ")
        emil.page.locator("main details.ek-menu summary").last.click()
        emil.page.locator("[data-token]").locator("visible=true").last.click()
        assert emil.page.input_value("[name=body]") == "Jetzt: {{price}}"
        emil.presses("Save and confirm")
        emil.looks()
    emil.sees("Confirmed")


def shares(mara: Person, path: str) -> None:
    """The message goes to the region's reviewer."""
    mara.opens(f"{path}reviews/")
    mara.presses("Share the message with all regions")
    mara.sees("Rita Reiter")


def reviews(rita: Person, path: str) -> None:
    """Every passage is answered by keyboard or click, then exactly this text is approved."""
    rita.opens("/")
    rita.sees("Please review (Austria): Snow walks")
    rita.presses("Review")
    rita.looks()
    answers = rita.page.locator("form[action$='/verdict/']")
    left = rita.page.locator("form[action$='/verdict/'] [name=passage]")
    while answers.count():
        passage = left.first.input_value()
        answers.first.locator("[value=clear]").check(force=True)
        answers.first.locator("button[type=submit]").first.click()
        rita.page.locator(f"[name=passage][value='{passage}']").wait_for(state="detached")
    rita.fills(understood="A warm jacket for 159 euros.")
    rita.presses("Approve exactly this text")
    rita.looks()
    rita.sees("Holds for exactly these words")


def approves_budget(maxi: Person, path: str) -> None:
    """The manager answers the proposal."""
    maxi.opens(f"{path}budget/")
    maxi.fills(**{"approve-reason": "As discussed."})
    maxi.presses("Approve budget")
    maxi.sees("€200")


def hands_in(mara: Person, path: str) -> None:
    """The owner puts the campaign into review."""
    mara.opens(path)
    mara.presses("Put into review")
    mara.looks()
    mara.presses("Put into review")
    mara.sees("In review")


def approves(maxi: Person, path: str) -> None:
    """The manager reads what he approves; the approval fixes release 1."""
    maxi.opens(path)
    maxi.presses("Look and approve")
    maxi.looks()
    maxi.presses("Approve")
    maxi.sees("Approved")
    maxi.opens(f"{path}releases/1/")
    maxi.sees("159 €")


def briefs(mara: Person, path: str) -> None:
    """A briefing per audience, composed from the campaign and published."""
    for _audience in range(3):
        mara.opens(f"{path}briefings/")
        mara.page.locator("main button:has-text('Write the briefing')").first.click()
        mara.page.wait_for_load_state()
        mara.looks()
        mara.presses("Save and go on to publishing")
        mara.looks()
        mara.presses("Publish to 1 person")
        mara.sees("Version 1")


def reads_and_confirms(sina: Person) -> None:
    """On the phone: from the inbox to each briefing, read and confirmed."""
    sina.opens("/briefings/")
    addresses = {
        link.get_attribute("href") for link in sina.page.locator("main a").all() if _is_briefing(link)
    }
    assert len(addresses) == 3
    for address in sorted(addresses):
        sina.opens(address)
        sina.sees("159 €")
        sina.page.locator("form[action$='/confirm/'] button").locator("visible=true").first.click()
        sina.page.locator("form[action$='/confirm/']").first.wait_for(state="detached")
        sina.looks()


def _is_briefing(link: Locator) -> bool:
    return bool(re.fullmatch(r"/briefings/\d+/", link.get_attribute("href") or ""))


def author_sees(mara: Person, path: str) -> None:
    """Who has confirmed stands on the author's page."""
    mara.opens(f"{path}briefings/")
    expect(mara.page.get_by_text("1 of 1 present people confirmed")).to_have_count(3, timeout=10_000)


def starts_by_itself(sina: Person) -> None:
    """The first day has begun and nothing is open: beat starts the region."""

    running = sina.page.locator("article.ek-offer:not(.ek-offer--coming)")

    def is_live() -> bool:
        sina.page.goto(f"{sina.url}/now/")
        return running.filter(has_text="Snow walks").count() == 1

    wait_until(is_live, seconds=90, what="the start by the clock")
    sina.looks()
    sina.sees("159")


def pauses_and_resumes(mara: Person, sina: Person, path: str) -> None:
    """A pause is immediate; resuming passes the gate again."""
    mara.opens(f"{path}gate/")
    mara.page.click("main a[href$='/pause/']")
    mara.page.wait_for_load_state()
    mara.looks()
    mara.page.locator("main form:has([name=csrfmiddlewaretoken]) button[type=submit]").last.click()
    mara.page.wait_for_load_state()
    mara.sees("Paused")
    sina.opens("/now/")
    sina.sees("do not offer")
    mara.opens(f"{path}gate/")
    mara.page.click("main a[href$='/resume/']")
    mara.page.wait_for_load_state()
    mara.page.locator("main form:has([name=csrfmiddlewaretoken]) button[type=submit]").last.click()
    mara.page.wait_for_load_state()
    mara.sees("Live")


def mails_to(trial: Trial, who: str, count: int) -> list[dict[str, str]]:
    """Wait for that many mails to a person of the seed; all he has."""
    wait_until(
        lambda: len(caught(trial.var, email(who))) >= count, seconds=30, what=f"{count} mails to {who}"
    )
    return caught(trial.var, email(who))
