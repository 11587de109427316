"""The training record: who is up to date, reading again with a rhythm, reminders, escalation, export (B8)."""

import csv
import io
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Absence
from accounts.services import add_member, remove_member
from briefings.errors import NotAddressed, Superseded
from briefings.home import to_confirm, to_refresh
from briefings.models import Refresher, TrainingRhythm
from briefings.services.training import Standing, record_of, refresh, set_rhythm, team_records
from briefings.services.training_mails import remind_of_training
from campaigns.enums import Running
from core.delivery.models import OutgoingMail
from tests.briefings.data import coming, confirmed_by, put_out, region_in, rewrite, staff, written
from tests.factories import UserFactory
from tests.factories.lifecycle import run_region

pytestmark = pytest.mark.django_db


def in_days(days: int):
    """The moment `days` from now at noon UTC, when everybody in Europe may be written to."""
    return time_machine.travel((timezone.now() + timedelta(days=days)).replace(hour=12), tick=False)


@pytest.fixture
def team_of_two():
    """Two people and their lead, a running briefing that all but the second have confirmed, today at noon."""
    with in_days(0):
        region = region_in(coming("AT", name="Rauris"))
        team, people = staff(region, 2)
        team.lead = UserFactory(roles=["team_lead"], last_name="Zimmer")
        team.save()
        version = put_out(written(region, title="=Jacket"))
        confirmed_by(version, people[0])
        confirmed_by(version, team.lead)
        run_region(region, running=Running.LIVE)
    return team, people, version


def standings(user):
    return [lesson.standing for lesson in record_of(user).lessons]


def test_who_has_not_confirmed_comes_first(team_of_two):
    team, (anna, ben), _version = team_of_two
    people = team_records(team)
    assert [(one.user, one.standing, one.up_to_date) for one in people] == [
        (ben, Standing.UNREAD, False),
        (anna, Standing.DONE, True),
        (team.lead, Standing.DONE, True),
    ]


def test_who_joins_while_a_campaign_runs_is_not_late_for_that(team_of_two):
    team, _people, _version = team_of_two
    set_rhythm(team=team, by=None, every_days=7)
    newcomer = UserFactory(roles=["staff"])
    with in_days(60):
        add_member(team=team, user=newcomer, by=None)
        (lesson,) = record_of(newcomer).lessons
        assert (lesson.standing, lesson.due_on, lesson.days_late) == (
            Standing.UNREAD,
            timezone.localdate(),
            0,
        )
        (item,) = to_confirm(newcomer, timezone.now())
        assert item.due == timezone.localdate()
        remove_member(team=team, user=newcomer, by=None)
    with in_days(90):
        add_member(team=team, user=newcomer, by=None)
        assert [lesson.days_late for lesson in record_of(newcomer).lessons] == [0]


def test_without_a_rhythm_nobody_reads_again(team_of_two):
    _team, (anna, _ben), _version = team_of_two
    with in_days(400):
        assert standings(anna) == [Standing.DONE]


def test_a_refresher_falls_due_after_the_rhythm_and_again_after_it_was_read(client, team_of_two):
    team, (anna, _ben), version = team_of_two
    set_rhythm(team=team, by=None, every_days=30)
    with in_days(29):
        assert standings(anna) == [Standing.DONE]
        assert refresh(version=version, user=anna) is False
    with in_days(30):
        assert standings(anna) == [Standing.REFRESH]
        assert [item.title for item in to_refresh(anna, timezone.now())] == ["=Jacket"]
        client.force_login(anna)
        inbox = client.get(reverse("briefings:inbox")).context
        assert ([item.version for item in inbox["again"]], inbox["in_force"]) == ([version], [])
        assert ("briefings", 1) in client.get(reverse("nav_badges")).context["badges"]
        assert refresh(version=version, user=anna) is True
        assert refresh(version=version, user=anna) is False
        assert standings(anna) == [Standing.DONE]
    with in_days(60):
        assert standings(anna) == [Standing.REFRESH]
    assert Refresher.objects.count() == 1


def test_nothing_is_read_again_where_the_campaign_does_not_run(team_of_two):
    team, (anna, _ben), version = team_of_two
    set_rhythm(team=team, by=None, every_days=7)
    run_region(region_in(version.briefing.campaign), running=Running.PAUSED)
    with in_days(30):
        assert standings(anna) == [Standing.DONE]


def test_only_the_version_in_force_is_read_again_and_only_by_whom_it_is_for(team_of_two):
    team, (anna, _ben), version = team_of_two
    set_rhythm(team=team, by=None, every_days=7)
    rewrite(version.briefing, say="- Something new")
    newer = put_out(version.briefing)
    with pytest.raises(Superseded) as refused:
        refresh(version=version, user=anna)
    assert refused.value.current == newer
    with pytest.raises(NotAddressed):
        refresh(version=newer, user=UserFactory(roles=["staff"]))


@pytest.mark.parametrize("days", [0, 6, 366, -1])
def test_a_rhythm_lies_between_a_week_and_a_year(team_of_two, days):
    team, _people, _version = team_of_two
    with pytest.raises(ValidationError):
        set_rhythm(team=team, by=team.lead, every_days=days)
    with pytest.raises(DatabaseError), transaction.atomic():
        TrainingRhythm.objects.create(team=team, every_days=abs(days))


