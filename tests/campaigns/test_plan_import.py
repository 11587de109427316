"""Plans from a spreadsheet: the round trip, errors at their cells, all or nothing, never twice."""

import io
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from campaigns.enums import Preparation
from campaigns.models import Campaign, PlanImport, Theme
from campaigns.services import plan_import, plan_sheet
from campaigns.services.plan_data import ChannelPlan, Plan, RegionPlan, plan_of
from campaigns.services.plan_rows import Fate, _essence
from campaigns.services.planning import create_campaign
from core import sheets
from core.sheet_input import SheetError
from tests.campaigns.planning_data import END, START, Firm
from tests.factories import DepartmentFactory, TargetGroupFactory

pytestmark = pytest.mark.django_db
HEAD = "Campaign;First day;Last day;Regions;Channel;Expert;From;To;Allocation;Budget\n"


@pytest.fixture
def firm():
    return Firm()


def file_of(text: str | bytes, name: str = "plan.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode() if isinstance(text, str) else text)


def kept(firm: Firm, text: str | bytes, name: str = "plan.csv") -> PlanImport:
    return plan_import.keep(upload=file_of(text, name), by=firm.owner)


def taken(firm: Firm, text: str | bytes, name: str = "plan.csv") -> list[str]:
    """Take a file over; what became of each campaign."""
    return [str(entry.fate) for entry in plan_import.run(kept=kept(firm, text, name), by=firm.owner)]


def refused(firm: Firm, text: str) -> list[str]:
    with pytest.raises(SheetError) as caught:
        plan_import.preview(kept(firm, text), firm.owner)
    return [f"{place}: {words}".replace("\N{NO-BREAK SPACE}", " ") for place, words in caught.value.problems]


def exported(kind: str, *campaigns: Campaign) -> bytes:
    rows = plan_sheet.lines([campaign.pk for campaign in campaigns])
    header = plan_sheet.header()
    return sheets.as_csv(header, rows) if kind == "csv" else sheets.as_xlsx(header, rows, "plans")


# --- import(export(x)) = x

SIGNS = st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff")
WORDS = st.text(SIGNS, min_size=1, max_size=12).filter(str.strip)
DAYS = st.integers(0, 40)


def spans(draw, first: date, last: date) -> tuple[date, date]:
    length = (last - first).days
    start = draw(st.integers(0, length))
    return first + timedelta(start), first + timedelta(draw(st.integers(start, length)))


@st.composite
def plans(draw, firm: Firm, groups, department) -> Plan:
    """A plan that may be made, with names such as `=1+1`, `'+x` and `a;"b"`."""
    odd = st.sampled_from(["=1+1", "'+x", 'a;"b"', "007", "-1", "@x"])
    name, purpose = draw(odd | WORDS), draw(odd | WORDS | st.just(""))
    regions = draw(st.lists(st.sampled_from([firm.de, firm.at]), unique=True))
    own = tuple(RegionPlan(region, *spans(draw, START, END)) for region in regions)
    inside = (max(r.starts_on for r in own), max(r.ends_on for r in own)) if own else (START, END)
    channels = []
    for channel, expert in ((firm.mail, firm.mail_expert), (firm.tv, firm.tv_expert)):
        if draw(st.booleans()):
            flights = (spans(draw, *inside),) if draw(st.booleans()) else ()
            amount = draw(st.sampled_from([Decimal("0.00"), Decimal("123.45"), Decimal("1000.00")]))
            named = draw(st.sampled_from([expert, None]))
            channels.append(ChannelPlan(channel, named, (), flights, amount))
    return Plan(
        name=" ".join(name.split()),
        starts_on=START,
        ends_on=END,
        owner=firm.owner,
        goal=draw(st.sampled_from([firm.goal, None])),
        theme=draw(st.sampled_from(["", "Autumn"])),
        purpose=purpose,
        target_groups=tuple(draw(st.lists(st.sampled_from(groups), unique=True))),
        partners=tuple(draw(st.sampled_from([[], [department]]))),
        regions=own,
        channels=tuple(channels),
        currency=draw(st.sampled_from(["EUR", "CHF"])),
        proposed=Decimal(draw(st.integers(3000_00, 9999_99))) / 100,
    )


def test_what_was_exported_comes_back_the_same(firm):
    groups = [
        TargetGroupFactory(name_de="A; B", name_en='Those who "walk"; slowly'),
        TargetGroupFactory(name_de="Wanderer", name_en="Hikers"),
    ]
    department = DepartmentFactory(code="legal")

    @settings(
        max_examples=6,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), kind=st.sampled_from(["csv", "xlsx"]), language=st.sampled_from(["de", "en"]))
    def comes_back(data, kind, language):
        plan = data.draw(plans(firm, groups, department))
        with transaction.atomic(), translation.override(language):
            with transaction.atomic():
                made = create_campaign(by=firm.owner, plan=plan)
                file, before = exported(kind, made), plan_of(made)
                again = plan_import.preview(kept(firm, file, f"a.{kind}"), firm.owner)
                assert [entry.fate for entry in again] == [Fate.SAME]
                number = made.pk
                transaction.set_rollback(True)
            # Without the campaign, and without its number, the file makes it.
            stripped = kept(firm, file, f"a.{kind}")
            stripped.rows = [[row, [None, *values[1:]]] for row, values in stripped.rows]
            stripped.save()
            assert plan_import.run(kept=stripped, by=firm.owner)[0].fate == Fate.NEW
            other = Campaign.objects.latest("pk")
            assert _essence(plan_of(other), before) == _essence(before, before), number
            assert (other.budget.proposed, other.budget.currency) == (plan.proposed, plan.currency)
            transaction.set_rollback(True)

    comes_back()


