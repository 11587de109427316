"""What a change of the message does: versions, variants out of date, refusals."""

import pytest
from django.core.exceptions import PermissionDenied

from campaigns import hooks
from campaigns.enums import Content, VariantState
from campaigns.errors import NotEditable, Refused
from campaigns.models import ContentVersion, Fact, Variant
from campaigns.services import content, message, versions
from campaigns.services.dossier import Dossier
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.campaigns.message_data import CHF_179, EUR_149, EUR_159, make_fact, make_message
from tests.factories import RegionFactory, marketer

pytestmark = pytest.mark.django_db

CORE = {"language": "de", "claim": "Neu", "promise": "P", "proof": "", "call_to_action": "", "tone": ""}


@pytest.fixture
def made():
    return make_message()


@pytest.fixture
def told():
    """Who was told of a change of the message: (campaign id, person)."""
    calls = []
    name = "test-listener"
    hooks.message_changed.register(name)(lambda campaign, by: calls.append((campaign.pk, by)))
    yield calls
    hooks.message_changed._entries.pop(name)


def confirm(made, variant, by=None):
    seen = content.variant_hash(Dossier(made.campaign), variant)
    return message.confirm_variant(variant=variant, seen=seen, by=by or made.expert)


def state(variant):
    return Variant.objects.get(pk=variant.pk).state


def save_price(made, values, **kwargs):
    fact = Fact.objects.get(pk=made.price.pk)
    expected = kwargs.pop("expected", fact.version)
    return message.save_fact(
        campaign=made.campaign, fact=fact, label="Preis", values=values, expected=expected, by=made.owner
    )


class TestCore:
    def test_first_save_makes_it_and_its_first_version(self, told):
        made = make_message()
        made.core.delete()
        core = message.save_core(campaign=made.campaign, values=CORE, expected=0, by=made.owner)
        version = ContentVersion.objects.get(kind=Content.CORE, object_id=core.pk)
        assert (version.number, version.author, version.content) == (1, made.owner, CORE)
        assert told == [(made.campaign.pk, made.owner)]
        assert AuditEvent.objects.filter(verb="core.saved").count() == 1

    def test_two_first_saves_are_a_conflict(self, made):
        with pytest.raises(StaleVersion):
            message.save_core(campaign=made.campaign, values=CORE, expected=0, by=made.owner)

    def test_a_stale_save_changes_nothing(self, made):
        message.save_core(campaign=made.campaign, values=CORE, expected=1, by=made.owner)
        with pytest.raises(StaleVersion) as stale:
            message.save_core(campaign=made.campaign, values=CORE | {"claim": "X"}, expected=1, by=made.owner)
        assert stale.value.current.claim == "Neu"
        assert ContentVersion.objects.count() == 1

    def test_the_same_words_are_no_new_version(self, made, told):
        message.save_core(campaign=made.campaign, values=CORE, expected=1, by=made.owner)
        message.save_core(campaign=made.campaign, values=CORE, expected=2, by=made.owner)
        assert ContentVersion.objects.count() == 1
        assert len(told) == 1

    def test_every_confirmed_variant_is_out_of_date(self, made):
        here, there, draft = made.variant("DE"), made.variant("CH"), made.variant("DE", channel=made.mail)
        confirm(made, here)
        confirm(made, there)
        message.save_core(campaign=made.campaign, values=CORE, expected=1, by=made.owner)
        assert [state(one) for one in (here, there, draft)] == ["outdated", "outdated", "draft"]

    @pytest.mark.parametrize("closed", ["cancelled", "evaluated"])
    def test_a_closed_campaign_stays_as_it_is(self, closed):
        made = make_message(state=closed)
        with pytest.raises(NotEditable, match="closed"):
            message.save_core(campaign=made.campaign, values=CORE, expected=1, by=made.owner)


