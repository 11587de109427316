"""Facts in words, tokens, hashes: what a message says."""

import pytest
from django.utils import translation

from campaigns.models import FactValue
from campaigns.services import content
from campaigns.services.content import fill, pieces, show_value, tokens_in, unknown_tokens
from campaigns.services.dossier import Dossier
from channels.enums import Parts
from channels.models import Channel
from tests.campaigns.message_data import CHF_179, EUR_149, EUR_159, make_fact, make_message

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("kind", "value", "language", "text"),
    [
        ("price", EUR_159, "de", f"159{NBSP}€"),
        ("price", EUR_159, "en", "€159"),
        ("price", {"amount": "1159.90", "currency": "EUR"}, "de", f"1.159,90{NBSP}€"),
        ("price", CHF_179, "de", f"CHF{NBSP}179"),
        ("price", CHF_179, "en", f"CHF{NBSP}179"),
        ("price", {"amount": "139", "currency": "GBP"}, "en", "£139"),
        ("discount", {"percent": "20"}, "de", f"20{NBSP}%"),
        ("discount", {"percent": "12.5"}, "en", "12.5%"),
        ("date", {"date": "2026-10-31"}, "de", "31.10.2026"),
        ("date", {"date": "2026-10-31"}, "en", f"31{NBSP}Oct{NBSP}2026"),
        ("text", {"text": "solange der Vorrat reicht"}, "de", "solange der Vorrat reicht"),
        ("code", {"text": "RAUS26"}, "en", "RAUS26"),
        ("price", {"amount": "viel", "currency": "EUR"}, "de", ""),
        ("date", {"text": "bald"}, "de", ""),
    ],
)
def test_show_value(kind, value, language, text):
    with translation.override("en"):
        assert show_value(kind, value, language) == text


def test_tokens_tolerate_spaces_and_are_found_once():
    assert tokens_in("{{price}} {{ price }} {{code }} {{}} {{ }} {price} {{a\nb}}") == {"price", "code"}


def test_fill_leaves_an_unknown_token_visible_and_reports_it():
    text = "Jetzt {{ price }} mit {{kode}}"
    assert fill(text, {"price": "159 €"}) == "Jetzt 159 € mit {{kode}}"
    assert unknown_tokens(text, {"price"}) == {"kode"}


def test_a_value_that_looks_like_a_token_is_not_filled_again():
    assert fill("{{a}}", {"a": "{{b}}", "b": "no"}) == "{{b}}"


def test_pieces_mark_what_comes_from_a_fact():
    found = [
        (piece.text, piece.key, piece.known)
        for piece in pieces("Jetzt {{price}}, {{x}}!", {"price": "159 €"})
    ]
    assert found == [
        ("Jetzt ", "", True),
        ("159 €", "price", True),
        (", ", "", True),
        ("{{x}}", "x", False),
        ("!", "", True),
    ]


def test_long_blanks_in_braces_are_read_in_no_time():
    assert tokens_in("{{" + " " * 200_000 + "x") == set()


def test_canonical_hash_ignores_order_and_takes_any_text():
    assert content.canonical_hash({"a": 1, "b": "ü"}) == content.canonical_hash({"b": "ü", "a": 1})
    assert len(content.canonical_hash("\ud800")) == 64