@pytest.mark.parametrize("name", ["\U0010d408", "a\ufffeb", "\x85x"])
def test_signs_without_a_shape_make_a_name_and_signs_without_a_place_a_space(firm, name):
    plan = Plan(name=name, starts_on=START, ends_on=END, owner=firm.owner)
    file = exported("xlsx", create_campaign(by=firm.owner, plan=plan))
    Campaign.objects.update(name="Another")
    again = kept(firm, file, "a.xlsx")
    again.rows = [[row, [None, *values[1:]]] for row, values in again.rows]
    again.save()
    assert plan_import.run(kept=again, by=firm.owner)[0].fate == Fate.NEW
    assert Campaign.objects.latest("pk").name == " ".join(name.replace("\ufffe", " ").split())


def test_a_year_is_imported_once_changed_and_left(firm):
    first = (
        f"{HEAD}Outdoors;21.09.2026;31.10.2026;DE; ;;;;;1000\n"
        f"Winter;2026-11-01;2026-12-24;DE 2026-11-01 – 2026-12-24, AT;mail;;;;;\n"
    )
    # A comma does not part regions: said at its cell, and nothing of the other row was made.
    assert refused(firm, first) == ["D3: There is no region “DE 2026-11-01 – 2026-12-24, AT”."]
    expert = firm.mail_expert.email
    text = (
        f"{HEAD}Outdoors;21.09.2026;31.10.2026;DE;mail;{expert};21.09.2026;30.09.2026;400,50;1.000\n"
        f"Outdoors;21.09.2026;31.10.2026;;mail;;05.10.2026;10.10.2026;;\n"
        f'Winter;2026-11-01;2026-12-24;"de; AT 01.12.2026 - 24.12.2026";;;;;;\n'
    )
    with translation.override("de"):
        assert taken(firm, text) == ["new", "new"]
        made = Campaign.objects.get(name="Outdoors")
        (mail,) = plan_of(made).channels
        assert (mail.expert, len(mail.flights), mail.amount) == (firm.mail_expert, 2, Decimal("400.50"))
        austria = Campaign.objects.get(name="Winter").regions.get(region=firm.at)
        assert (austria.starts_on, austria.ends_on) == (date(2026, 12, 1), date(2026, 12, 24))
        assert taken(firm, text) == ["same", "same"]
        entries = plan_import.preview(kept(firm, text.replace("10.10.2026", "11.10.2026")), firm.owner)
        assert [(str(entry.fate), entry.rows) for entry in entries] == [("changed", "2–3"), ("same", "4")]
        shown = [
            f"{entry.proposed} {entry.allocated}".replace("\N{NO-BREAK SPACE}", " ") for entry in entries
        ]
        assert shown == ["1.000 € 400,50 €", "0 € "]
        made.refresh_from_db()
        version = made.version
        assert taken(firm, text.replace("10.10.2026", "11.10.2026")) == ["changed", "same"]
        made.refresh_from_db()
        assert made.version > version
        # What was proposed is a round now: the next one is made on its tab.
        assert [line[:3] for line in refused(firm, text.replace("1.000", "2.000"))] == ["J2:"]
    assert Campaign.objects.count() == 2