def test_a_member_sets_no_rhythm(team_of_two):
    team, (anna, _ben), _version = team_of_two
    with pytest.raises(PermissionDenied):
        set_rhythm(team=team, by=anna, every_days=30)


def test_what_was_read_again_stays_on_record(team_of_two):
    _team, (anna, _ben), version = team_of_two
    made = Refresher.objects.create(version=version, user=anna)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()


def test_people_are_reminded_once_a_week_and_leads_a_week_later(team_of_two):
    team, (anna, ben), version = team_of_two
    confirmed_by(version, ben)
    set_rhythm(team=team, by=None, every_days=30)
    with in_days(31):
        Absence.objects.create(user=ben, starts_on=timezone.localdate(), ends_on=timezone.localdate())
        assert (remind_of_training(), remind_of_training()) == (2, 0)
    told = OutgoingMail.objects.get(key__startswith="training-refresher", recipient=anna)
    assert told.subject == "One briefing to read again"
    assert "=Jacket" in told.text
    with in_days(39):
        remind_of_training()
    lead = OutgoingMail.objects.get(key__startswith="training-lead")
    assert (lead.recipient, lead.subject) == (team.lead, f"{team.name}: 3 people are not up to date")


def test_the_lead_sees_the_team_and_sets_its_rhythm(client, team_of_two):
    team, (_anna, ben), _version = team_of_two
    client.force_login(team.lead)
    url = reverse("briefings:training_team", args=[team.pk])
    page = client.get(url).content.decode()
    assert "2 of 3 up to date" in page
    assert str(ben) in page
    rhythm = reverse("briefings:training_rhythm", args=[team.pk])
    refused = client.post(rhythm, {"every_days": "3"})
    assert refused.status_code == 422
    assert "greater than or equal to 7" in refused.content.decode()
    assert client.post(rhythm, {"every_days": "30"}).status_code == 302
    assert TrainingRhythm.objects.get().every_days == 30
    client.post(rhythm, {"every_days": ""})
    assert TrainingRhythm.objects.count() == 0


def test_a_large_team_is_shown_page_by_page(client, team_of_two, monkeypatch):
    team, (anna, ben), _version = team_of_two
    monkeypatch.setattr("briefings.views.training.PEOPLE_SHOWN", 2)
    client.force_login(team.lead)
    url = reverse("briefings:training_team", args=[team.pk])
    first, second = client.get(url), client.get(url, {"page": "2"})
    assert [[one.user for one in page.context["people"]] for page in (first, second)] == [
        [ben, anna],
        [team.lead],
    ]
    assert (first.context["older_url"], second.context["newer_url"]) == ("?page=2", "?page=1")
    assert "2 of 3 up to date" in second.content.decode()


def test_a_member_sees_only_his_own_record(client, team_of_two):
    team, (anna, ben), _version = team_of_two
    client.force_login(anna)
    assert client.get(reverse("briefings:training_team", args=[team.pk])).status_code == 403
    page = client.get(reverse("briefings:training")).content.decode()
    assert "You are up to date" in page
    assert str(ben) not in page


def test_reading_again_from_the_page(client, team_of_two):
    team, (anna, _ben), version = team_of_two
    set_rhythm(team=team, by=None, every_days=7)
    url = reverse("briefings:read", args=[version.briefing_id])
    with in_days(8):
        client.force_login(anna)
        assert "I have read this again" in client.get(url).content.decode()
        done = client.post(reverse("briefings:refresh", args=[version.briefing_id]), {"version": 1})
        assert (done.status_code, done["Location"]) == (302, url)
        assert "I have read this again" not in client.get(url).content.decode()


def test_the_export_holds_one_row_per_person_and_briefing_and_no_formula(client, team_of_two):
    team, (anna, ben), _version = team_of_two
    client.force_login(team.lead)
    as_csv = client.get(reverse("briefings:training_export", args=[team.pk, "csv"]))
    rows = list(csv.reader(io.StringIO(as_csv.content.decode("utf-8-sig"))))
    assert [row[1:6] for row in rows[1:]] == [
        [ben.email, "'=Jacket", "Region AT", "1", "Unread"],
        [anna.email, "'=Jacket", "Region AT", "1", "Up to date"],
        [team.lead.email, "'=Jacket", "Region AT", "1", "Up to date"],
    ]
    as_excel = client.get(reverse("briefings:training_export", args=[team.pk, "xlsx"]))
    sheet = load_workbook(io.BytesIO(as_excel.content)).active
    assert [(cell.value, cell.data_type) for cell in sheet["C"][1:]] == [("=Jacket", "s")] * 3
    assert client.get(reverse("briefings:training_export", args=[team.pk, "pdf"])).status_code == 404


def test_three_people_need_as_many_queries_as_one(client):
    region = region_in(coming("AT"))
    counts = []
    for size in (1, 3):
        team, _people = staff(region, size)
        team.lead = UserFactory(roles=["team_lead"])
        team.save()
        put_out(written(region)) if size == 1 else None
        client.force_login(team.lead)
        url = reverse("briefings:training_team", args=[team.pk])
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts == [9, 9]
