"""A campaign made from an earlier one or from a template: what comes along, moved, as a draft of its own."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.enums import Audience, Role
from briefings.services.writing import draft_briefing
from campaigns import copying, origin
from campaigns.enums import Phase, Preparation
from campaigns.models import Campaign, CampaignTemplate, Decision
from campaigns.services import copying as service
from campaigns.services.dossier import Dossier
from campaigns.services.message import save_core, save_fact
from campaigns.services.plan_data import ChannelPlan, Plan, RegionPlan, plan_of
from campaigns.services.planning import create_campaign
from campaigns.services.variants import create_variants_missing
from kpis.services.targets import TargetPlan, set_targets
from tests.campaigns.planning_data import END, START, Firm, filled_in
from tests.factories import DepartmentFactory, KpiFactory, TargetGroupFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = START + timedelta(days=364)


@pytest.fixture
def firm():
    return Firm()


@pytest.fixture
def source(firm):
    """A campaign with every part."""
    flights = ((START, START + timedelta(days=9)),)
    plan = Plan(
        "Outdoors",
        START,
        END,
        owner=firm.owner,
        goal=firm.goal,
        theme="Autumn",
        target_groups=(TargetGroupFactory(),),
        partners=(DepartmentFactory(),),
        regions=(RegionPlan(firm.de, START, END), RegionPlan(firm.at, date(2026, 10, 1), END)),
        channels=(
            ChannelPlan(firm.mail, firm.mail_expert, (), flights, Decimal(400)),
            ChannelPlan(firm.tv, firm.tv_expert, (firm.at,), (), Decimal(0)),
        ),
        proposed=Decimal(1000),
    )
    made = create_campaign(by=firm.owner, plan=plan)
    save_core(campaign=made, values={"language": "de", "claim": "Nur {{price}}"}, expected=0, by=firm.owner)
    price = {None: {"amount": "159.00", "currency": "EUR"}}
    fact = {"campaign": made, "by": firm.owner}
    save_fact(key="price", kind="price", label="Preis", values=price, **fact)
    save_fact(key="product", kind="product", label="Jacke", values={None: {"text": "Jacke"}}, **fact)
    create_variants_missing(campaign=made, by=firm.owner)
    set_targets(campaign=made, by=firm.owner, targets=[TargetPlan(KpiFactory(), Decimal(10), END)])
    region = made.regions.get(region=firm.at)
    draft_briefing(campaign_region=region, audience=Audience.SERVICE, language="de", by=firm.owner)
    Decision.objects.create(campaign=made, title="Mail first", what="Mail", why="Cheaper", by=firm.owner)
    return Campaign.objects.get(pk=made.pk)


def copied(source, firm, ticked=None, submission=None, by=None):
    every = {part.key for part in copying.all_parts()}
    return service.make_copy(
        source=source,
        name="Outdoors 2027",
        starts_on=LATER,
        ticked=every if ticked is None else ticked,
        submission=submission or uuid4(),
        by=by or firm.owner,
    )


def test_everything_comes_along_moved_and_unapproved(firm, source):
    Campaign.objects.filter(pk=source.pk).update(state=Preparation.CANCELLED, phase=Phase.CANCELLED)
    made = copied(service.of_campaign(source), firm)
    year = timedelta(days=364)
    before, after = plan_of(source), plan_of(made)
    assert (made.state, made.phase, made.release, made.starts_on) == ("draft", "draft", None, LATER)
    assert (after.goal, after.theme, after.target_groups) == (firm.goal, "Autumn", before.target_groups)
    assert after.partners == before.partners
    moved = [(row.region, row.starts_on + year, row.ends_on + year) for row in before.regions]
    assert [(row.region, row.starts_on, row.ends_on) for row in after.regions] == moved
    assert [row.expert for row in after.channels] == [firm.mail_expert, firm.tv_expert]
    assert after.channels[0].flights == ((LATER, LATER + timedelta(days=9)),)
    assert [row.amount for row in after.channels] == [Decimal(400), Decimal(0)]
    assert (made.budget.proposed, made.budget.approved) == (Decimal(1000), None)
    assert (made.core_message.claim, made.variants.count()) == ("Nur {{price}}", source.variants.count())
    assert set(made.variants.values_list("state", flat=True)) == {"draft"}
    assert (made.targets.get().due_on, made.briefings.get().audience) == (END + year, "service")
    assert made.submission != source.submission


def test_only_what_is_ticked_and_never_twice(firm, source):
    number = uuid4()
    what = {"regions", "flights", "variants", "briefings"}
    made = copied(service.of_campaign(source), firm, what, number)
    again = copied(service.of_campaign(source), firm, what, number)
    assert again == made
    # Flights and variants belong to channels, which were not ticked.
    assert (made.channels.count(), made.regions.count(), made.briefings.count()) == (0, 2, 1)
    assert (made.variants.count(), made.facts.count(), made.goal) == (0, 0, None)
    with pytest.raises(PermissionDenied):
        copied(service.of_campaign(source), firm, by=firm.mail_expert)


def test_facts_that_came_along_are_checked_before_approval(firm, source, client):
    made = copied(service.of_campaign(source), firm)
    (line,) = origin.facts_are_checked(Dossier(made))
    assert (line.title, line.detail, line.who) == ("Check 1 copied fact", "Preis", firm.owner)
    client.force_login(firm.owner)
    page = client.get(reverse("campaigns:detail", args=[made.pk]) + "?all=1").content.decode()
    assert "Still right?" in page
    assert "Mail first" in page
    assert f'href="{source.get_absolute_url()}"' in page
    client.post(reverse("campaigns:fact_checked", args=[made.pk]), {"key": "price"})
    assert list(origin.facts_are_checked(Dossier(made))) == []
    # A fact that is changed needs no further word.
    other = copied(service.of_campaign(source), firm)
    price = other.facts.get(key="price")
    values = {None: {"amount": "179.00", "currency": "EUR"}}
    save_fact(campaign=other, fact=price, label="Preis", values=values, expected=price.version, by=firm.owner)
    assert list(origin.facts_are_checked(Dossier(other))) == []


def test_a_template_is_no_campaign_and_makes_some(firm, source, client):
    client.force_login(firm.owner)
    campaigns = Campaign.objects.count()
    keep = reverse("campaigns:template_keep", args=[source.pk])
    assert client.post(keep, {"name": "Launch", "note": "For jackets"}).status_code == 302
    assert b"There is a template of this name already." in client.post(keep, {"name": "Launch"}).content
    template = CampaignTemplate.objects.get()
    assert Campaign.objects.count() == campaigns
    assert b"Launch" in client.get(reverse("campaigns:templates")).content
    url = reverse("campaigns:from_template", args=[template.pk])
    page = client.get(url)
    form = page.context["form"]
    assert b"prices, dates, discounts, codes and terms are marked to be checked" in page.content
    data = {"submission": str(form.initial["submission"]), "starts_on": "2031-03-03", "name": "Spring"}
    empty = client.post(url, data | {"name": "", "parts": ["regions"]})
    assert b"This field is required." in empty.content
    assert b'value="2031-03-03"' in empty.content
    answer = client.post(url, data | {"parts": form.initial["parts"]})
    made = Campaign.objects.get(name="Spring")
    assert answer.url == made.get_absolute_url()
    assert (made.ends_on - made.starts_on, made.channels.count()) == (END - START, 2)
    assert (made.origin.template, made.facts.count(), made.briefings.count()) == ("Launch", 2, 1)
    client.post(reverse("campaigns:template_drop", args=[template.pk]))
    assert not CampaignTemplate.objects.exists()


def test_a_template_is_renamed_over_the_version_that_was_seen(firm, source, client):
    client.force_login(firm.owner)
    keep = reverse("campaigns:template_keep", args=[source.pk])
    for name in ("Launch", "Sale"):
        client.post(keep, {"name": name})
    launch = CampaignTemplate.objects.get(name="Launch")
    url = reverse("campaigns:template_edit", args=[launch.pk])
    assert url in client.get(reverse("campaigns:templates")).text
    form = client.get(url).context["form"]
    seen = filled_in(form)
    assert "There is a template of this name already." in client.post(url, seen | {"name": "Sale"}).text
    assert client.post(url, seen | {"name": "Start", "note": "For jackets"}).status_code == 302
    late = client.post(url, seen | {"name": "Beginning"})
    assert late.status_code == 409
    assert "Start" in late.text
    assert "Beginning" in late.text
    launch.refresh_from_db()
    assert (launch.name, launch.note, launch.version) == ("Start", "For jackets", 2)
    client.force_login(UserFactory(roles=[Role.MARKETER]))
    assert client.get(url).status_code == 403
    assert url not in client.get(reverse("campaigns:templates")).text
    client.force_login(UserFactory(roles=[Role.ADMIN], is_staff=True))
    page = reverse("admin:campaigns_campaigntemplate_change", args=[launch.pk])
    assert client.post(page, {"name": "Sale", "note": "", "seen_version": 2}).status_code == 200
    assert client.post(page, {"name": "Final", "note": "", "seen_version": 2}).status_code == 302
    assert "Nothing was saved" in client.post(page, {"name": "Late", "note": "", "seen_version": 2}).text
    launch.refresh_from_db()
    assert launch.name == "Final"
    assert launch.parts == CampaignTemplate.objects.get(name="Sale").parts