class TestFacts:
    def test_only_regions_whose_value_changed_are_out_of_date(self, made):
        german, swiss, plain = (
            confirm(made, made.variant("DE")),
            confirm(made, made.variant("CH")),
            confirm(made, made.variant("DE", channel=made.mail, body="Ohne Preis")),
        )
        save_price(made, {None: EUR_149, made.region("CH").region_id: CHF_179})
        assert [state(one) for one in (german, swiss, plain)] == ["outdated", "confirmed", "confirmed"]

    def test_the_value_of_one_region_leaves_the_others_alone(self, made):
        german, swiss = confirm(made, made.variant("DE")), confirm(made, made.variant("CH"))
        save_price(
            made, {None: EUR_159, made.region("CH").region_id: {"amount": "169.00", "currency": "CHF"}}
        )
        assert [state(one) for one in (german, swiss)] == ["confirmed", "outdated"]

    def test_dropping_a_regions_own_value_puts_the_default_in_force(self, made):
        swiss = confirm(made, made.variant("CH"))
        save_price(made, {None: EUR_159})
        assert state(swiss) == "outdated"
        region = made.region("CH").region
        assert content.fact_value(Fact.objects.get(pk=made.price.pk), region) == EUR_159

    def test_an_own_value_that_says_the_same_changes_nothing_for_customers(self, made):
        german = confirm(made, made.variant("DE"))
        values = {None: EUR_159, made.region("CH").region_id: CHF_179, made.region("DE").region_id: EUR_159}
        save_price(made, values)
        assert state(german) == "confirmed"

    def test_a_new_name_for_a_fact_outdates_nothing_but_is_a_version(self, made):
        german = confirm(made, made.variant("DE"))
        values = {None: EUR_159, made.region("CH").region_id: CHF_179}
        fact = message.save_fact(
            campaign=made.campaign,
            fact=made.price,
            label="Aktionspreis",
            values=values,
            expected=1,
            by=made.owner,
        )
        assert state(german) == "confirmed"
        assert versions.history(kind=Content.FACT, object_id=fact.pk).get().content["label"] == "Aktionspreis"

    def test_a_new_fact_fills_tokens_that_waited_for_it(self, made, told):
        waiting = made.variant("DE", body="Code {{code}}")
        fact = message.save_fact(
            campaign=made.campaign,
            key="code",
            kind="code",
            label="Code",
            values={None: {"text": "R26"}},
            by=made.owner,
        )
        assert list(waiting.facts.all()) == [fact]
        assert fact.position == 1
        assert len(told) == 1

    def test_a_token_stands_for_one_fact(self, made):
        with pytest.raises(Refused, match=r"\{\{price\}\}"):
            message.save_fact(
                campaign=made.campaign, key="price", kind="text", label="x", values={}, by=made.owner
            )
        assert Fact.objects.count() == 1

    def test_a_foreign_region_is_refused_and_nothing_is_written(self, made):
        with pytest.raises(Refused):
            save_price(made, {RegionFactory(code="FR").pk: EUR_149})
        assert content.fact_value(Fact.objects.get(), None) == EUR_159

    def test_a_stale_save_keeps_the_values(self, made):
        save_price(made, {None: EUR_149})
        with pytest.raises(StaleVersion):
            save_price(made, {None: EUR_159}, expected=1)
        assert content.fact_value(Fact.objects.get(), None) == EUR_149

    def test_a_fact_in_use_is_not_deleted_and_says_where(self, made):
        made.variant("DE")
        with pytest.raises(Refused) as refused:
            message.delete_fact(fact=made.price, expected=1, by=made.owner)
        assert str(refused.value) == "“Preis” is still used by: Core message, SMS · DE."
        assert Fact.objects.count() == 1

    def test_an_unused_fact_goes_and_its_history_stays(self, made, told):
        fact = make_fact(made.campaign, key="code", kind="code", label="Code", default={"text": "R26"})
        message.delete_fact(fact=fact, expected=1, by=made.owner)
        assert not Fact.objects.filter(pk=fact.pk).exists()
        assert versions.history(kind=Content.FACT, object_id=fact.pk).first().content == {}
        assert len(told) == 1
        message.delete_fact(fact=fact, expected=1, by=made.owner)
        assert len(told) == 1

    def test_a_fact_changed_meanwhile_is_not_deleted(self, made):
        fact = make_fact(made.campaign, key="code", kind="code", default={"text": "R26"})
        with pytest.raises(StaleVersion):
            message.delete_fact(fact=fact, expected=7, by=made.owner)


