"""Drafts for every channel, region and language that the plan asks for."""

import pytest

from campaigns import hooks
from campaigns.errors import NotEditable
from campaigns.models import ContentVersion, Variant
from campaigns.services.dossier import Dossier
from campaigns.services.variants import create_variants_missing, missing
from core.registry import Registry
from tests.campaigns.message_data import make_message
from tests.factories import CampaignChannelFactory, ChannelFactory

pytestmark = pytest.mark.django_db


def places(campaign):
    found = campaign.variants.order_by("campaign_channel__channel__position", "campaign_region__region__code")
    return [
        (one.campaign_channel.channel.code, one.campaign_region.region.code, one.language) for one in found
    ]


def test_one_draft_for_every_place_once():
    made = make_message()
    made.mail.regions.set([made.region("DE")])
    created = create_variants_missing(campaign=made.campaign, by=made.owner)
    assert len(created) == 4
    assert places(made.campaign) == [
        ("email", "DE", "de"),
        ("sms", "CH", "de"),
        ("sms", "DE", "de"),
        ("sms", "UK", "en"),
    ]
    assert create_variants_missing(campaign=made.campaign, by=made.owner) == []
    assert ContentVersion.objects.filter(kind="variant", number=1, author=made.owner).count() == 4


def test_a_draft_says_what_the_core_message_says():
    made = make_message()
    create_variants_missing(campaign=made.campaign, by=made.owner)
    variant = made.mail.variants.first()
    assert variant.headline == "Draußen fängt hinter der Haustür an."
    assert variant.body == "Eine Jacke für jedes Wetter, jetzt {{price}}.\n\n4,7 Sterne\n\n60 Tage testen"
    assert list(variant.facts.all()) == [made.price]


def test_a_draft_takes_over_what_its_channel_says_in_the_same_language():
    made = make_message()
    made.variant("DE", channel=made.mail, headline="Raus", body="Nur {{price}}")
    create_variants_missing(campaign=made.campaign, by=made.owner)
    swiss, british = (made.mail.variants.get(campaign_region__region__code=code) for code in ("CH", "UK"))
    assert (swiss.headline, swiss.body) == ("Raus", "Nur {{price}}")
    assert british.body.startswith("Eine Jacke")


def test_a_channel_without_a_headline_says_it_first_in_its_text():
    made = make_message()
    create_variants_missing(campaign=made.campaign, by=made.owner)
    variant = made.sms.variants.first()
    assert variant.headline == ""
    assert variant.body.startswith("Draußen fängt hinter der Haustür an.\n\nEine Jacke für jedes Wetter")


def test_some_places_from_one_variant():
    made = make_message()
    source = made.variant("DE", headline="Raus", body="Nur {{price}}")
    wanted = [place.key for place in missing(Dossier(made.campaign)) if place.channel.pk == made.mail.pk][:1]
    created = create_variants_missing(campaign=made.campaign, by=made.owner, only=wanted, copy_from=source)
    assert [(one.campaign_channel_id, one.body) for one in created] == [(made.mail.pk, "Nur {{price}}")]


def test_without_core_message_the_drafts_are_empty():
    made = make_message()
    made.core.delete()
    create_variants_missing(campaign=made.campaign, by=made.owner)
    assert {one.body for one in Variant.objects.all()} == {""}


def test_a_closed_campaign_gets_none():
    made = make_message(state="cancelled")
    with pytest.raises(NotEditable):
        create_variants_missing(campaign=made.campaign, by=made.owner)
    assert Variant.objects.count() == 0


@pytest.mark.parametrize("channels", [1, 3])
def test_queries_stay_the_same(channels, django_assert_num_queries, monkeypatch):
    # What others do with the news has tests of its own.
    monkeypatch.setattr(hooks, "message_changed", Registry())
    made = make_message()
    for number in range(channels):
        CampaignChannelFactory(campaign=made.campaign, channel=ChannelFactory(code=f"more-{number}"))
    with django_assert_num_queries(15):
        create_variants_missing(campaign=made.campaign, by=made.owner)
