"""Partner departments hear what changed in the plan they see: bundled, once an hour, never what they did."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from campaigns.models import Campaign, CampaignPartner
from campaigns.services import launch, lifecycle
from campaigns.services.partners import tell_partners
from campaigns.services.plan_data import plan_of
from campaigns.services.planning import update_plan
from core.delivery.models import OutgoingMail
from tests.factories import BudgetFactory, DepartmentFactory, UserFactory
from tests.factories.lifecycle import draft, live

pytestmark = pytest.mark.django_db
NOON = "2026-09-01T12:00:00+00:00"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return time_machine


@pytest.fixture
def partner():
    return UserFactory(roles=[Role.PARTNER], department=DepartmentFactory(), first_name="Pia")


def mails(person=None):
    found = OutgoingMail.objects.filter(key__startswith="partner:").order_by("pk")
    return list(found.filter(recipient=person) if person else found)


def with_partner(person, make=draft):
    """A campaign whose partner has been told of everything so far."""
    campaign = make("AT", "DE", name="Outdoors")
    BudgetFactory(campaign=campaign)
    now = timezone.now() - timedelta(days=1)
    CampaignPartner.objects.create(campaign=campaign, department=person.department, told_at=now)
    return campaign


def save(campaign, by=None, **parts):
    fresh = Campaign.objects.get(pk=campaign.pk)
    plan = replace(plan_of(fresh), **parts)
    update_plan(campaign=fresh, by=by or fresh.owner, plan=plan, expected=fresh.version)


def later(clock, **delta):
    clock.move_to(timezone.now() + timedelta(**delta), tick=False)


def test_one_step_is_one_mail_and_the_rest_of_the_hour_is_one_more(clock, partner):
    campaign = with_partner(partner)
    regions = tuple(replace(one, starts_on=date(2026, 10, 1)) for one in plan_of(campaign).regions)
    save(campaign, starts_on=date(2026, 10, 1), regions=regions)
    assert tell_partners() == 0  # the step may not be complete
    later(clock, minutes=1)
    assert (tell_partners(), tell_partners()) == (1, 0)
    (mail,) = mails(partner)
    assert (mail.subject, mail.urgent) == ("What changed: Outdoors", False)
    text = mail.text.replace("\xa0", " ")
    assert f"{campaign.owner}: moved the campaign: 1 Oct 2026 to 31 Oct 2026" in text
    assert f"{campaign.owner}: moved Region AT to 1 Oct 2026 to 31 Oct 2026" in text
    assert text.count("moved Region") == 2
    assert f"/campaigns/{campaign.pk}/" in mail.text
    for day in (2, 3, 4):
        save(campaign, starts_on=date(2026, 9, day))
        later(clock, minutes=10)
        assert tell_partners() == 0
    later(clock, minutes=31)
    assert tell_partners() == 1
    assert [one.text.count("moved the campaign") for one in mails(partner)] == [1, 3]


def test_states_of_regions_are_told_and_what_the_clock_does_too(clock, partner):
    campaign = with_partner(partner, make=live)
    clock.move_to("2026-09-25T12:00:00+00:00", tick=False)
    launch.pause(region=campaign.regions.first(), by=campaign.owner, reason="Price")
    launch.finish(region=campaign.regions.last(), by=campaign.owner)
    later(clock, minutes=2)
    assert tell_partners() == 1
    text = mails(partner)[0].text
    assert "paused AT: Price" in text
    assert "finished DE" in text


def test_what_does_not_concern_them_is_not_told(clock, partner):
    campaign = with_partner(partner)
    save(campaign, purpose="For all")
    later(clock, hours=2)
    assert tell_partners() == 0


def test_nobody_hears_of_his_own_deeds_and_only_active_partners_of_the_department_hear(clock, partner):
    owner = UserFactory(roles=[Role.PARTNER, Role.MARKETER], department=partner.department)
    UserFactory(roles=[Role.PARTNER], department=partner.department, is_active=False)
    UserFactory(roles=[Role.STAFF], department=partner.department)
    UserFactory(roles=[Role.PARTNER], department=DepartmentFactory())
    campaign = with_partner(partner)
    Campaign.objects.filter(pk=campaign.pk).update(owner=owner)
    save(campaign, by=owner, ends_on=date(2026, 11, 30))
    later(clock, minutes=2)
    assert tell_partners() == 1
    assert [mail.recipient for mail in mails()] == [partner]


def test_an_invited_department_is_welcomed_and_hears_nothing_of_before(clock, partner):
    campaign = draft("AT", name="Outdoors")
    BudgetFactory(campaign=campaign)
    save(campaign, ends_on=date(2026, 11, 30))
    save(campaign, partners=(partner.department,))
    later(clock, minutes=2)
    assert tell_partners() == 1
    (mail,) = mails()
    assert mail.subject == "Your department is invited: Outdoors"
    assert "moved the campaign" not in mail.text


def test_mails_speak_the_readers_language_and_escape_what_people_wrote(clock, partner):
    partner.language = "de"
    partner.save()
    campaign = with_partner(partner)
    Campaign.objects.filter(pk=campaign.pk).update(name="<b>Outdoors</b>")
    lifecycle.cancel(campaign=campaign, by=campaign.owner, reason="<script>alert(1)</script>")
    later(clock, minutes=2)
    tell_partners()
    (mail,) = mails()
    assert mail.language == "de"
    assert "<script>alert" not in mail.html
    assert "&lt;script&gt;alert(1)" in mail.html


def test_a_large_department_is_told_with_as_many_queries_as_one_person(clock, partner):
    campaign, counted = with_partner(partner), []
    for day in (29, 30):
        save(campaign, ends_on=date(2026, 11, day))
        later(clock, hours=2)
        with CaptureQueriesContext(connection) as queries:
            assert tell_partners() == 1
        counted.append(len(queries))
        UserFactory.create_batch(3, roles=[Role.PARTNER], department=partner.department)
    assert counted[0] == counted[1]
    assert (len(mails()), len(mails(partner))) == (5, 2)


def test_one_that_fails_stops_no_other(clock, partner, monkeypatch):
    from campaigns.services import partners

    first, second = with_partner(partner), with_partner(partner)
    for campaign in (first, second):
        save(campaign, ends_on=date(2026, 11, 30))
    real = partners._mail

    def broken(campaign, *args, **kwargs):
        if campaign.pk == first.pk:
            raise RuntimeError("broken")
        return real(campaign, *args, **kwargs)

    monkeypatch.setattr(partners, "_mail", broken)
    later(clock, minutes=2)
    assert tell_partners() == 1
    assert len(mails()) == 1
    assert CampaignPartner.objects.get(campaign=first).changed_at is not None
