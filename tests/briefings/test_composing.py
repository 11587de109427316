"""What a draft begins with, and what is taken over into it later (serves B1)."""

from datetime import date

import pytest
from django.urls import reverse

from accounts.enums import Audience
from briefings.models import Briefing, BriefingTemplate
from briefings.services.composing import compose
from briefings.services.content import build
from briefings.services.taking import new_questions, proposals, source_of
from briefings.services.writing import draft_briefing
from campaigns.models import CoreMessage, Fact, FactValue
from channels.models import Channel
from tests.briefings.data import put_out, set_price, staff, written
from tests.factories import CampaignChannelFactory, ChannelFactory, UserFactory
from tests.factories.lifecycle import fix_release

pytestmark = pytest.mark.django_db


def add_fact(campaign, key, kind, text):
    fact = Fact.objects.create(campaign=campaign, key=key, kind=kind, label=key.title())
    FactValue.objects.create(fact=fact, region=None, value={"text": text})


def drafted(region, audience=Audience.SERVICE, language="de"):
    return draft_briefing(
        campaign_region=region, audience=audience, language=language, by=region.campaign.owner
    )[0]


def carry(region, code):
    channel = Channel.objects.filter(code=code).first() or ChannelFactory(code=code, direction="inbound")
    CampaignChannelFactory(campaign=region.campaign, channel=channel).regions.set([region])


def test_terms_channels_and_people_become_words_with_tokens(region):
    add_fact(region.campaign, "terms", "terms", "One per card, returns within 60 days")
    add_fact(region.campaign, "code", "code", "RAURIS60")
    carry(region, "click-and-collect")
    found = compose(region, "branch", "en")
    said = found.fields
    assert "{{terms}}" in said["not_for_whom"]
    assert "No promise beyond the terms: {{terms}}" in said["dont_say"]
    assert "No other figure than {{price}} (Price)" in said["dont_say"]
    assert "- Code: {{code}}" in said["say"]
    assert "collect it in the store" in said["benefit"]
    assert "Terms: {{terms}}" in said["benefit"]
    assert "comes into the store" in said["inbound"]
    assert "goes to {{owner}}, {{owner_phone}}" in said["complaints"]
    assert said["contact"] == "{{owner}} · {{owner_phone}}"
    assert ("Which code do I need?", "{{code}}") in found.questions


def test_nothing_is_promised_that_the_campaign_does_not_say(region):
    said = compose(region, "service", "de").fields
    assert said["benefit"] == said["incentive"] == said["not_for_whom"] == ""


def test_people_and_days_are_filled_when_a_version_is_built(region):
    type(region.campaign.owner).objects.filter(pk=region.campaign.owner_id).update(phone="+49 341 214")
    fix_release(region.campaign)
    briefing = written(
        region, say="{{campaign}} in {{region}}, {{starts_on}}–{{ends_on}}", contact="{{owner_phone}}"
    )
    texts = build(briefing, region.campaign.release.content)["texts"]
    first, last = (day.strftime("%d.%m.%Y") for day in (region.starts_on, region.ends_on))
    assert texts["say"] == f"{region.campaign.name} in {region.region.name_de}, {first}–{last}"
    assert texts["contact"] == "+49 341 214"


def test_another_price_is_no_news_because_facts_are_tokens(region):
    briefing = drafted(region)
    set_price(region.campaign, "149.00")
    assert proposals(briefing, source_of(briefing, region.campaign.owner, "campaign")) == []


def test_news_of_the_campaign_do_not_overwrite_what_the_author_wrote(client, region):
    briefing = drafted(region)
    Briefing.objects.filter(pk=briefing.pk).update(offer="My own words")
    core = CoreMessage.objects.get(campaign=region.campaign)
    core.promise, core.claim = "Stays dry and warm", "Warm for {{price}}"
    core.save()
    client.force_login(region.campaign.owner)
    address = reverse("briefings:take", args=[briefing.pk, "campaign"])
    shown = client.get(address).context
    assert {one.field: one.take for one in shown["proposals"]} == {
        "offer": False,
        "say": True,
        "inbound": True,
    }
    edit = client.get(reverse("briefings:edit", args=[briefing.pk]))
    assert "3 parts read differently" in edit.content.decode()
    form = shown["form"].initial | {"take-offer": "mine", "take-say": "theirs", "take-inbound": "theirs"}
    client.post(address, form)
    briefing.refresh_from_db()
    assert briefing.offer == "My own words"
    assert briefing.say.startswith("Warm for {{price}}")
    assert client.get(address).context["proposals"] == []


@pytest.mark.parametrize("wrong", [{"version": 99}, {"seal": "x" * 64}, {"version": "x"}])
def test_taking_over_what_changed_meanwhile_takes_nothing(client, region, wrong):
    briefing = drafted(region)
    other = written(region, audience=Audience.SALES, say="Theirs")
    client.force_login(region.campaign.owner)
    address = reverse("briefings:take", args=[briefing.pk, other.take_ref])
    form = client.get(address).context["form"].initial | {"take-say": "theirs"} | wrong
    response = client.post(address, form)
    assert response.status_code == 409
    assert "Something changed meanwhile" in response.content.decode()
    briefing.refresh_from_db()
    assert briefing.say != "Theirs"


def test_words_questions_and_check_of_another_briefing(client, region):
    briefing = drafted(region)
    one = {"key": "a" * 32, "question": "How long?", "multiple": False, "explanation": ""}
    one["options"] = [{"text": "14", "right": False}, {"text": "60", "right": True}]
    other = written(region, audience=Audience.SALES, say="Theirs", questions=[("Too big?", "Send it back")])
    Briefing.objects.filter(pk=other.pk).update(understanding=[one])
    client.force_login(region.campaign.owner)
    start = client.get(reverse("briefings:start", args=[briefing.pk]))
    address = reverse("briefings:take", args=[briefing.pk, other.take_ref])
    assert address in start.content.decode()
    form = client.get(address).context["form"].initial
    client.post(address, form | {"take-say": "theirs", "question": ["Too big?"], "check": ["How long?"]})
    briefing.refresh_from_db()
    assert briefing.say == "Theirs"
    assert "Too big?" in [row.question for row in briefing.questions.all()]
    assert [row["question"] for row in briefing.understanding] == ["How long?"]
    assert briefing.understanding[0]["key"] != one["key"]


def test_a_template_keeps_its_tokens(region):
    template = BriefingTemplate.objects.create(
        name="Sale", title="Sale", language="de", say="Until {{ends_on}}", author=region.campaign.owner
    )
    briefing = drafted(region)
    source = source_of(briefing, region.campaign.owner, template.take_ref)
    assert {one.field: one.theirs for one in proposals(briefing, source)}["say"] == "Until {{ends_on}}"
    assert new_questions(briefing, source) == []


@pytest.mark.parametrize(
    "ref", ["campaigns", "template-0", "template-", "briefing-99999999999", "user-1", "briefing-²"]
)
def test_what_is_no_source(region, ref):
    assert source_of(drafted(region), region.campaign.owner, ref) is None


def test_somebody_elses_briefing_is_no_source(region):
    other = written(region, audience=Audience.SALES)
    assert source_of(drafted(region), UserFactory(), other.take_ref) is None


def test_what_customers_see_goes_along_as_they_see_it(region):
    staff(region, 1)
    version = put_out(written(region))
    (channel,) = version.content["channels"]
    assert channel["headline"] == "For 159\N{NO-BREAK SPACE}€"
    assert channel["preview"] == Channel.objects.get(code="email").preview
    assert date.fromisoformat(version.content["period"]["starts_on"]) == region.starts_on
