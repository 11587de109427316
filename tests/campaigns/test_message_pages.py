"""The Message page and its edit pages, as people of different roles use them."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Region
from campaigns.models import CoreMessage, Fact, Variant
from campaigns.services import content, message
from campaigns.services.dossier import Dossier
from customers.models import ChannelUse
from tests.campaigns.message_data import CHF_179, EUR_149, EUR_159, make_fact, make_message
from tests.factories import CampaignFactory, PhaseFactory, TargetGroupFactory, UserFactory, marketer

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NBSP = "\u00a0"


@pytest.fixture
def made():
    return make_message()


def url(name, made, *args):
    return reverse(f"campaigns:{name}", args=[made.campaign.pk, *args])


def as_user(client, user):
    client.force_login(user)
    return client


def confirm(made, variant):
    seen = content.variant_hash(Dossier(made.campaign), variant)
    return message.confirm_variant(variant=variant, seen=seen, by=made.expert)


def change_price(made, values):
    fact = Fact.objects.get(pk=made.price.pk)
    return message.save_fact(
        campaign=made.campaign, fact=fact, label="Preis", values=values, expected=fact.version, by=made.owner
    )


class TestPage:
    def test_it_shows_core_facts_and_variants_filled_in(self, client, made):
        made.variant("DE", headline="Raus <b>", body="Jetzt {{price}}")
        made.campaign.target_groups.add(TargetGroupFactory(insight="Kaufen samstags"))
        page = as_user(client, made.owner).get(url("message", made)).content.decode()
        assert "Draußen fängt hinter der Haustür an." in page
        assert f'Jetzt <span class="ek-fact" title="price">159{NBSP}€</span>' in page
        assert f"CHF{NBSP}179" in page
        assert "Raus &lt;b&gt;" in page
        assert "Kaufen samstags" in page

    def test_insight_stands_beside_what_is_written(self, client, made):
        group = TargetGroupFactory(looks_for_en="A dry Saturday", times=["5-morning"], decision_style="asks")
        made.campaign.target_groups.add(group)
        variant = made.variant("DE", channel=made.mail)
        channel = variant.campaign_channel.channel
        ChannelUse.objects.create(group=group, channel=channel, phase=PhaseFactory(name_en="Buy"), level=3)
        signed = as_user(client, made.owner)
        core = signed.get(url("core_edit", made)).content.decode()
        for words in (
            "A dry Saturday",
            "Saturday: morning",
            "asks others first.",
            "Let customers and experts",
        ):
            assert words in core
        beside = signed.get(url("variant_edit", made, variant.pk)).content.decode()
        assert "A dry Saturday" in beside
        assert "first choice: Buy" in beside

    def test_out_of_date_ones_come_first_with_old_and_new_value(self, client, made):
        change_price(made, {None: EUR_159, made.region("CH").region_id: CHF_179})
        change_price(made, {None: EUR_159})
        made.variant("DE", channel=made.mail)
        old = confirm(made, made.variant("DE"))
        change_price(made, {None: EUR_149})
        page = as_user(client, made.expert).get(url("message", made))
        cards = page.context["cards"]
        assert cards[0].variant == old
        assert [(one.label, one.old, one.new) for one in cards[0].changes] == [
            ("Preis", f"159{NBSP}€", f"149{NBSP}€")
        ]
        html = page.content.decode()
        assert f'<del class="ek-fact ek-fact--old">159{NBSP}€</del>' in html
        assert f'<ins class="ek-fact ek-fact--new">149{NBSP}€</ins>' in html
        assert "Take over" in html

    def test_filters_keep_each_other(self, client, made):
        made.variant("DE")
        made.variant("CH")
        page = as_user(client, made.owner).get(url("message", made) + "?show=draft&region=CH")
        assert [card.region.region.code for card in page.context["cards"]] == ["CH"]
        assert [chip["url"] for chip in page.context["chips"]] == ["?region=CH", "?show=draft&region=CH"]
        none = client.get(url("message", made) + "?show=confirmed").content.decode()
        assert "No variant fits this filter" in none

    def test_a_figure_typed_by_hand_is_flagged(self, client, made):
        made.variant("DE", body="Jetzt 159 € statt 199 €, {{kode}}")
        page = as_user(client, made.owner).get(url("message", made))
        assert page.context["cards"][0].warnings == [
            "There is no value for {{kode}} here; customers would see the braces.",
            "159 € is typed by hand; use {{price}}, so that it cannot come to differ.",
            "199 € is typed by hand and is none of the offer's facts ({{price}}).",
        ]

    def test_an_empty_campaign_says_what_to_do_next(self, client):
        campaign = CampaignFactory()
        page = as_user(client, campaign.owner).get(reverse("campaigns:message", args=[campaign.pk]))
        html = page.content.decode()
        assert "No core message yet" in html
        assert "No facts yet" in html
        assert "No channels planned yet" in html

    @pytest.mark.parametrize("variants", [1, 3])
    def test_queries_stay_the_same(self, client, made, variants, django_assert_num_queries):
        places = [("DE", made.sms), ("CH", made.sms), ("DE", made.mail)][:variants]
        for code, channel in places:
            confirm(made, made.variant(code, channel=channel))
        as_user(client, made.owner)
        client.get(url("message", made))
        with django_assert_num_queries(14):
            client.get(url("message", made))

    def test_a_closed_campaign_is_read_only(self, client):
        made = make_message(state="cancelled")
        made.variant("DE")
        as_user(client, made.owner)
        html = client.get(url("message", made)).content.decode()
        assert reverse("campaigns:core_edit", args=[made.campaign.pk]) not in html
        assert client.get(url("core_edit", made)).status_code == 302


class TestRights:
    def test_a_stranger_finds_nothing(self, client, made):
        stranger = UserFactory(roles_in={made.region("UK").region: [Role.REVIEWER]})
        assert as_user(client, stranger).get(url("message", made)).status_code == 404

    def test_who_reads_does_not_write(self, client, made):
        variant = made.variant("DE")
        as_user(client, UserFactory(roles=[Role.MANAGER]))
        assert client.get(url("message", made)).status_code == 200
        for name, args in [
            ("core_edit", ()),
            ("fact_new", ()),
            ("fact_edit", (made.price.pk,)),
            ("fact_delete", (made.price.pk,)),
            ("variants_new", ()),
            ("variant_edit", (variant.pk,)),
            ("variant_preview", (variant.pk,)),
            ("variant_confirm", (variant.pk,)),
        ]:
            assert client.post(url(name, made, *args), {}).status_code == 403, name

    def test_the_expert_writes_variants_but_no_facts(self, client, made):
        variant = made.variant("DE")
        as_user(client, made.expert)
        assert client.get(url("variant_edit", made, variant.pk)).status_code == 200
        assert client.post(url("fact_edit", made, made.price.pk), {}).status_code == 403

    def test_another_campaigns_objects_are_not_found(self, client, made):
        other = CampaignFactory(owner=made.owner)
        variant = made.variant("DE")
        as_user(client, made.owner)
        for name, key in [("variant_edit", variant.pk), ("fact_edit", made.price.pk)]:
            assert client.get(reverse(f"campaigns:{name}", args=[other.pk, key])).status_code == 404
        versions = reverse("campaigns:message_versions", args=[other.pk, "core", made.core.pk])
        assert client.get(versions).status_code == 404


def form_of(page):
    """What a browser would send back for the form of a page."""
    form = page.context["form"]
    return {bound.html_name: bound.value() if bound.value() is not None else "" for bound in form}


class TestCoreForm:
    def test_first_save(self, client, made):
        made.core.delete()
        as_user(client, made.owner)
        data = form_of(client.get(url("core_edit", made))) | {"claim": "Raus", "language": "de"}
        assert data["version"] == 0
        assert client.post(url("core_edit", made), data).status_code == 302
        assert CoreMessage.objects.get().claim == "Raus"
        # The same form once more: nothing is written twice, the person is asked.
        assert client.post(url("core_edit", made), data).status_code == 409

    def test_a_stale_form_merges(self, client, made):
        as_user(client, made.owner)
        data = form_of(client.get(url("core_edit", made)))
        other = marketer(first_name="Jana", last_name="Bergmann")
        message.save_core(campaign=made.campaign, values={"proof": "Ihrs"}, expected=1, by=other)
        answer = client.post(url("core_edit", made), data | {"claim": "Meins"})
        html = answer.content.decode()
        assert answer.status_code == 409
        assert "Jana Bergmann saved a change while you were writing" in html
        assert CoreMessage.objects.get().claim == made.core.claim
        assert client.post(url("core_edit", made), form_of(answer)).status_code == 302
        core = CoreMessage.objects.get()
        assert (core.claim, core.proof) == ("Meins", "Ihrs")

    @pytest.mark.parametrize(
        ("field", "text", "error"),
        [
            ("claim", "x" * 201, "at most 200"),
            ("claim", "a\x00b", "control character"),
            ("proof", "x" * 20_001, "too long"),
        ],
    )
    def test_bad_text_is_refused_at_its_place_and_kept(self, client, made, field, text, error):
        as_user(client, made.owner)
        data = form_of(client.get(url("core_edit", made))) | {field: text}
        answer = client.post(url("core_edit", made), data)
        assert answer.status_code == 200
        assert error in str(answer.context["form"].errors[field])
        assert answer.context["form"][field].value() == text
        assert CoreMessage.objects.get().version == 1

    def test_saving_while_the_campaign_is_closed_keeps_the_entries(self, client, made):
        as_user(client, made.owner)
        data = form_of(client.get(url("core_edit", made))) | {"claim": "Zu spät"}
        made.campaign.state = "cancelled"
        made.campaign.save()
        answer = client.post(url("core_edit", made), data)
        assert answer.status_code == 409
        assert "Zu spät" in answer.content.decode()
        assert CoreMessage.objects.get().claim == made.core.claim


GBP_149 = {"amount": "149.00", "currency": "GBP"}


def make_price_british(made):
    """The price has a value of its own in the UK, as the form asks for."""
    made.price.values.create(region=made.region("UK").region, value=GBP_149)


class TestFactForm:
    def test_a_price_with_a_value_of_its_own_in_one_region(self, client, made):
        ch, uk = made.region("CH").region_id, made.region("UK").region_id
        as_user(client, made.owner)
        page = client.get(url("fact_new", made) + "?kind=price")
        data = form_of(page) | {
            "label": "Alter Preis",
            "key": "old",
            "everywhere": "199",
            f"region-{ch}": "219.50",
            f"region-{uk}": "189",
        }
        assert client.post(url("fact_new", made) + "?kind=price", data).status_code == 302
        fact = Fact.objects.get(key="old")
        assert {value.region_id: value.value for value in fact.values.all()} == {
            None: {"amount": "199.00", "currency": "EUR"},
            ch: {"amount": "219.50", "currency": "CHF"},
            uk: {"amount": "189.00", "currency": "GBP"},
        }

    def test_a_price_in_a_foreign_currency_is_an_error_at_its_region(self, client, made):
        ch, uk = made.region("CH").region_id, made.region("UK").region_id
        as_user(client, made.owner)
        address = url("fact_new", made) + "?kind=price"
        data = form_of(client.get(address)) | {"everywhere": "199"}
        answer = client.post(address, data)
        assert answer.status_code == 200
        words = "Prices here are in %s, the one for everywhere is in EUR."
        errors = {name: list(found) for name, found in answer.context["form"].errors.items()}
        assert errors == {f"region-{ch}": [words % "CHF"], f"region-{uk}": [words % "GBP"]}
        assert Fact.objects.count() == 1
        Region.objects.filter(pk__in=[ch, uk]).update(more_currencies="USD EUR")
        assert client.post(address, data).status_code == 302

    def test_a_stored_amount_of_another_currency_is_asked_for_anew(self, client, made):
        ch = made.region("CH").region_id
        made.price.values.filter(region=ch).update(value=EUR_149)
        as_user(client, made.owner)
        form = client.get(url("fact_edit", made, made.price.pk)).context["form"]
        assert (form.fields[f"region-{ch}"].widget.addon, form[f"region-{ch}"].value()) == ("CHF", None)

    @pytest.mark.parametrize(
        ("kind", "typed", "stored"),
        [
            ("discount", "12.5", {"percent": "12.5"}),
            ("date", "2026-10-31", {"date": "2026-10-31"}),
            ("code", "RAUS26", {"text": "RAUS26"}),
            ("link", "beso.example/r26", {"text": "https://beso.example/r26"}),
            ("terms", "Ein Stück\nje Karte", {"text": "Ein Stück\nje Karte"}),
        ],
    )
    def test_every_kind_is_kept_as_what_it_is(self, client, made, kind, typed, stored):
        as_user(client, made.owner)
        address = url("fact_new", made) + f"?kind={kind}"
        data = form_of(client.get(address)) | {"everywhere": typed}
        assert client.post(address, data).status_code == 302
        assert Fact.objects.get(key=kind).values.get().value == stored

    @pytest.mark.parametrize(
        ("kind", "typed", "error"),
        [
            ("price", "-5", "cannot be negative"),
            ("price", "999999999999999999", "too much"),
            ("price", "billig", "Please write an amount"),
            ("discount", "120", "100"),
            ("discount", "0", "more than 0"),
            ("date", "31.02.2026", "This is no date"),
            ("link", "javascript:alert(1)", "valid URL"),
            ("code", "x" * 61, "at most 60"),
            ("text", "", "Give it a value"),
        ],
    )
    def test_a_bad_value_is_refused_at_its_place(self, client, made, kind, typed, error):
        as_user(client, made.owner)
        address = url("fact_new", made) + f"?kind={kind}"
        data = form_of(client.get(address)) | {"everywhere": typed}
        answer = client.post(address, data)
        assert answer.status_code == 200
        assert error in str(answer.context["form"].errors["everywhere"])
        assert Fact.objects.count() == 1

    def test_a_token_taken_already_is_named(self, client, made):
        as_user(client, made.owner)
        address = url("fact_new", made) + "?kind=text"
        data = form_of(client.get(address)) | {"key": "price", "everywhere": "x"}
        answer = client.post(address, data)
        assert answer.status_code == 409
        assert "{{price}}" in answer.content.decode()

    def test_an_unknown_kind_is_not_found(self, client, made):
        assert as_user(client, made.owner).get(url("fact_new", made) + "?kind=magic").status_code == 404

    def test_a_stale_form_shows_both_values(self, client, made):
        as_user(client, made.owner)
        make_price_british(made)
        data = form_of(client.get(url("fact_edit", made, made.price.pk)))
        ch, uk = made.region("CH").region_id, made.region("UK").region_id
        change_price(made, {None: EUR_149, ch: CHF_179, uk: GBP_149})
        answer = client.post(url("fact_edit", made, made.price.pk), data | {"everywhere": "139"})
        change = answer.context["form"].conflict.changes[0]
        assert answer.status_code == 409
        assert (change.label, change.theirs, change.yours, change.clash) == (
            "Everywhere",
            "149.00",
            "139.00",
            True,
        )
        assert client.post(url("fact_edit", made, made.price.pk), form_of(answer)).status_code == 302
        assert content.fact_value(Fact.objects.get(), None) == {"amount": "139.00", "currency": "EUR"}

    def test_deleting(self, client, made):
        as_user(client, made.owner)
        free = make_fact(made.campaign, key="code", kind="code", label="Code", default={"text": "R26"})
        assert client.post(url("fact_delete", made, free.pk), {"version": "1"}).status_code == 302
        assert client.post(url("fact_delete", made, free.pk), {"version": "1"}).status_code == 404
        assert client.post(url("fact_delete", made, made.price.pk), {"version": "9"}).status_code == 409
        answer = client.post(url("fact_delete", made, made.price.pk), {"version": "1"}, follow=True)
        assert "is still used by: Core message" in answer.content.decode()
        assert Fact.objects.count() == 1


class TestVariants:
    def test_drafts_are_made_for_what_is_chosen(self, client, made):
        as_user(client, made.owner)
        page = client.get(url("variants_new", made))
        places = [key for key, _name in page.context["places"]]
        assert len(places) == 6
        answer = client.post(url("variants_new", made), {"places": places[:2], "source": ""})
        assert answer.status_code == 302
        assert Variant.objects.count() == 2
        # The same form again: its places are taken.
        assert client.post(url("variants_new", made), {"places": places[:2]}).status_code == 200
        assert Variant.objects.count() == 2

    def test_the_expert_saves_and_confirms_in_one_step(self, client, made):
        variant = made.variant("DE", channel=made.mail)
        as_user(client, made.expert)
        page = client.get(url("variant_edit", made, variant.pk))
        data = form_of(page) | {
            "headline": "Raus",
            "seen_offer": page.context["seen_offer"],
            "then": "confirm",
        }
        assert client.post(url("variant_edit", made, variant.pk), data).status_code == 302
        variant.refresh_from_db()
        assert (variant.state, variant.headline) == ("confirmed", "Raus")

    def test_the_core_message_beside_it_is_filled_in_for_its_region(self, client, made):
        variant = made.variant("CH")
        made.core.proof = "<b> {{kode}}"
        made.core.save()
        as_user(client, made.expert)
        aside = client.get(url("variant_edit", made, variant.pk)).content.decode().split("<aside")[-1]
        token = '<span class="visually-hidden"> {{price}}</span>'
        said = f'jetzt <span class="ek-fact" title="{{{{price}}}}">CHF{NBSP}179{token}</span>.'
        assert said in aside
        assert '&lt;b&gt; <mark class="ek-mark"' in aside
        assert aside.count("{{price}}") == 2

    def test_an_offer_that_changed_meanwhile_is_shown_before_confirming(self, client, made):
        variant = made.variant("DE", channel=made.mail)
        as_user(client, made.expert)
        page = client.get(url("variant_edit", made, variant.pk))
        data = form_of(page) | {
            "headline": "Raus",
            "seen_offer": page.context["seen_offer"],
            "then": "confirm",
        }
        change_price(made, {None: EUR_149})
        answer = client.post(url("variant_edit", made, variant.pk), data)
        assert answer.status_code == 409
        assert f"149{NBSP}€" in answer.content.decode()
        assert Variant.objects.get().headline == ""
        again = form_of(answer) | {"seen_offer": answer.context["seen_offer"], "then": "confirm"}
        assert client.post(url("variant_edit", made, variant.pk), again).status_code == 302
        assert Variant.objects.get().state == "confirmed"

    def test_preview_without_scripts_saves_nothing(self, client, made):
        variant = made.variant("DE")
        as_user(client, made.owner)
        data = form_of(client.get(url("variant_edit", made, variant.pk))) | {"body": "Nur {{price}}"}
        answer = client.post(url("variant_edit", made, variant.pk), data | {"then": "preview"})
        assert f'Nur <span class="ek-fact" title="price">159{NBSP}€</span>' in answer.content.decode()
        assert Variant.objects.get().body == "Jetzt {{price}}"

    def test_preview_while_typing(self, client, made):
        variant = made.variant("DE")
        answer = as_user(client, made.owner).post(
            url("variant_preview", made, variant.pk), {"headline": "<i>", "body": "Nur {{price}}, 199 €"}
        )
        html = answer.content.decode()
        assert "&lt;i&gt;" in html
        assert "199 € is typed by hand" in html
        assert Variant.objects.get().body == "Jetzt {{price}}"

    def test_a_stale_form_is_a_409_with_both_texts(self, client, made):
        variant = made.variant("DE")
        as_user(client, made.owner)
        data = form_of(client.get(url("variant_edit", made, variant.pk)))
        message.save_variant(variant=variant, headline="", body="Ihrer", expected=1, by=made.expert)
        answer = client.post(url("variant_edit", made, variant.pk), data | {"body": "Meiner"})
        change = answer.context["form"].conflict.changes[0]
        assert answer.status_code == 409
        assert (change.theirs, change.yours) == ("Ihrer", "Meiner")
        assert Variant.objects.get().body == "Ihrer"

    def test_confirming_from_the_card(self, client, made):
        variant = made.variant("DE")
        as_user(client, made.expert)
        seen = client.get(url("message", made)).context["cards"][0].seen
        assert client.post(url("variant_confirm", made, variant.pk), {"seen": seen}).status_code == 302
        assert Variant.objects.get().state == "confirmed"
        # A double click confirms once.
        assert client.post(url("variant_confirm", made, variant.pk), {"seen": seen}).status_code == 302
        assert Variant.objects.get().confirmed_hash == seen

    def test_confirming_what_changed_meanwhile_is_a_409(self, client, made):
        variant = made.variant("DE")
        as_user(client, made.expert)
        seen = client.get(url("message", made)).context["cards"][0].seen
        change_price(made, {None: EUR_149})
        answer = client.post(url("variant_confirm", made, variant.pk), {"seen": seen})
        assert answer.status_code == 409
        assert "nothing was confirmed" in answer.content.decode()
        assert Variant.objects.get().state == "draft"

    def test_an_expert_who_left_confirms_nothing(self, client, made):
        variant = made.variant("DE")
        made.expert.is_active = False
        made.expert.save()
        as_user(client, made.expert)
        client.post(url("variant_confirm", made, variant.pk), {"seen": "x"})
        assert Variant.objects.get().state == "draft"

    @pytest.mark.parametrize("kind", ["mail", "sms", "post", "ad", "page", "script"])
    def test_every_preview_shows_the_words(self, client, made, kind):
        made.sms.channel.preview = kind
        made.sms.channel.save()
        made.variant("DE", headline="Raus!", body="Einstieg: Jetzt {{price}}\nNutzen: Trocken <script>")
        html = as_user(client, made.owner).get(url("message", made)).content.decode()
        assert "Raus!" in html
        assert f'<span class="ek-fact" title="price">159{NBSP}€</span>' in html
        assert "Trocken &lt;script&gt;" in html


class TestVersions:
    def test_the_last_two_are_compared_and_any_two_can_be(self, client, made):
        variant = made.variant("DE")
        for number, body in enumerate(["Eins", "Zwei", "Drei {{price}}"], start=1):
            variant = message.save_variant(
                variant=variant, headline="", body=body, expected=number, by=made.owner
            )
        as_user(client, made.owner)
        address = url("message_versions", made, "variant", variant.pk)
        page = client.get(address)
        assert [(part.label, part.old, part.new) for part in page.context["parts"]] == [
            ("Text", "Zwei", "Drei {{price}}")
        ]
        page = client.get(address + "?a=3&b=1")
        assert [(part.old, part.new) for part in page.context["parts"]] == [("Eins", "Drei {{price}}")]
        assert "<del>Eins</del>" in page.content.decode()
        first = client.get(address + "?b=1&a=x")
        assert [(part.old, part.new) for part in first.context["parts"]] == [("", "Eins")]

    def test_a_fact_says_its_values_by_region(self, client, made):
        change_price(made, {None: EUR_159})
        change_price(made, {None: EUR_149, made.region("CH").region_id: CHF_179})
        page = as_user(client, made.owner).get(url("message_versions", made, "fact", made.price.pk))
        assert [(part.label, part.old, part.new) for part in page.context["parts"]] == [
            ("Everywhere", "€159", "€149"),
            ("CH", "", f"CHF{NBSP}179"),
        ]

    def test_what_was_never_written_is_not_found(self, client, made):
        as_user(client, made.owner)
        assert client.get(url("message_versions", made, "variant", 999)).status_code == 404
        assert client.get(url("message_versions", made, "magic", 1)).status_code == 404
