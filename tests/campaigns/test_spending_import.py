"""Orders and invoices from files: problems at their cells, all or nothing, never twice, and out again."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.models import Commitment, Expense, SpendingImport
from campaigns.services import spending, spending_import
from core.sheet_input import SheetError
from tests.campaigns.money_data import Purse

pytestmark = pytest.mark.django_db
HEAD = "Lieferant;Rechnungsnummer;Datum;Kanal;Betrag;Währung;Kurs;Obligo\n"


@pytest.fixture
def purse():
    return Purse()


def prepared(purse, text, kind="expenses", head=HEAD):
    upload = SimpleUploadedFile("costs.csv", (head + text).encode())
    return spending_import.prepare(budget=purse.budget, kind=kind, upload=upload, by=purse.owner)


def problems(purse, text, **more):
    with pytest.raises(SheetError) as error:
        prepared(purse, text, **more)
    assert not SpendingImport.objects.exists()
    return error.value.problems


def test_a_file_is_previewed_recorded_at_once_and_passed_over_when_it_comes_again(purse):
    spending.commit(budget=purse.budget, cost=purse.cost("200", "O-1"), by=purse.owner)
    text = (
        "Print & Co;R-1;21.09.2026;mail;120,50;;;o-1\n"
        "Print & Co;R-2;2026-09-22;Kanal mail;100,00;EUR;;O-1\n"
        "Alpfilm;R-1;21.09.2026;TV;1.000,00;chf;0,1052;\n"
    )
    kept = prepared(purse, text)
    assert not Expense.objects.exists()
    lines, total = spending_import.preview(kept, purse.owner)
    assert ([line.number for line in lines], total) == ([2, 3, 4], Decimal("325.70"))
    assert spending_import.run(kept=kept, by=purse.owner) == (3, 0)
    assert purse.of(purse.mail) == (400, 0, Decimal("220.50"))
    assert purse.of(purse.tv)[2] == Decimal("105.20")
    again = prepared(purse, text.replace("o-1", "").replace("O-1", "") + "New;R-9;21.09.2026;tv;1;;;\n")
    assert spending_import.run(kept=again, by=purse.owner) == (1, 3)
    assert Expense.objects.count() == 4
    assert not SpendingImport.objects.exists()


def test_every_problem_stands_at_its_cell_and_nothing_is_kept(purse):
    spending.spend(budget=purse.budget, cost=purse.cost("1", "R-1"), by=purse.owner)
    text = (
        "Print & Co;R-1;21.09.2026;mail;2;;;\n"
        "A;R-2;31.02.2026;mail;zwölf;;;\n"
        ";R-3;21.09.2026;radio;-1;;;\n"
        "B;R-4;21.09.2026;mail;1;CHF;0;\n"
        "B;R-5;21.09.2026;mail;0,001;EURO;;O-9\n"
        "C;R-6;21.09.2026;mail;1;;;\n"
        "c;r-6;21.09.2026;mail;1;;;\n"
    )
    found = problems(purse, text)
    assert [place for place, _words in found] == ["B2", "C3", "E3", "A4", "D4", "G5", "F6", "H6", "B8"]
    assert dict(found)["B8"] == "The same number of this supplier stands in row 7 already."
    assert Expense.objects.count() == 1


def test_commitments_together_do_not_pass_what_the_channel_has_left(purse):
    head = "Supplier,Reference,Date,Channel,Amount,Invoice expected\n"
    rows = "A,O-1,2026-09-01,mail,250,2026-10-01\nA,O-2,2026-09-01,mail,150.01,\n"
    ((place, words),) = problems(purse, rows, kind="commitments", head=head)
    assert (place, words) == (
        "E3",
        "The channel has only €150 left. Allocate or move money to it first.",
    )
    kept = prepared(purse, rows.replace(".01", ""), kind="commitments", head=head)
    assert spending_import.run(kept=kept, by=purse.owner) == (2, 0)
    assert Commitment.objects.get(reference="O-1").expected_on == date(2026, 10, 1)
    assert purse.of(purse.mail) == (400, 400, 0)


def test_what_changed_between_preview_and_confirmation_is_said_and_nothing_recorded(purse):
    kept = prepared(purse, "A;R-1;21.09.2026;mail;1;;;\nA;R-2;21.09.2026;mail;1;;;\n")
    spending.spend(budget=purse.budget, cost=purse.cost("9", "R-2", supplier="A"), by=purse.owner)
    with pytest.raises(SheetError) as error:
        spending_import.run(kept=kept, by=purse.owner)
    assert error.value.problems == [("3", f"R-2 of A is already recorded in {purse.campaign}.")]
    assert Expense.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_comes_in_again_without_a_change(purse, client, kind, language):
    spending.commit(budget=purse.budget, cost=purse.cost("200", "=O-1"), by=purse.owner)
    cost = purse.cost("5.10", "R-1", currency="CHF", rate=Decimal("1.051"), rate_on=date(2026, 8, 31))
    spending.spend(budget=purse.budget, cost=cost, by=purse.owner)
    purse.owner.language = language
    purse.owner.save()
    client.force_login(purse.owner)
    root = f"/campaigns/{purse.campaign.pk}/budget"
    for what, model in (("commitments", Commitment), ("expenses", Expense)):
        answer = client.get(f"{root}/export/{what}.{kind}")
        file = SimpleUploadedFile(f"a.{kind}", b"".join(answer) if answer.streaming else answer.content)
        answer = client.post(f"{root}/import/{what}/", {"file": file}, follow=True)
        assert answer.context["known"] == 1, answer.content.decode()
        assert client.post(answer.redirect_chain[-1][0]).url == f"{root}/spending/"
        assert model.objects.count() == 1
