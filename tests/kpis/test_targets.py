"""The catalogue and what a campaign wants of it; an approval waits for complete targets."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.enums import Role
from campaigns.readiness import Progress
from campaigns.services.dossier import Dossier
from core.models import AuditEvent
from kpis.checks import kpi_lines
from kpis.forms import TargetForm
from kpis.models import Kpi, Target
from kpis.panels import target_words
from tests.campaigns.planning_data import filled_in
from tests.factories import CampaignFactory, KpiFactory, RegionFactory, UserFactory, manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory(in_regions=[RegionFactory()])


@pytest.fixture
def owner(client, campaign):
    client.force_login(campaign.owner)
    return client


def url(campaign):
    return f"/campaigns/{campaign.pk}/kpis/"


def sent(campaign, kpi, **values):
    """A form with one more row."""
    row = {"use": "on", "value": "2,500.5", "due_on": "2026-10-31", "source": "person"}
    row |= {"supplier": campaign.owner.pk} | values
    return filled_in(TargetForm(instance=campaign)) | {f"kpi_{kpi.pk}_{key}": row[key] for key in row}


def errors(response):
    return {name: list(words) for name, words in response.context["form"].errors.items()}


def test_a_target_is_kept(owner, campaign):
    kpi = KpiFactory()
    assert owner.post(url(campaign), sent(campaign, kpi)).status_code == 302
    target = campaign.targets.get()
    assert (target.value, target.due_on, target.source, target.supplier) == (
        Decimal("2500.5"),
        date(2026, 10, 31),
        "person",
        campaign.owner,
    )
    assert AuditEvent.objects.get(verb="target.set").data == {"kpi": str(kpi), "value": "2500.5"}
    page = owner.get(url(campaign)).content.decode()
    assert 'value="2,500.5"' in page


def test_part_of_a_target_can_be_saved(owner, campaign):
    data = sent(campaign, KpiFactory(), value="", source="", supplier="", due_on="")
    assert owner.post(url(campaign), data).status_code == 302
    assert not campaign.targets.get().is_complete


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("value", "many", "Please write a number."),
        ("value", "9" * 20, "Ensure that there are no more than 16 digits in total."),
        ("due_on", "31.02.2026", "This is no date. Please choose a day from the calendar."),
        ("source", "x", "Select a valid choice. x is not one of the available choices."),
        ("supplier", "0", "Select a valid choice. 0 is not one of the available choices."),
        ("tool", "x" * 121, "This is too long: 121 characters, at most 120 are possible."),
        ("tool", "Shop", "Only where a tool is the source."),
    ],
)
def test_bad_input_is_refused_at_its_field(owner, campaign, field, value, message):
    kpi = KpiFactory()
    response = owner.post(url(campaign), sent(campaign, kpi, **{field: value}))
    assert errors(response) == {f"kpi_{kpi.pk}_{field}": [message]}
    assert not Target.objects.exists()


def test_a_target_is_taken_away(owner, campaign):
    kpi = KpiFactory()
    owner.post(url(campaign), sent(campaign, kpi))
    campaign.refresh_from_db()
    data = filled_in(TargetForm(instance=campaign), **{f"kpi_{kpi.pk}_use": None})
    assert owner.post(url(campaign), data).status_code == 302
    assert not campaign.targets.exists()


def test_a_stale_form_is_merged(owner, campaign):
    one, two = KpiFactory(), KpiFactory()
    owner.post(url(campaign), sent(campaign, one))
    campaign.refresh_from_db()
    old = filled_in(TargetForm(instance=campaign))
    assert owner.post(url(campaign), old | {f"kpi_{one.pk}_value": "7"}).status_code == 302
    response = owner.post(url(campaign), old | {f"kpi_{one.pk}_value": "8"})
    assert response.status_code == 409
    form = response.context["form"]
    assert [(change.theirs, change.yours) for change in form.conflict.changes] == [("7", "8")]
    assert owner.post(url(campaign), {key: form.data.getlist(key) for key in form.data}).status_code == 302
    assert campaign.targets.get().value == 8
    assert two.targets.count() == 0


def test_who_does_not_plan_only_reads(client, campaign):
    kpi = KpiFactory()
    Target.objects.create(campaign=campaign, kpi=kpi, value=5, source="tool", tool="<b>Shop</b>")
    client.force_login(UserFactory(roles=[Role.EXPERT]))
    page = client.get(url(campaign)).content.decode()
    assert "&lt;b&gt;Shop&lt;/b&gt;" in page
    assert "Save targets" not in page
    assert client.post(url(campaign), {}).status_code == 403


def test_without_scripts_a_kpi_is_added_by_the_button(owner, campaign):
    kpi = KpiFactory()
    data = filled_in(TargetForm(instance=campaign), add_kpi="1", new_kpi=kpi.pk)
    page = owner.post(url(campaign), data).content.decode()
    assert f'name="kpi_{kpi.pk}_value"' in page
    assert not Target.objects.exists()


def lines(campaign):
    return [(line.title, line.detail, line.progress) for line in kpi_lines(Dossier(campaign))]


def test_the_approval_asks_for_what_is_missing(campaign):
    assert lines(campaign)[0][0] == "No KPI is named yet"
    kpi = KpiFactory(name_en="Sales")
    target = Target.objects.create(campaign=campaign, kpi=kpi, source="tool")
    missing = "Missing: the target value, the tool, who delivers it"
    assert lines(campaign)[0][:2] == ("Sales is incomplete", missing)
    target.value, target.tool, target.supplier = 5, "Shop", campaign.owner
    target.save()
    assert lines(campaign) == [("1 KPI with its target", "", Progress.DONE)]
    campaign.owner.is_active = False
    campaign.owner.save()
    assert lines(campaign)[0][:2] == ("Sales is incomplete", "Missing: who delivers it now")


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [("number", "16500", "16,500"), ("money", "19", "€19"), ("percent", "4.5", "4.5%"), ("score", None, "–")],
)
def test_a_target_is_shown_in_its_unit(campaign, unit, value, words):
    kpi = KpiFactory(unit=unit)
    target = Target(campaign=campaign, kpi=kpi, value=None if value is None else Decimal(value))
    assert target_words(target, "EUR") == words


def test_the_catalogue_is_kept_by_managers(client):
    client.force_login(manager())
    data = {
        "code": "sales",
        "name_de": "Umsatz",
        "name_en": "Sales",
        "question": "What did it earn?",
        "unit": "money",
        "direction": "up",
        "active": "on",
    }
    assert client.post("/kpis/new/", data).status_code == 302
    kpi = Kpi.objects.get()
    assert client.post(f"/kpis/{kpi.pk}/edit/", data | {"name_en": "Revenue"}).status_code == 302
    assert AuditEvent.objects.filter(verb="kpi.changed").get().data["fields"] == ["name_en"]
    response = client.post("/kpis/new/", data)
    assert errors(response) == {"code": ["KPI with this Code already exists."]}
    client.force_login(UserFactory(roles=[Role.MARKETER]))
    assert client.post("/kpis/new/", data).status_code == 403


def test_the_catalogue_needs_the_same_queries_for_one_and_three(client, django_assert_num_queries):
    client.force_login(manager())
    for count in (1, 3):
        while Kpi.objects.count() < count:
            KpiFactory()
        with django_assert_num_queries(4):
            assert client.get("/kpis/").status_code == 200