def test_every_problem_is_named_at_its_cell_and_nothing_is_made(firm):
    expert = firm.mail_expert.email
    text = HEAD + "\n".join(
        [
            "Early;2026-09-21;2026-09-01;DE;;;;;;",
            ";2026-09-21;2026-10-31;DE;;;;;;",
            f"Spring;2026-09-21;2026-10-31;DE;mail;{expert};2026-09-22;2026-09-30;10;100",
            "Spring;2026-09-21;2026-10-31;AT;mail;nobody@x.example;2026-12-01;2026-12-02;ten;100",
            f"Late;2026-09-21;2026-10-31;DE;mail;{expert};2026-09-22;2026-09-30;;100",
            "Late;2026-09-21;2026-10-31;;mail;;2026-11-20;2026-11-22;;",
            f"Rich;2026-09-21;2026-10-31;DE;mail;{firm.tv_expert.email};2026-09-22;;600;500",
            "Poor;2026-09-21;2026-10-31;DE;mail;;;;600;500",
            "Other;2026-09-21;2026-10-31;DE;;;2026-09-22;2026-09-30;;",
        ]
    )
    assert refused(firm, text) == [
        "C2: The end is before the start on 21 Sept 2026.",
        "A3: This cell is empty.",
        "F5: Nobody has the address “nobody@x.example”.",
        "I5: “ten” is no number.",
        "G7: A flight ends on 22 Nov 2026, after its region ends on 31 Oct 2026.",
        "H8: A flight needs its first and its last day.",
        "I9: €100 are missing. At most €500 are possible.",
        "E10: Which channel is this row about?",
    ]
    contradicting = f"{HEAD}A;2026-09-21;2026-10-31;DE;mail;;;;1;\nA;2026-09-21;2026-11-30;;mail;;;;2;\n"
    assert refused(firm, contradicting) == [
        "C3: Row 2 says something else of the same campaign.",
        "I3: Row 2 says something else of the same channel.",
    ]
    assert not Campaign.objects.exists()
    assert not Theme.objects.exists()


def test_campaigns_past_draft_and_those_of_others_stay_as_they_are(firm, client):
    plan = Plan("Outdoors", START, END, owner=firm.owner, regions=(RegionPlan(firm.de, START, END),))
    mine = create_campaign(by=firm.owner, plan=plan)
    Campaign.objects.filter(pk=mine.pk).update(state=Preparation.CANCELLED)
    other = create_campaign(by=firm.manager, plan=replace(plan, name="Not yours", owner=firm.manager))
    stranger = Firm.expert_for(firm, firm.tv)  # sees every campaign, plans none
    text = exported("csv", mine, other).decode("utf-8-sig")
    assert taken(firm, text) == ["same", "same"]
    changed = text.replace("2026-10-31", "2026-11-30")
    (line, *_more) = refused(firm, changed)
    assert line.startswith("B2: This plan is approved and stays as it is.")
    assert "Period, Regions" in line
    assert refused(firm, text.replace(f"{mine.pk},", "4711,", 1)) == [
        "A2: You have no campaign with this number."
    ]
    client.force_login(stranger)
    assert client.get(reverse("campaigns:plan_import")).status_code in (403, 404)


