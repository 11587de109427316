"""Reminders, notices of a pause, what waits on Home, and mails through the real engine (serves B2, B3)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import Absence
from briefings import home
from briefings.models import Delivery, InboxItem
from briefings.services import reminding
from campaigns.hooks import campaign_cancelled, region_finished, region_paused, region_started, tell
from campaigns.models import CampaignRegion
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.delivery.routes import route_for
from tests.briefings.data import bring, confirmed_by, put_out, rewrite, set_price, staff, written
from tests.core.sink import running_sink
from tests.factories import UserFactory
from tests.factories.lifecycle import fix_release, run_region

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(monkeypatch, region):
    """`clock(days)`: noon in the region, so many days before its start."""

    def set_to(days, hour=12):
        day = region.starts_on - timedelta(days=days)
        now = datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo("Europe/Vienna"))
        monkeypatch.setattr(reminding.timezone, "now", lambda: now)

    return set_to


def mails(person):
    return list(
        OutgoingMail.objects.filter(recipient=person).order_by("id").values_list("subject", flat=True)
    )


@pytest.mark.parametrize(("days", "told_"), [(4, 0), (3, 1), (2, 1), (1, 1), (0, 1)])
def test_reminders_begin_three_days_before(told, clock, days, told_):
    clock(days)
    assert reminding.remind_all() == told_
    assert reminding.remind_all() == 0
    assert len(mails(told[1])) == told_


def test_nobody_is_reminded_at_night(told, clock):
    clock(2, hour=6)
    assert reminding.remind_all() == 0


def test_each_day_once_until_confirmed(told, clock):
    for days in (3, 2):
        clock(days)
        reminding.remind_all()
    confirmed_by(told[3], told[1])
    clock(1)
    assert reminding.remind_all() == 0
    assert mails(told[1]) == ["Please read and confirm: Jacket: what you need to know"] * 2


def test_who_is_away_is_left_in_peace(told, clock, region):
    day = region.starts_on - timedelta(days=2)
    Absence.objects.create(user=told[1], starts_on=day, ends_on=day)
    clock(2)
    assert reminding.remind_all() == 0


def test_nobody_is_reminded_of_what_runs(told, clock, region):
    run_region(region)
    clock(1)
    assert reminding.remind_all() == 0


def test_the_lead_is_told_one_day_before(told, clock):
    team, anna, _briefing, _version = told
    lead, deputy = UserFactory(roles=["team_lead"]), UserFactory(roles=["staff"])
    team.lead, team.deputy = lead, deputy
    team.save()
    clock(2)
    reminding.remind_all()
    assert mails(lead) == []
    clock(1)
    reminding.remind_all()
    reminding.remind_all()
    subject = f"1 confirmation missing in {team.name}: Jacket: what you need to know"
    assert [one for one in mails(lead) if "missing" in one] == [subject]
    assert [one for one in mails(deputy) if "missing" in one] == [subject]
    assert str(anna) in OutgoingMail.objects.filter(recipient=lead).latest("id").text


def test_a_pause_is_told_at_once_with_its_reason(told, region):
    run_region(region)
    tell(region_paused, region=region, reason="Wrong price", by=region.campaign.owner)
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.subject) == (told[1], f"Paused in Region AT: {region.campaign.name}")
    assert "Wrong price" in mail.text


def test_a_resumption_is_told_a_first_start_is_not(told, region):
    launch = run_region(region).launch
    tell(region_started, region=region, launch=launch, by=None)
    assert mails(told[1]) == []
    launch.kind = "resume"
    tell(region_started, region=region, launch=launch, by=None)
    assert mails(told[1]) == [f"Runs again in Region AT: {region.campaign.name}"]


@pytest.mark.parametrize(("last_day", "number"), [(date(2000, 1, 2), 0), (date(2100, 1, 1), 1)])
def test_an_early_end_is_told_and_holds_back_what_waits(told, region, last_day, number):
    CampaignRegion.objects.filter(pk=region.pk).update(starts_on=date(2000, 1, 1), ends_on=last_day)
    region.refresh_from_db()
    tell(region_finished, region=region, by=region.campaign.owner)
    assert Delivery.objects.get().state == "withheld"
    assert len(mails(told[1])) == number


def test_home_of_a_reader(told, region):
    InboxItem.objects.update(created_at=datetime(2026, 9, 10, tzinfo=ZoneInfo("UTC")))
    items = home.to_confirm(told[1], timezone.now())
    assert [(one.title, one.due) for one in items] == [("Jacket: what you need to know", region.starts_on)]
    confirmed_by(told[3], told[1])
    assert home.to_confirm(told[1], timezone.now()) == []


def test_home_of_an_author(told, region, time_machine):
    owner, now = region.campaign.owner, datetime(2026, 9, 10, tzinfo=ZoneInfo("UTC"))
    time_machine.move_to(now, tick=False)
    assert home.to_write(owner, now) == []
    type(region.campaign).objects.update(shared_at=now)
    assert home.to_write(owner, now) == []
    fix_release(region.campaign)
    assert [one.due for one in home.to_write(owner, now)] == [date(2026, 9, 14)]
    assert home.failed_mails(owner, now) == []
    bring(told[3].deliveries, "failed")
    assert [one.detail for one in home.failed_mails(owner, now)] == ["1 mail failed or is in doubt (AT)"]


def test_home_of_a_lead(told, region):
    team = told[0]
    lead = UserFactory(roles=["team_lead"])
    team.lead = lead
    team.save()
    now = datetime(2026, 9, 19, tzinfo=ZoneInfo("UTC"))
    details = [one.detail for one in home.missing_in_teams(lead, now)]
    assert details == ["1 person in your team has not confirmed"]


@pytest.fixture
def sink(settings):
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        yield sink


@pytest.mark.django_db(transaction=True)
def test_one_mail_each_through_the_real_engine(sink, region):
    team, (anna, ben) = staff(region, 2)
    briefing = written(region)
    first = put_out(briefing)
    route = route_for("briefings.delivery")
    assert deliver(route) == {"sent": 2}
    assert deliver(route) == {}
    assert sorted(sink.recipients) == sorted([(anna.email,), (ben.email,)])
    mail = sink.messages[0]
    assert mail["Subject"] == "Briefing: Jacket: what you need to know"
    assert {one["Message-ID"] for one in sink.messages} == set(
        first.deliveries.values_list("message_id", flat=True)
    )
    text = mail.get_body(("plain",)).get_content()
    assert "The jacket for 159\N{NO-BREAK SPACE}€" in text
    assert f"/briefings/{briefing.pk}/" in text
    _price_falls(region, briefing, first, anna)
    team.memberships.filter(user=ben).delete()
    assert deliver(route) == {"sent": 1, "withheld": 1}
    again = sink.messages[2]
    assert again["Subject"] == "New version: Jacket: what you need to know"
    body = again.get_body(("plain",)).get_content()
    assert "Price: 149\N{NO-BREAK SPACE}€ (before: 159\N{NO-BREAK SPACE}€)" in body
    assert "Sixty days" in body


def _price_falls(region, briefing, first, anna):
    confirmed_by(first, anna)
    set_price(region.campaign, "149.00")
    fix_release(region.campaign)
    put_out(briefing)


@pytest.mark.django_db(transaction=True)
def test_hostile_words_cannot_forge_a_header(sink, region):
    staff(region, 1)
    put_out(written(region, title="Offer\r\nBcc: x@evil.example", offer="<script>alert(1)</script>"))
    assert deliver(route_for("briefings.delivery")) == {"sent": 1}
    mail = sink.messages[0]
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(("html",)).get_content()


def test_an_old_mail_is_not_sent_once_there_is_a_new_version(told):
    rewrite(told[2], say="Else")
    put_out(told[2])
    assert dict(Delivery.objects.values_list("version__number", "state")) == {1: "cancelled", 2: "queued"}


def test_a_cancelled_campaign_is_told_to_everybody_who_was_briefed(told, region):
    _team, anna, _briefing, version = told
    tell(campaign_cancelled, campaign=region.campaign, reason="Sold out", by=region.campaign.owner)
    assert mails(anna) == [f"Cancelled in {region.region.name}: {region.campaign.name}"]
    assert set(Delivery.objects.filter(version=version).values_list("state", flat=True)) == {"withheld"}
