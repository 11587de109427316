"""The lines of the readiness list that are about the message."""

import pytest
import time_machine

from accounts.models import Region
from campaigns.checks.message import message_lines
from campaigns.errors import Refused
from campaigns.models import CampaignChannel, CoreMessage, Variant
from campaigns.readiness import Progress
from campaigns.services import content, message
from campaigns.services.dossier import Dossier
from channels.models import Channel
from tests.campaigns.message_data import CHF_179, EUR_149, make_message
from tests.factories import CampaignChannelFactory, ChannelFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def weeks_before():
    with time_machine.travel("2026-08-03T08:00:00Z", tick=False):
        yield


@pytest.fixture
def made():
    """One channel, in Germany and Switzerland, both confirmed."""
    made = make_message()
    made.mail.delete()
    made.sms.regions.remove(made.region("UK"))
    made.price.values.create(region=made.region("UK").region, value={"amount": "139.00", "currency": "GBP"})
    for code in ("DE", "CH"):
        confirm(made, made.variant(code))
    return made


def confirm(made, variant):
    seen = content.variant_hash(Dossier(made.campaign), variant)
    message.confirm_variant(variant=variant, seen=seen, by=made.expert)


def lines(made):
    return {line.key: line for line in message_lines(Dossier(made.campaign))}


def test_all_is_done(made):
    assert [(line.key, line.progress) for line in lines(made).values()] == [
        ("message.core", Progress.DONE),
        ("message.sms", Progress.DONE),
    ]


def test_an_incomplete_core_message_names_its_gaps(made):
    CoreMessage.objects.update(proof="", call_to_action=" ", tone="")
    line = lines(made)["message.core"]
    assert (line.progress, line.who) == (Progress.IN_WORK, made.owner)
    assert line.detail == "Missing: Proof, Call to action"
    assert str(line.due) == "2026-08-31"


def test_no_core_message(made):
    made.core.delete()
    assert lines(made)["message.core"].title == "There is no core message yet"


def test_every_reason_stands_with_its_regions(made):
    made.sms.regions.add(made.region("UK"))
    swiss = made.sms.variants.get(campaign_region__region__code="CH")
    message.save_variant(variant=swiss, headline="", body="{{kode}}", expected=1, by=made.owner)
    values = {None: EUR_149}
    message.save_fact(
        campaign=made.campaign, fact=made.price, label="Preis", values=values, expected=1, by=made.owner
    )
    line = lines(made)["message.sms"]
    assert line.detail == "UK: no variant yet; CH: no value for {{kode}}; DE: out of date"
    assert (line.progress, line.who, str(line.due)) == (Progress.IN_WORK, made.owner, "2026-09-09")


def test_the_expert_is_asked_for_what_is_his(made):
    draft = made.sms.variants.first()
    message.save_variant(variant=draft, headline="", body="Neu", expected=1, by=made.owner)
    line = lines(made)["message.sms"]
    assert (line.who, line.detail) == (made.expert, "CH: not confirmed yet")


def test_without_an_expert_it_is_stuck(made):
    CampaignChannel.objects.update(expert=None)
    line = lines(made)["message.sms"]
    assert (line.progress, line.who) == (Progress.STUCK, None)


def test_after_its_day_it_is_stuck(made):
    Variant.objects.filter(pk=made.sms.variants.first().pk).update(state="draft")
    with time_machine.travel("2026-09-10T08:00:00Z"):
        assert lines(made)["message.sms"].progress == Progress.STUCK


def test_a_confirmation_counts_for_exactly_these_words_and_this_expert(made):
    variant = made.sms.variants.first()
    Variant.objects.filter(pk=variant.pk).update(body="Am Dienst vorbei")
    assert lines(made)["message.sms"].detail == "CH: not confirmed yet"
    Variant.objects.filter(pk=variant.pk).update(body=variant.body)
    assert lines(made)["message.sms"].progress == Progress.DONE
    CampaignChannel.objects.update(expert=UserFactory())
    assert lines(made)["message.sms"].detail == "CH, DE: not confirmed yet"


def test_a_text_that_is_empty(made):
    Channel.objects.filter(code="sms").update(parts="title")
    variant = made.sms.variants.first()
    message.save_variant(variant=variant, headline="Nur ein Titel", body="", expected=1, by=made.owner)
    assert lines(made)["message.sms"].detail == "CH: no text yet"


@pytest.mark.parametrize("channels", [1, 3])
def test_queries_stay_the_same(channels, django_assert_num_queries):
    made = make_message()
    for number in range(channels):
        channel = CampaignChannelFactory(
            campaign=made.campaign, channel=ChannelFactory(code=f"more-{number}")
        )
        made.variant("DE", channel=channel)
    with django_assert_num_queries(8):
        list(message_lines(Dossier(made.campaign)))


def test_a_price_in_a_foreign_currency_is_open_until_the_region_has_its_own(made):
    prices = made.price.values
    prices.filter(region__code="CH").delete()
    line = lines(made)["message.currencies"]
    assert (line.detail, line.who, line.progress) == ("Preis: CH", made.owner, Progress.IN_WORK)
    Region.objects.filter(code="CH").update(more_currencies="EUR")
    assert "message.currencies" not in lines(made)


def test_no_service_writes_a_region_a_price_in_another_currency(made):
    ch = made.region("CH").region_id
    values = {None: EUR_149, ch: EUR_149}
    with pytest.raises(Refused, match="are in CHF"):
        message.save_fact(
            campaign=made.campaign, fact=made.price, label="Preis", values=values, expected=1, by=made.owner
        )
    assert made.price.values.get(region=ch).value == CHF_179