@pytest.mark.django_db
class TestOfACampaign:
    def test_a_region_has_its_own_value_or_the_default(self):
        made = make_message()
        regions = {code: made.region(code).region for code in ("DE", "CH")}
        assert content.fact_value(made.price, regions["CH"]) == CHF_179
        assert content.fact_value(made.price, regions["DE"]) == EUR_159
        assert content.fact_value(make_fact(made.campaign, key="only_ch", CH=CHF_179), regions["DE"]) is None

    def test_shown_facts_leave_out_what_has_no_value_here(self):
        made = make_message()
        make_fact(made.campaign, key="swiss", kind="text", CH={"text": "nur hier"})
        dossier = Dossier(made.campaign)
        assert [one.key for one in content.shown_facts(dossier, made.region("DE").region, "de")] == ["price"]
        assert content.fact_texts(dossier, made.region("CH").region, "de") == {
            "price": f"CHF{NBSP}179",
            "swiss": "nur hier",
        }

    def test_basis_changes_with_the_core_and_the_values_used_here_only(self):
        made = make_message()
        here, there = made.variant("DE"), made.variant("CH")
        plain = made.variant("DE", channel=made.mail, body="Ohne Preis")

        def hashes():
            dossier = Dossier(made.campaign)
            return [content.basis_hash(dossier, one) for one in (here, there, plain)]

        first = hashes()
        FactValue.objects.filter(fact=made.price, region=None).update(value=EUR_149)
        second = hashes()
        assert [a == b for a, b in zip(first, second, strict=True)] == [False, True, True]
        made.core.claim = "Neu"
        made.core.save()
        assert not set(second) & set(hashes())

    def test_passages_stand_side_by_side_in_reading_order(self):
        made = make_message()
        german = made.variant("DE", headline="Raus", body="Jetzt {{price}}")
        swiss = made.variant("CH", headline="Use", body="Nur {{price}}")
        dossier = Dossier(made.campaign)
        found = content.passages(dossier, made.region("CH"), "de")
        assert [(one.key, one.group) for one in found] == [
            ("core.claim", "Core message"),
            ("core.promise", "Core message"),
            ("core.proof", "Core message"),
            ("core.call_to_action", "Core message"),
            ("fact.price", "Facts of the offer"),
            (f"variant.{swiss.pk}.headline", "SMS"),
            (f"variant.{swiss.pk}.body", "SMS"),
        ]
        by_key = {one.key: one for one in found}
        assert by_key["core.promise"].original == f"Eine Jacke für jedes Wetter, jetzt 159{NBSP}€."
        assert by_key["core.promise"].text == f"Eine Jacke für jedes Wetter, jetzt CHF{NBSP}179."
        assert (by_key["fact.price"].original, by_key["fact.price"].text) == (f"159{NBSP}€", f"CHF{NBSP}179")
        assert by_key[f"variant.{swiss.pk}.body"].original == f"Jetzt 159{NBSP}€"
        assert by_key[f"variant.{swiss.pk}.body"].text == f"Nur CHF{NBSP}179"
        home = {one.key: one for one in content.passages(dossier, made.region("DE"), "de")}
        assert home[f"variant.{german.pk}.headline"].original == made.core.claim

    @pytest.mark.parametrize(
        ("parts", "says"),
        [
            (Parts.TEXT, ["claim", "promise", "call_to_action"]),
            (Parts.SUBJECT, ["promise", "call_to_action"]),
            (Parts.POSTER, ["claim"]),
        ],
    )
    def test_a_text_stands_beside_the_parts_of_the_core_message_that_it_has_to_say(self, parts, says):
        made = make_message()
        german = made.variant("DE", body="Jetzt {{price}}")
        Channel.objects.filter(pk=german.campaign_channel.channel_id).update(parts=parts)
        found = content.passages(Dossier(made.campaign), made.region("DE"), "de")
        by_key = {one.key: one for one in found}
        assert by_key[f"variant.{german.pk}.body"].original == "\n".join(
            by_key[f"core.{name}"].text for name in says
        )

    def test_a_passage_has_a_new_hash_when_a_value_it_uses_changes(self):
        made = make_message()
        variant = made.variant("DE", headline="Raus")

        def hashes():
            found = content.passages(Dossier(made.campaign), made.region("DE"), "de")
            return {one.key: one.content_hash for one in found}

        before = hashes()
        FactValue.objects.filter(fact=made.price, region=None).update(value=EUR_149)
        after = hashes()
        assert {key for key in before if before[key] != after[key]} == {
            "core.promise",
            "fact.price",
            f"variant.{variant.pk}.body",
        }

    def test_region_hash_names_what_customers_of_the_region_read(self):
        made = make_message()
        made.variant("DE")
        made.variant("CH")

        def hashes():
            dossier = Dossier(made.campaign)
            return [content.region_hash(dossier, made.region(code), "de") for code in ("DE", "CH")]

        first = hashes()
        with translation.override("de"):
            assert hashes() == first
        FactValue.objects.filter(fact=made.price, region__code="CH").update(value=EUR_149)
        assert [a == b for a, b in zip(first, hashes(), strict=True)] == [True, False]

    def test_a_channel_that_left_the_region_says_nothing_there(self):
        made = make_message()
        made.variant("CH")
        made.sms.regions.remove(made.region("CH"))
        assert content.region_content(Dossier(made.campaign), made.region("CH"), "de")["variants"] == {}

    def test_an_empty_message_has_no_passages(self):
        made = make_message()
        made.price.delete()
        made.core.delete()
        assert content.passages(Dossier(made.campaign), made.region("DE"), "de") == []

    @pytest.mark.parametrize("variants", [1, 3])
    def test_queries_stay_the_same(self, variants, django_assert_num_queries):
        made = make_message()
        for code, channel in [("DE", made.sms), ("DE", made.mail), ("CH", made.sms)][:variants]:
            made.variant(code, channel=channel)
        region = made.region("DE")
        region.region  # noqa: B018 - read before counting
        with django_assert_num_queries(7):
            dossier = Dossier(made.campaign)
            content.passages(dossier, region, "de")
            content.region_hash(dossier, region, "de")
