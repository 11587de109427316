"""A year is planned from a spreadsheet: an error in a cell, corrected, previewed, imported, exported."""

import csv
import io

import pytest

from accounts.enums import Role
from campaigns.models import Campaign
from channels.models import Channel, ChannelExpert
from tests.e2e.pages import browser, chromium, page_at, sign_in
from tests.e2e.people import Person
from tests.factories import PASSWORD, ChannelFactory, RegionFactory, UserFactory

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.once,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(chromium() is None, reason="no Chromium is installed"),
]
HEAD = "Kampagne;Erster Tag;Letzter Tag;Regionen;Wer;Kanal;Experte;Von;Bis;Zuteilung;Budget"
NAMES = ["Frühling", "Sommer", "Herbst", "Winter"]


@pytest.fixture
def author():
    """A marketer in Austria, and an expert for e-mail."""
    austria = RegionFactory(code="AT", timezone="Europe/Vienna", name_de="Österreich", name_en="Austria")
    expert = UserFactory(email="emil@journey.example", roles_in={austria: [Role.EXPERT]})
    # Another browser test may have emptied the tables, with what the migrations put there.
    mail = Channel.objects.filter(code="email").first() or ChannelFactory(code="email", name_en="E-mail")
    ChannelExpert.objects.create(channel=mail, user=expert)
    return UserFactory(email="jana@journey.example", language="en", roles_in={austria: [Role.MARKETER]})


def year(last_amount: str) -> dict[str, object]:
    """The file: a campaign per quarter, two flights each, with a column that has a name of its own."""
    rows = [HEAD]
    for number, name in enumerate(NAMES):
        month, next_month = f"{3 * number + 1:02}.2027", f"{3 * number + 2:02}.2027"
        amount = last_amount if name == "Winter" else "4000,50"
        about = f"{name};01.{month};28.{next_month};AT;jana@journey.example;email"
        rows.append(f"{about};emil@journey.example;01.{month};10.{month};{amount};10000")
        rows.append(f"{about};;15.{month};20.{month};;")
    text = "\r\n".join(rows)
    return {"name": "Plan 2027.csv", "mimeType": "text/csv", "buffer": text.encode("cp1252")}


def test_a_year_is_planned_from_a_spreadsheet(live_server, author):
    with browser() as started, page_at(started, 1440, accept_downloads=True) as page:
        sign_in(page, live_server.url, author.email, PASSWORD)
        jana = Person(page, live_server.url)
        jana.opens("/campaigns/")
        jana.presses("From a spreadsheet")
        uploads(jana, year("viel"))
        jana.sees("J8 “viel” is no number.")
        jana.sees("Nothing is recorded.")
        jana.looks()
        assert not Campaign.objects.exists()
        jana.presses("Choose the corrected file")
        jana.looks()
        uploads(jana, year("5000"))
        jana.sees("4 New")
        jana.looks()
        jana.presses("Take over 4 campaigns")
        jana.sees("4 campaigns")
        for name in NAMES:
            jana.sees(name)
        with page.expect_download() as download:
            page.click("main a[href*='export.csv']")
        file = download.value.path().read_bytes()
        rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
        flights = [(row["Campaign"], row["From"], row["To"], row["Allocation"]) for row in rows]
        assert flights[0] == ("Winter", "2027-10-01", "2027-10-10", "5000.00")
        assert [row["Budget"] for row in rows] == ["10000.00"] * 8
        # The export, taken in again, changes nothing.
        jana.opens("/campaigns/import/")
        page.set_input_files(
            "main input[type=file]", {"name": "a.csv", "mimeType": "text/csv", "buffer": file}
        )
        jana.presses("Check the file")
        jana.sees("4 As it is")
        jana.sees("All is there already: to the campaigns")


def uploads(jana: Person, file: dict[str, object]) -> None:
    """Choose the file, say that its own column is the owner, and go on."""
    jana.page.set_input_files("main input[type=file]", file)
    jana.presses("Check the file")
    jana.sees("What are these columns?")
    jana.page.select_option("main select[name=column_4]", "owner")
    jana.presses("Look at the preview")