def test_columns_with_other_names_are_asked_for(firm, client):
    client.force_login(firm.owner)
    text = "Aktion;Start;Ende;Wer macht es\nOutdoors;2026-09-21;2026-10-31;x\n"
    answer = client.post(reverse("campaigns:plan_import"), {"file": file_of(text)})
    pending = PlanImport.objects.get()
    assert answer.url == reverse("campaigns:plan_columns", args=[pending.pk])
    page = client.get(answer.url)
    assert b"Still needed: Campaign" in page.content
    assert b"Holds, for instance: Outdoors" in page.content
    twice = client.post(answer.url, {"column_0": "name", "column_3": "name"})
    assert b"Campaign was chosen for two columns." in twice.content
    preview = client.post(answer.url, {"column_0": "name", "column_3": ""}, follow=True)
    assert b"Take over 1 campaign" in preview.content
    address = reverse("campaigns:plan_preview", args=[pending.pk])
    done = client.post(address, follow=True)
    assert b"1 campaign was made, 0 were changed." in done.content
    # A second click finds it done.
    assert client.post(address).url == reverse("campaigns:list")
    assert Campaign.objects.get().name == "Outdoors"
    export = client.get(reverse("campaigns:plan_export", args=["csv"]) + "?text=outdoors")
    assert export.content == exported("csv", Campaign.objects.get())
    none = client.get(reverse("campaigns:plan_export", args=["csv"]) + "?phase=live")
    assert none.content.count(b"\n") == 1


def test_an_export_with_too_many_campaigns_is_refused_not_cut(firm, client, monkeypatch):
    taken(firm, f"{HEAD}Outdoors;2026-09-21;2026-10-31;DE;;;;;;\nIndoors;2026-09-21;2026-10-31;DE;;;;;;\n")
    client.force_login(firm.owner)
    monkeypatch.setattr("campaigns.views.plan_files.EXPORTED", 1)
    answer = client.get(reverse("campaigns:plan_export", args=["csv"]) + "?phase=draft", follow=True)
    assert answer.redirect_chain == [(reverse("campaigns:list") + "?phase=draft", 302)]
    assert b"One file holds at most 1 campaigns, and these are more." in answer.content
    one = client.get(reverse("campaigns:plan_export", args=["csv"]) + "?text=outdoors")
    assert one["Content-Type"].startswith("text/csv")


def test_a_hundred_thousand_rows_are_refused_before_memory_grows(firm):
    row = "<row><c t='inlineStr'><is><t>x</t></is></c></row>"
    import_module("openpyxl")
    rows = f"<dimension ref='A1:A100000'/><sheetData>{row * 100_000}</sheetData>"
    sheet = f"<worksheet xmlns='{MAIN}'>{rows}</worksheet>"
    tracemalloc.start()
    try:
        for data in (b"Campaign\n" + b"x;2026-01-01\n" * 100_000, workbook(sheet)):
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            with pytest.raises(SheetError, match="There are more than 2,000 rows"):
                kept(firm, data)
            assert tracemalloc.get_traced_memory()[1] - before < 20_000_000
    finally:
        tracemalloc.stop()
    assert not PlanImport.objects.exists()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEETML = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def workbook(sheet: str) -> bytes:
    """An Excel file around the XML of one sheet."""
    parts = {
        "[Content_Types].xml": f"<Types xmlns='{PACKAGE}/content-types'>"
        f"<Override PartName='/xl/workbook.xml' ContentType='{SHEETML}.sheet.main+xml'/>"
        f"<Override PartName='/xl/a.xml' ContentType='{SHEETML}.worksheet+xml'/></Types>",
        "_rels/.rels": f"<Relationships xmlns='{PACKAGE}/relationships'>"
        f"<Relationship Id='r1' Type='{OFFICE}/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        "xl/workbook.xml": f"<workbook xmlns='{MAIN}' xmlns:r='{OFFICE}'>"
        "<sheets><sheet name='a' sheetId='1' r:id='r1'/></sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGE}/relationships'>"
        f"<Relationship Id='r1' Type='{OFFICE}/worksheet' Target='a.xml'/></Relationships>",
        "xl/a.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()
