"""The plan as a document: what stands in it, for whom, and on paper."""

from decimal import Decimal

import pypdfium2
import pytest
from django.template.loader import render_to_string

from accounts.enums import Role
from accounts.permissions import ACCESS, page
from campaigns.document.parts import document_of
from campaigns.enums import DecisionKind
from campaigns.models import Budget, CoreMessage, Decision, Stage
from campaigns.views.document import plan_pdf
from tests.campaigns.message_data import make_message
from tests.factories import (
    CampaignChannelFactory,
    ChannelFactory,
    KpiFactory,
    TargetGroupFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def told():
    """A campaign with something in nearly every part."""
    told = make_message(name="Draußen zuhause")
    CoreMessage.objects.filter(pk=told.core.pk).update(claim="Raus für {{price}}")
    told.variant("DE")
    told.sms.flights.create(starts_on=told.campaign.starts_on, ends_on=told.campaign.ends_on)
    told.campaign.target_groups.add(TargetGroupFactory(name_en="Families", insight="They buy on Saturdays."))
    budget, _made = Budget.objects.get_or_create(campaign=told.campaign)
    Budget.objects.filter(pk=budget.pk).update(proposed=Decimal(54321))
    Decision.objects.create(
        campaign=told.campaign,
        kind=DecisionKind.GENERAL,
        what="No discounts",
        why="They cheapen the brand.",
        cost=Decimal(777),
        by=told.owner,
    )
    Stage.objects.create(campaign=told.campaign, position=1, name="Pilot")
    told.campaign.targets.create(kpi=KpiFactory(name_en="Jackets sold"), value=Decimal(1200))
    return told


def keys(campaign, user, only=None):
    return [part.key for part in document_of(campaign, user, only).parts]


def test_the_page_has_every_part_and_leads_nowhere(client, told):
    client.force_login(told.owner)
    shown = client.get(f"/campaigns/{told.campaign.pk}/plan/").text
    article = shown[shown.index('<article class="doc">') : shown.index("</article>")]
    for words in (
        *("Draußen zuhause", "Families", "They buy on Saturdays.", "€54,321", "Raus für 159", "Jetzt 159"),
        *("CHF", "No discounts", "€777", "Pilot", "Jackets sold", "Working copy: it may still change."),
    ):
        assert words in article, words
    assert "{{" not in article
    assert [link for link in article.split('href="')[1:] if not link.startswith("#part-")] == []


def test_queries_do_not_grow_with_regions_channels_and_texts(client, told, django_assert_num_queries):
    client.force_login(told.owner)
    url = f"/campaigns/{told.campaign.pk}/plan/"
    client.get(url)
    with django_assert_num_queries(QUERIES):
        client.get(url)
    for code in ("CH", "UK"):
        told.variant(code, language="de" if code == "CH" else "en")
        row = CampaignChannelFactory(campaign=told.campaign, channel=ChannelFactory())
        told.variant(code, channel=row, language="de" if code == "CH" else "en")
        row.flights.create(starts_on=told.campaign.starts_on, ends_on=told.campaign.ends_on)
        told.campaign.target_groups.add(TargetGroupFactory())
        told.campaign.targets.create(kpi=KpiFactory())
    with django_assert_num_queries(QUERIES):
        client.get(url)


QUERIES = 26


def test_what_somebody_may_not_see_is_not_in_it(told, monkeypatch):
    everything = keys(told.campaign, told.owner)
    assert everything[:3] == ["audience", "schedule", "money"]
    monkeypatch.setitem(ACCESS, "campaigns:budget", page(Role.MANAGER))
    monkeypatch.setitem(ACCESS, "kpis:targets", page(Role.MANAGER))
    less = keys(told.campaign, told.owner)
    assert sorted(set(everything) - set(less)) == ["kpis", "money"]
    assert keys(told.campaign, told.owner, ["stages", "money", "message"]) == ["message", "stages"]
    assert keys(told.campaign, UserFactory()) == []


def test_what_a_decision_costs_stands_only_beside_the_money(told):
    for only, there in ((["decisions"], False), (["decisions", "money"], True)):
        doc = document_of(told.campaign, told.owner, only)
        assert ("€777" in render_to_string("campaigns/document/body.html", {"doc": doc})) is there


def test_the_file_has_the_campaigns_name_and_the_language_asked_for(client, told, monkeypatch):
    drawn = {}
    monkeypatch.setattr("core.documents.pdf", lambda template, context: drawn.update(context) or b"%PDF")
    client.force_login(told.owner)
    answer = client.get(f"/campaigns/{told.campaign.pk}/plan.pdf?lang=de")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Drau%C3%9Fen%20zuhause.pdf"
    assert drawn["LANGUAGE_CODE"] == "de"
    assert drawn["made"].endswith(f"aus Sicht von {told.owner}")


def test_on_paper_every_page_has_its_number_and_the_contents_name_them(told):
    doc = document_of(told.campaign, told.owner, ["schedule"])
    paper = pypdfium2.PdfDocument(plan_pdf(doc, "As of today"))
    first, second = (sheet.get_textpage().get_text_bounded() for sheet in paper)
    # The number in the contents stands at the right and is read first.
    assert first.split()[0] == "2"
    assert "1 / 2" in first
    assert "Draußen zuhause" in second
    assert "2 / 2" in second
