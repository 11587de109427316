"""Teams: who is entitled, who manages, what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts import forms, hooks, reads
from accounts.enums import Audience, Role
from accounts.models import Absence, Team, User
from accounts.querysets import entitled, present_on
from accounts.services import add_absence, add_member, deactivate, remove_absence, remove_member, save_team
from core.concurrency import StaleVersion
from core.models import AuditEvent
from tests.factories import RegionFactory, TeamFactory, UserFactory, manager

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 24)


@pytest.fixture
def told(monkeypatch):
    calls = []
    monkeypatch.setattr(hooks.membership_changed, "_entries", {"test": calls.append})
    return calls


def staff(**kwargs):
    return UserFactory(roles=[Role.STAFF], **kwargs)


def test_entitled_are_members_leads_and_deputies_of_active_teams_that_serve_the_region():
    region, foreign = RegionFactory(), RegionFactory()
    member, lead, deputy = staff(), staff(), staff()
    TeamFactory(in_regions=[region], with_members=[member, staff(is_active=False)], lead=lead, deputy=deputy)
    TeamFactory(in_regions=[foreign], with_members=[staff()])
    TeamFactory(in_regions=[region], with_members=[staff()], active=False)
    TeamFactory(in_regions=[region], with_members=[staff()], audience=Audience.SALES)
    assert set(entitled(Audience.SERVICE, region)) == {member, lead, deputy}
    assert set(entitled(Audience.SERVICE, region.pk)) == {member, lead, deputy}


def test_somebody_in_two_teams_is_entitled_once():
    region, member = RegionFactory(), staff()
    TeamFactory(in_regions=[region], with_members=[member])
    TeamFactory(in_regions=[region], lead=member)
    assert list(entitled(Audience.SERVICE, region)) == [member]


@pytest.mark.parametrize(
    ("first", "last", "present"),
    [
        (DAY, DAY, False),
        (date(2026, 12, 1), DAY, False),
        (DAY, date(2027, 1, 6), False),
        (date(2026, 12, 1), date(2026, 12, 23), True),
        (date(2026, 12, 25), date(2026, 12, 26), True),
    ],
)
def test_present_is_who_is_not_away_on_that_day(first, last, present):
    region, member = RegionFactory(), staff()
    TeamFactory(in_regions=[region], with_members=[member])
    Absence.objects.create(user=member, starts_on=first, ends_on=last)
    assert present_on(DAY, Audience.SERVICE, region).exists() is present


def test_joining_and_leaving_is_told_and_audited_once(told):
    boss, user = manager(), staff()
    team = TeamFactory(in_regions=[RegionFactory()])
    add_member(team=team, user=user, by=boss)
    add_member(team=team, user=user, by=boss)
    remove_member(team=team, user=user, by=boss)
    remove_member(team=team, user=user, by=boss)
    assert told == [frozenset({user.pk})] * 2
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["team.member_added", "team.member_removed"]


def test_who_has_left_or_is_no_staff_cannot_join():
    team = TeamFactory(in_regions=[RegionFactory()])
    elsewhere = UserFactory(roles_in={RegionFactory(): [Role.STAFF]})
    for user, words in [(staff(is_active=False), "has left"), (elsewhere, "is no service")]:
        with pytest.raises(ValidationError, match=words):
            add_member(team=team, user=user, by=manager())
    assert team.members.count() == 0


def test_a_lead_cannot_be_taken_out_as_a_member():
    lead = staff()
    team = TeamFactory(in_regions=[RegionFactory()], lead=lead)
    with pytest.raises(ValidationError, match="name somebody else first"):
        remove_member(team=team, user=lead, by=manager())


@pytest.mark.parametrize("place", ["lead", "deputy"])
def test_lead_and_deputy_manage_their_team_only(place):
    region, leader = RegionFactory(), staff()
    own = TeamFactory(in_regions=[region], **{place: leader})
    other = TeamFactory(in_regions=[region])
    member = staff()
    add_member(team=own, user=member, by=leader)
    add_absence(user=member, starts_on=DAY, ends_on=DAY, by=leader)
    with pytest.raises(PermissionDenied):
        add_member(team=other, user=member, by=leader)
    with pytest.raises(PermissionDenied):
        add_absence(user=staff(), starts_on=DAY, ends_on=DAY, by=leader)


def test_a_manager_of_a_region_makes_teams_for_that_region_only(told):
    own, foreign = RegionFactory(), RegionFactory(name_en="Far away")
    boss = UserFactory(roles_in={own: [Role.MANAGER]})
    lead = staff()
    team = save_team(team=Team(name="One", audience="service", lead=lead), regions=[own], by=boss)
    assert told[-1] == frozenset({lead.pk})
    with pytest.raises(ValidationError, match="Far away"):
        save_team(team=team, regions=[own, foreign], by=boss)
    assert list(team.regions.all()) == [own]
    with pytest.raises(PermissionDenied):
        save_team(team=TeamFactory(in_regions=[foreign]), regions=[own], by=boss)


def test_a_team_saved_from_an_old_page_is_refused_and_nothing_changes():
    region, boss = RegionFactory(), manager()
    team = TeamFactory(in_regions=[region], name="Old")
    save_team(team=team, regions=[region], by=boss, expected=1, name="New")
    late = Team.objects.get(pk=team.pk)
    with pytest.raises(StaleVersion):
        save_team(team=late, regions=[region], by=boss, expected=1, name="Newer")
    assert Team.objects.get(pk=team.pk).name == "New"


@pytest.mark.parametrize(
    ("change", "field"),
    [({"regions": []}, "regions"), ({"same": True}, "deputy"), ({"left": True}, "lead")],
)
def test_a_team_that_does_not_work_is_refused_at_its_field(change, field):
    region, lead = RegionFactory(), staff(is_active="left" not in change)
    deputy = lead if "same" in change else None
    team = Team(name="One", audience="service", lead=lead, deputy=deputy)
    with pytest.raises(ValidationError) as refusal:
        save_team(team=team, regions=change.get("regions", [region]), by=manager())
    assert list(refusal.value.message_dict) == [field]
    assert not Team.objects.exists()


def test_leaving_the_company_is_told(told):
    admin, user = UserFactory(roles=[Role.ADMIN]), staff()
    deactivate(user=user, by=admin)
    assert told == [frozenset({user.pk})]


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 12, 24), date(2026, 12, 23), "ends_on"),
        (date(2026, 12, 24), date(2036, 12, 23), "ends_on"),
        (date(2026, 12, 26), date(2026, 12, 31), "starts_on"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_at_its_field(first, last, field):
    user = UserFactory()
    add_absence(user=user, starts_on=date(2026, 12, 28), ends_on=date(2026, 12, 30), by=user)
    with pytest.raises(ValidationError) as refusal:
        add_absence(user=user, starts_on=first, ends_on=last, by=user)
    assert list(refusal.value.message_dict) == [field]
    assert user.absences.count() == 1


def test_an_absence_entered_twice_is_one_and_can_be_taken_back():
    user = UserFactory()
    first = add_absence(user=user, starts_on=DAY, ends_on=DAY, by=user)
    assert add_absence(user=user, starts_on=DAY, ends_on=DAY, by=user) == first
    with pytest.raises(PermissionDenied):
        remove_absence(absence=first, by=UserFactory())
    remove_absence(absence=first, by=user)
    assert not Absence.objects.exists()


def test_the_database_refuses_an_absence_that_ends_before_it_starts():
    with pytest.raises(IntegrityError), transaction.atomic():
        Absence.objects.create(user=UserFactory(), starts_on=DAY, ends_on=date(2026, 12, 1))


def post_team(client, team, **changes):
    data = {
        "name": team.name,
        "audience": team.audience,
        "regions": [r.pk for r in team.regions.all()],
        "active": "on",
        "version": team.version,
        "base": "",
    }
    return client.post(reverse("teams:edit", args=[team.pk]), data | changes)


def test_two_people_editing_one_team_lose_nothing(client):
    team = TeamFactory(in_regions=[RegionFactory()], name="Berne")
    client.force_login(manager())
    page = client.get(reverse("teams:edit", args=[team.pk]))
    base = page.context["form"].initial["base"]
    assert post_team(client, team, name="Bern", base=base).status_code == 302
    late = post_team(client, team, name="Berna", base=base)
    assert late.status_code == 409
    assert late.context["form"].conflict.changes[0].theirs == "Bern"
    assert late.context["form"]["name"].value() == "Berna"
    assert Team.objects.get().name == "Bern"


def test_a_name_that_is_too_long_is_kept_and_refused(client):
    team = TeamFactory(in_regions=[RegionFactory()])
    client.force_login(manager())
    page = post_team(client, team, name="x" * 121)
    assert page.status_code == 200
    assert page.context["form"].errors["name"] == [
        "This is too long: 121 characters, at most 120 are possible."
    ]
    assert page.context["form"]["name"].value() == "x" * 121


@pytest.mark.parametrize("teams", [1, 3])
def test_the_list_of_teams_asks_the_same_number_of_questions(client, django_assert_num_queries, teams):
    region = RegionFactory()
    for _ in range(teams):
        TeamFactory(in_regions=[region], with_members=[staff(), staff()], lead=staff())
    client.force_login(manager())
    with django_assert_num_queries(9):
        assert client.get(reverse("teams:list")).status_code == 200


@pytest.mark.parametrize("members", [1, 3])
def test_a_team_page_asks_the_same_number_of_questions(client, django_assert_num_queries, members):
    team = TeamFactory(in_regions=[RegionFactory()], with_members=[staff() for _ in range(members)])
    client.force_login(manager())
    with django_assert_num_queries(9):
        assert client.get(team.get_absolute_url()).status_code == 200


def test_the_people_of_a_team_come_page_by_page_its_lead_first(client, monkeypatch):
    monkeypatch.setattr(reads, "PEOPLE_SHOWN", 2)
    people = [staff(last_name=name) for name in ("Abel", "Zander")]
    third = staff(last_name="Berg")
    team = TeamFactory(in_regions=[RegionFactory()], with_members=[people[0], third], lead=people[1])
    client.force_login(manager())
    first, second = (client.get(team.get_absolute_url(), {"page": page}).context for page in (1, 2))
    assert [list(page["people"]) for page in (first, second)] == [people[::-1], [third]]
    assert (first["total"], first["older_url"], second["newer_url"]) == (3, "?page=2", "?page=1")
    User.objects.filter(pk=third.pk).update(email="t.b+(x)@berg-werk.example")
    asked = (
        *(("berg", [third]), (f"{third.first_name} BERG", [third]), ("Berg\0x", []), ("t.b+(X", [third])),
        *(("t.b+(x)@BERG", [third]), ("@berg-werk", [third]), ("werk", []), ("txb", [])),
    )
    for query, found in asked:
        assert list(client.get(team.get_absolute_url(), {"q": query}).context["people"]) == found


def test_a_region_that_nobody_serves_is_shown(client):
    RegionFactory(name_en="Austria")
    client.force_login(manager())
    page = client.get(reverse("teams:list"))
    assert page.context["coverage"][0].counts == [0, 0, 0]
    assert "Nobody" in page.content.decode()


def test_people_to_add_are_found_by_name_and_only_those_who_can_join(client, monkeypatch):
    monkeypatch.setattr(forms, "CANDIDATES_SHOWN", 2)
    region = RegionFactory()
    abel, berg, third = (staff(last_name=f"Kandidat {name}") for name in ("Abel", "Berg", "Zander"))
    member, gone = staff(last_name="Kandidat"), staff(last_name="Kandidat", is_active=False)
    foreign = UserFactory(last_name="Kandidat", roles_in={RegionFactory(): [Role.STAFF]})
    team = TeamFactory(in_regions=[region], with_members=[member])
    client.force_login(manager())
    page = client.get(team.get_absolute_url())
    assert page.context["candidates"] is None
    for typed, found, more in (
        ("kandidat", [abel, berg], True),
        ("zander KANDIDAT", [third], False),
        (third.email, [third], False),
        ("", [abel, berg], True),
        ("Kandidat\0x", [], False),
        (foreign.email, [], False),
    ):
        page = client.get(team.get_absolute_url(), {"find": typed})
        assert page.context["candidates"] == {"people": found, "more": more}, typed
    assert f"Nobody called “{foreign.email}” can be added." in page.content.decode()
    url = reverse("teams:member_add", args=[team.pk])
    for wrong in (member, gone, foreign):
        page = client.post(url, {"find": "berg", "user": wrong.pk})
        assert list(page.context["form"].errors) == ["find"]
        assert 'value="berg"' in page.content.decode()
        assert page.context["candidates"]["people"] == [berg]
    for bad in ("", "x", "9" * 30):
        assert list(client.post(url, {"find": "x" * 200, "user": bad}).context["form"].errors) == ["find"]
    assert client.post(url, {"find": "berg", "user": berg.pk}).status_code == 302
    assert set(team.members.all()) == {member, berg}


def test_staff_see_their_own_team_and_cannot_change_it(client):
    region, member = RegionFactory(), UserFactory()
    member = UserFactory(roles_in={region: [Role.STAFF]})
    own = TeamFactory(in_regions=[region], with_members=[member])
    other = TeamFactory(in_regions=[region])
    client.force_login(member)
    assert [t.pk for t in client.get(reverse("teams:list")).context["teams"]] == [own.pk]
    assert client.get(own.get_absolute_url()).status_code == 200
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.post(reverse("teams:member_add", args=[own.pk]), {"user": staff().pk}).status_code == 403
