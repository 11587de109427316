"""Every text field of the message gives the naughty strings back unharmed, or refuses them clearly."""

import unicodedata

import pytest
from django.urls import reverse
from django.utils.html import escape

from campaigns.forms.message import CoreForm, FactForm, VariantForm
from campaigns.models import CoreMessage, Fact, Variant
from campaigns.services import content
from campaigns.services.dossier import Dossier
from tests.campaigns.message_data import make_message
from tests.data import naughty_strings

pytestmark = pytest.mark.django_db


def refused(text, allowed=""):
    """Whether the text has a character that no text may have."""
    return any(unicodedata.category(char) in ("Cc", "Cs") and char not in allowed for char in text)


def test_every_text_field_gives_them_back_or_refuses_them():
    made = make_message()
    variant, dossier = made.variant("DE", channel=made.mail), Dossier(made.campaign)
    text_fact = Fact(campaign=made.campaign, kind="text", version=0)
    for raw in naughty_strings():
        text = raw[:200]
        core = CoreForm({"claim": text, "promise": raw, "language": "de", "version": 1}, instance=made.core)
        assert core.is_valid() is not (refused(text) or refused(raw, "\n\t")), repr(raw)
        words = VariantForm({"headline": text, "body": raw, "version": 1}, instance=variant)
        assert words.is_valid() is not (refused(text) or refused(raw, "\n\t")), repr(raw)
        data = {"label": text[:80], "key": "t", "everywhere": raw[:2000], "version": 0}
        fact = FactForm(data, instance=text_fact, dossier=dossier, kind="text")
        assert fact.is_valid() is not (refused(text[:80]) or refused(raw[:2000], "\n\t")), repr(raw)
        if words.is_valid():
            assert (words.cleaned_data["headline"], words.cleaned_data["body"]) == (text, raw)
            assert fact.fact_values() == {None: {"text": raw[:2000]}}


def test_they_are_hashed_filled_and_cut_without_a_fault():
    for text in naughty_strings():
        assert len(content.canonical_hash(text)) == 64
        assert content.fill(text, {}) == text
        assert "".join(piece.text for piece in content.pieces(text, {})) == text


SHOWN = [
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "{{ 7|add:7 }}",
    "Ω≈ç√∫ 田中さん 🐵",
    "‮text",
    "%s %(x)s {0}",
]


@pytest.mark.parametrize("text", SHOWN)
@pytest.mark.parametrize("kind", ["mail", "sms", "post", "ad", "page", "script"])
def test_they_are_shown_harmlessly(client, text, kind):
    made = make_message()
    made.sms.channel.preview = kind
    made.sms.channel.save()
    CoreMessage.objects.update(claim=text, promise=text)
    Fact.objects.update(label=text)
    made.price.values.all().delete()
    made.price.values.create(value={"amount": text, "currency": text})
    Variant.objects.create(
        campaign=made.campaign,
        campaign_channel=made.sms,
        campaign_region=made.region("DE"),
        language="de",
        headline=text,
        body=f"{text}\n{text} {{{{price}}}}",
    )
    client.force_login(made.owner)
    page = client.get(reverse("campaigns:message", args=[made.campaign.pk]))
    html = page.content.decode()
    assert page.status_code == 200
    assert html.count(escape(text)) >= 4
    assert "<script>alert" not in html
