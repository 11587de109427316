"""A variant has the parts that its channel has, under the names by which the channel's experts know them."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse

from campaigns.errors import Refused
from campaigns.models import ContentVersion, Variant
from campaigns.services import content, message
from campaigns.services.dossier import Dossier
from channels.enums import PARTS, Parts
from channels.models import Channel
from channels.reference import CHANNELS, parts_of
from tests.campaigns.message_data import make_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return make_message()


def editor(client, made, variant):
    client.force_login(made.expert)
    return client.get(reverse("campaigns:variant_edit", args=[made.campaign.pk, variant.pk]))


def test_every_kind_has_a_text_and_names_for_its_parts():
    assert set(PARTS) == set(Parts.values)
    assert all("body" in labels for labels in PARTS.values())
    known = {code: parts_of(code) for code, *_rest in CHANNELS}
    assert set(known.values()) == set(Parts.values)
    assert (known["sms"], known["email"], known["radio"]) == ("text", "subject", "script")
    assert {one.code: one.parts for one in Channel.objects.filter(code__in=known)} == known


def test_a_text_message_has_no_headline(client, made):
    variant = made.variant("DE")
    page = editor(client, made, variant)
    assert 'name="headline"' not in page.content.decode()
    url = page.wsgi_request.path
    data = {"body": "Nur {{price}}", "version": 1, "headline": "Raus"}
    assert client.post(url, data).status_code == 302
    variant.refresh_from_db()
    assert (variant.headline, variant.body) == ("", "Nur {{price}}")


def test_parts_carry_the_names_of_the_channel(client, made):
    html = editor(client, made, made.variant("DE", channel=made.mail)).content.decode()
    assert "Subject" in html.split('name="headline"')[0]
    Channel.objects.filter(pk=made.mail.channel_id).update(parts="poster")
    made.variant("CH", channel=made.mail, headline="Raus", body="Immer")
    found = content.passages(Dossier(made.campaign), made.region("CH"), "de")
    assert [one.label for one in found if one.key.startswith("variant.")] == ["Headline", "Claim"]


def test_no_service_writes_a_headline_where_there_is_none(made):
    variant = made.variant("DE")
    with pytest.raises(Refused, match="SMS has no headline"):
        message.save_variant(variant=variant, headline="Raus", body="x", expected=1, by=made.owner)
    assert Variant.objects.get().body == "Jetzt {{price}}"


def test_a_headline_of_before_can_still_be_read_and_moved(client, made):
    variant = made.variant("DE", headline="Raus")
    page = editor(client, made, variant).content.decode()
    assert "This channel has none: move the words into the text." in page
    saved = message.save_variant(variant=variant, headline="Raus", body="Neu", expected=1, by=made.owner)
    saved = message.save_variant(variant=saved, headline="", body="Raus! Neu", expected=2, by=made.owner)
    assert (saved.headline, saved.body) == ("", "Raus! Neu")


def test_headlines_of_before_become_the_first_line_of_texts_that_nobody_confirmed(made):
    fold = import_module("campaigns.migrations.0006_text_only").fold
    loose = made.variant("DE", headline="Raus")
    version = {"kind": "variant", "object_id": loose.pk, "content": {}, "content_hash": "x"}
    ContentVersion.objects.create(campaign=made.campaign, number=1, author=made.owner, **version)
    mail = made.variant("DE", channel=made.mail, headline="Betreff")
    confirmed = made.variant("CH")
    seen = content.variant_hash(Dossier(made.campaign), confirmed)
    message.confirm_variant(variant=confirmed, seen=seen, by=made.expert)
    Variant.objects.filter(pk=confirmed.pk).update(headline="Fest")
    fold(apps, SimpleNamespace(connection=connection))
    said = {one.pk: (one.headline, one.body) for one in Variant.objects.all()}
    assert said == {
        loose.pk: ("", "Raus\nJetzt {{price}}"),
        mail.pk: ("Betreff", "Jetzt {{price}}"),
        confirmed.pk: ("Fest", "Jetzt {{price}}"),
    }
    last = ContentVersion.objects.filter(object_id=loose.pk).latest("number")
    assert (last.number, last.author) == (2, made.owner)
    assert last.content_hash == content.canonical_hash({"headline": "", "body": "Raus\nJetzt {{price}}"})
