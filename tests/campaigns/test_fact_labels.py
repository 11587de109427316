"""A fact may be called otherwise in the other language: who reads which label, and where it is kept."""

import pytest
from django.urls import reverse
from django.utils import translation

from campaigns import copying
from campaigns.copied import put_facts, take_facts
from campaigns.models import Campaign, CoreMessage, Fact, Variant
from campaigns.services import content, message, restore, snapshot
from campaigns.services.dossier import Dossier
from campaigns.views.releases import region_view
from tests.campaigns.message_data import EUR_159, make_fact, make_message
from tests.factories import CampaignFactory, marketer
from tests.factories.lifecycle import fix_release

pytestmark = pytest.mark.django_db
NAMED = {"label": "Preis", "labels": {"en": "Price"}}


@pytest.fixture
def made():
    return make_message()


def built(made):
    return snapshot.build(Dossier(Campaign.objects.get(pk=made.campaign.pk)))


def call(made, label="Preis", labels=None, **kwargs):
    """Save the price anew under these labels."""
    fact = Fact.objects.get(pk=made.price.pk)
    values = {one.region_id: one.value for one in fact.values.all()}
    names = {"label": label, "labels": labels, "values": values}
    return message.save_fact(
        campaign=made.campaign, fact=fact, expected=fact.version, by=made.owner, **names | kwargs
    )


def test_a_release_says_a_second_label_only_where_there_is_one(made):
    plain = built(made)
    assert list(plain["facts"][0]) == ["key", "label", "kind", "values"]
    assert list(plain["facts_by_region"]["UK"][0]) == ["key", "label", "kind", "raw", "shown"]
    assert list(content.fact_content(made.price)) == ["key", "kind", "label", "values"]
    call(made, labels={"en": "Price"})
    with translation.override("de"):
        said = built(made)
    for fact in (said["facts"][0], said["facts_by_region"]["UK"][0], said["facts_by_region"]["DE"][0]):
        assert {name: fact.pop(name) for name in NAMED} == NAMED
    with translation.override("en"):
        assert region_view(built(made), "UK")["facts"][0]["label"] == "Price"
        assert region_view(plain, "UK")["facts"][0]["label"] == "Preis"
    call(made, labels={"en": " "})
    assert built(made) == plain


def test_a_reviewer_reads_his_own_and_is_asked_again_when_it_changes(made):
    def of_price(code, language):
        dossier = Dossier(made.campaign)
        where = made.region(code)
        found = next(one for one in content.passages(dossier, where, language) if one.key == "fact.price")
        return found.label, found.content_hash, content.region_hash(dossier, where, language)

    made.variant("DE", body="Jetzt {{price}}")
    message.confirm_variant(
        variant=Variant.objects.get(),
        seen=content.variant_hash(Dossier(made.campaign), Variant.objects.get()),
        by=made.expert,
    )
    german, english = of_price("DE", "de"), of_price("UK", "en")
    call(made, labels={"en": "Price"})
    assert of_price("DE", "de") == german
    now = of_price("UK", "en")
    assert (english[0], now[0]) == ("Preis", "Price")
    assert not set(now) & set(english)
    # As with the first label, no channel says it: what experts confirmed stays so.
    assert Variant.objects.get().state == "confirmed"


def test_copies_templates_and_a_discarded_change_keep_it(made):
    call(made, labels={"en": "Price"})
    taken = take_facts(made.campaign)
    assert {name: taken[0][name] for name in NAMED} == NAMED
    campaign = CampaignFactory(owner=marketer())
    put_facts(copying.Copy(campaign, campaign.owner, frozenset({"facts"})), taken)
    assert campaign.facts.get().labels == {"en": "Price"}
    fixed = fix_release(made.campaign)
    Campaign.objects.filter(pk=made.campaign.pk).update(state="draft")
    call(made, label="Aktionspreis", labels={"en": "Offer price"})
    restore._facts(made.campaign, fixed, made.owner)
    assert (Fact.objects.get(pk=made.price.pk).label, call(made).labels) == ("Preis", {"en": "Price"})


def test_the_form_asks_for_it_in_the_other_language(client, made):
    client.force_login(made.owner)
    address = reverse("campaigns:fact_edit", args=[made.campaign.pk, made.price.pk])
    form = client.get(address).context["form"]
    assert (str(form["label_other"].label), form["label_other"].value()) == ("Label in English", "")
    assert 'lang="en"' in str(form["label_other"])
    uk = f"region-{made.region('UK').region_id}"
    values = {bound.html_name: bound.value() or "" for bound in form} | {uk: "149"}
    assert client.post(address, values | {"label_other": "x" * 81}).status_code == 200
    assert client.post(address, values | {"label_other": "Price"}).status_code == 302
    assert Fact.objects.get(pk=made.price.pk).labels == {"en": "Price"}
    page = client.get(reverse("campaigns:message", args=[made.campaign.pk])).content.decode()
    assert ">Price</a>" in page
    assert ">Preis</a>" not in page
    history = reverse("campaigns:message_versions", args=[made.campaign.pk, "fact", made.price.pk])
    parts = {part.label: part.new for part in client.get(history).context["parts"]}
    assert (parts["Name"], parts["Label in English"]) == ("Preis", "Price")
    # Somebody else gave another one meanwhile: both are shown.
    stale = client.post(address, values | {"label_other": "Offer price"})
    assert stale.status_code == 409
    named = [(one.label, one.theirs, one.yours) for one in stale.context["form"].conflict.changes]
    assert ("Label in English", "Price", "Offer price") in named
    # A core message in English later on does not make the English label a German one.
    CoreMessage.objects.update(language="en")
    assert client.get(address).context["form"]["label_other"].value() == "Price"


@pytest.mark.parametrize(
    ("core", "kind", "labels"),
    [
        ("de", "discount", ("Rabatt", "Discount")),
        ("en", "discount", ("Discount", "Rabatt")),
        ("de", "text", ("Text", "")),
    ],
)
def test_a_new_fact_is_called_what_its_kind_is_in_both_languages(client, made, core, kind, labels):
    CoreMessage.objects.update(language=core)
    client.force_login(made.owner)
    address = reverse("campaigns:fact_new", args=[made.campaign.pk]) + f"?kind={kind}"
    form = client.get(address).context["form"]
    assert (form["label"].value(), form["label_other"].value()) == labels


def test_without_a_second_label_everybody_reads_the_first(made):
    fact = make_fact(made.campaign, key="old", label="Bisher", default=EUR_159)
    assert [fact.label_in(language) for language in ("de", "en")] == ["Bisher", "Bisher"]
    assert content.label_in({"label": "Bisher"}, "en") == "Bisher"