class TestVariants:
    def save(self, variant, by, **fields):
        words = {"headline": "", "body": "Neu {{price}}"} | fields
        return message.save_variant(variant=variant, expected=variant.version, by=by, **words)

    def test_other_words_ask_the_expert_again(self, made):
        variant = confirm(made, made.variant("DE"))
        saved = self.save(variant, made.owner)
        assert (state(variant), saved.confirmed_by, saved.confirmed_hash) == ("draft", None, "")
        assert list(saved.facts.all()) == [made.price]

    def test_the_same_words_keep_the_confirmation(self, made):
        variant = confirm(made, made.variant("DE"))
        self.save(variant, made.owner, body=variant.body)
        assert state(variant) == "confirmed"

    def test_an_outdated_one_is_cleared_by_its_expert_only(self, made):
        variant = confirm(made, made.variant("DE"))
        save_price(made, {None: EUR_149})
        saved = self.save(variant, made.owner, body="Anders {{price}}")
        assert state(variant) == VariantState.OUTDATED
        self.save(saved, made.expert, body="Noch anders {{price}}")
        assert state(variant) == VariantState.DRAFT

    def test_confirming_again_clears_it(self, made):
        variant = confirm(made, made.variant("DE"))
        save_price(made, {None: EUR_149})
        again = confirm(made, variant)
        assert state(variant) == "confirmed"
        assert again.confirmed_hash == content.variant_hash(Dossier(made.campaign), again)

    def test_a_confirmation_of_what_is_no_longer_shown_is_stale(self, made):
        variant = made.variant("DE")
        seen = content.variant_hash(Dossier(made.campaign), variant)
        save_price(made, {None: EUR_149})
        with pytest.raises(StaleVersion):
            message.confirm_variant(variant=variant, seen=seen, by=made.expert)
        assert state(variant) == "draft"

    def test_only_the_named_expert_confirms(self, made):
        with pytest.raises(PermissionDenied):
            confirm(made, made.variant("DE"), by=made.owner)

    @pytest.mark.parametrize(("body", "words"), [("", "no text"), ("{{kode}} {{price}}", "{{kode}}")])
    def test_nobody_confirms_what_customers_cannot_read(self, made, body, words):
        variant = made.variant("DE", body=body)
        with pytest.raises(Refused, match=words):
            confirm(made, variant)
        assert state(variant) == "draft"

    def test_adapting_writes_and_confirms_in_one_step(self, made):
        variant = confirm(made, made.variant("DE", channel=made.mail))
        save_price(made, {None: EUR_149})
        offer = message.offer_hash(Dossier(made.campaign), variant)
        words = {"headline": "Raus", "body": "Nur {{price}}", "expected": 1}
        message.adapt(variant=variant, seen_offer=offer, by=made.expert, **words)
        variant.refresh_from_db()
        assert (variant.state, variant.headline, variant.confirmed_by) == ("confirmed", "Raus", made.expert)

    def test_adapting_to_an_offer_that_changed_writes_nothing(self, made):
        variant = made.variant("DE")
        offer = message.offer_hash(Dossier(made.campaign), variant)
        save_price(made, {None: EUR_149})
        with pytest.raises(Refused, match="while you were writing"):
            message.adapt(
                variant=variant, headline="", body="Neu", expected=1, seen_offer=offer, by=made.expert
            )
        assert Variant.objects.get().body == "Jetzt {{price}}"
        with pytest.raises(PermissionDenied):
            message.adapt(variant=variant, headline="", body="x", expected=1, seen_offer=offer, by=marketer())

    def test_every_change_is_a_version_with_its_author(self, made):
        variant = made.variant("DE")
        first = self.save(variant, made.owner)
        self.save(first, made.expert, body="Zweite")
        self.save(Variant.objects.get(), made.expert, body="Zweite")
        found = versions.history(kind=Content.VARIANT, object_id=variant.pk)
        assert [(one.number, one.author, one.content["body"]) for one in found] == [
            (2, made.expert, "Zweite"),
            (1, made.owner, "Neu {{price}}"),
        ]
        assert versions.as_of(found, "variant", variant.pk, found[1].at)["body"] == "Neu {{price}}"
        assert versions.as_of(found, "variant", variant.pk, variant.campaign.created_at) is None
