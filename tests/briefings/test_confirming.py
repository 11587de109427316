"""Confirming exactly what was read; deciding about mails (serves B3)."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from briefings.errors import NotAddressed, Superseded
from briefings.models import Clearance, Confirmation
from briefings.services import deciding
from briefings.services.confirming import confirm
from briefings.services.keeping import keep_all
from campaigns.models import Campaign
from core.models import AuditEvent
from tests.briefings.data import bring, leave, put_out, rewrite, staff
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_a_second_click_finds_the_first_confirmation(told):
    _team, anna, _briefing, version = told
    assert confirm(version=version, user=anna) == confirm(version=version, user=anna)
    assert Confirmation.objects.count() == 1
    assert version.inbox_items.get().first_read_at is not None


def test_a_superseded_version_leads_to_the_new_one(told):
    _team, anna, briefing, first = told
    rewrite(briefing, say="Else")
    second = put_out(briefing)
    with pytest.raises(Superseded) as superseded:
        confirm(version=first, user=anna)
    assert superseded.value.current == second
    assert Confirmation.objects.count() == 0


def test_the_second_confirmation_is_of_the_difference(told):
    _team, anna, briefing, first = told
    assert confirm(version=first, user=anna).difference_only is False
    rewrite(briefing, say="Else")
    assert confirm(version=put_out(briefing), user=anna).difference_only is True


def test_nobody_confirms_for_another(told):
    with pytest.raises(NotAddressed):
        confirm(version=told[3], user=UserFactory())


@pytest.mark.parametrize("kept", [True, False], ids=["inbox kept", "before beat came"])
def test_who_left_the_team_neither_confirms_nor_learns_of_a_new_version(told, kept):
    team, anna, briefing, first = told
    leave(team, anna)
    if kept:
        keep_all()
    with pytest.raises(NotAddressed):
        confirm(version=first, user=anna)
    staff(briefing.campaign_region, 1)
    rewrite(briefing, say="Else")
    put_out(briefing)
    with pytest.raises(NotAddressed):
        confirm(version=first, user=anna)


def test_nobody_confirms_for_a_cancelled_campaign(told):
    Campaign.objects.update(state="cancelled")
    with pytest.raises(NotAddressed):
        confirm(version=told[3], user=told[1])


def test_a_confirmation_ends_the_doubt_about_its_mail(told):
    _team, anna, _briefing, version = told
    bring(version.deliveries, "uncertain")
    confirm(version=version, user=anna)
    assert version.deliveries.get().state == "closed"


def test_confirmations_stay(told):
    confirm(version=told[3], user=told[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Confirmation.objects.all().delete()


def test_sending_again_is_reasoned_and_kept(told, region):
    version = told[3]
    bring(version.deliveries, "failed")
    owner = region.campaign.owner
    deciding.send_again(delivery=version.deliveries.get(), by=owner, reason=" New address ")
    assert version.deliveries.get().state == "retry"
    event = AuditEvent.objects.get(verb="briefing.sent_again")
    assert (event.scope, event.data["reason"]) == (f"campaigns.campaign:{region.campaign_id}", "New address")


def test_an_uncertain_mail_was_found_in_the_log(told, region):
    version = told[3]
    bring(version.deliveries, "uncertain")
    deciding.found_in_log(delivery=version.deliveries.get(), by=region.campaign.owner, reason="9:14")
    assert version.deliveries.get().state == "sent"


@pytest.mark.parametrize("decide", [deciding.send_again, deciding.found_in_log])
def test_what_is_on_its_way_is_not_decided_about(told, region, decide):
    with pytest.raises(ValidationError, match="nothing to decide"):
        decide(delivery=told[3].deliveries.get(), by=region.campaign.owner, reason="x")
    assert told[3].deliveries.get().state == "queued"


def test_an_old_version_is_not_sent_again(told, region):
    _team, _anna, briefing, first = told
    bring(first.deliveries, "failed")
    rewrite(briefing, say="Else")
    put_out(briefing)
    with pytest.raises(ValidationError, match="newer version"):
        deciding.send_again(delivery=first.deliveries.get(), by=region.campaign.owner, reason="x")


def test_clearing_needs_a_reason_and_somebody_addressed(told, region):
    _team, anna, _briefing, version = told
    owner = region.campaign.owner
    with pytest.raises(ValidationError, match="Please say why"):
        deciding.clear_by_name(version=version, user=anna, by=owner, reason=" ")
    with pytest.raises(ValidationError, match="not addressed"):
        deciding.clear_by_name(version=version, user=UserFactory(), by=owner, reason="x")
    deciding.clear_by_name(version=version, user=anna, by=owner, reason="Told by phone")
    deciding.clear_by_name(version=version, user=anna, by=owner, reason="Again")
    assert Clearance.objects.get().reason == "Told by phone"
