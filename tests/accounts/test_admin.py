"""Django's admin: for admins only, safe, audited."""

import pytest
from django.contrib import admin
from django.urls import reverse

from accounts.enums import Role
from accounts.models import RoleGrant, Team, TeamMember, User
from core.models import AuditEvent, OutgoingMail
from tests.factories import DepartmentFactory, RegionFactory, TeamFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def boss(client):
    person = UserFactory(roles=[Role.ADMIN], is_staff=True, email="admin@firm.example")
    client.force_login(person)
    return person


def pages():
    for model, page in admin.site._registry.items():
        yield f"admin:{model._meta.app_label}_{model._meta.model_name}", page


def test_the_sign_in_is_our_own_and_leads_back(client):
    answer = client.get("/admin/login/?next=/admin/accounts/user/")
    assert answer.headers["Location"] == "/accounts/login/?next=/admin/accounts/user/"
    assert (
        client.get("/admin/login/?next=https://evil.example/").headers["Location"].endswith("?next=/admin/")
    )
    chain = client.get("/admin/", follow=True).redirect_chain
    assert chain[-1] == ("/accounts/login/?next=/admin/", 302)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_other_roles_find_nothing_there(client, role):
    client.force_login(UserFactory(roles=[role], is_staff=True))
    assert client.get("/admin/").status_code == 404
    for name, _page in pages():
        assert client.get(reverse(f"{name}_changelist")).status_code == 404


def test_every_list_opens_and_searches_and_every_form_opens(client, boss, rf):
    RegionFactory()
    TeamFactory(in_regions=[RegionFactory()])
    request = rf.get("/")
    request.user = boss
    for name, page in pages():
        assert client.get(reverse(f"{name}_changelist")).status_code == 200, name
        if page.search_fields:
            assert client.get(reverse(f"{name}_changelist"), {"q": "a"}).status_code == 200, name
        expected = 200 if page.has_add_permission(request) else 403
        assert client.get(reverse(f"{name}_add")).status_code == expected, name


def test_pages_of_the_admin_are_sent_with_the_strict_policy(client, boss):
    policy = client.get("/admin/accounts/user/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy


def person_form(user, **changes):
    return {
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "phone": "",
        "department": user.department_id or "",
        "language": "en",
        "timezone": "Europe/Berlin",
        "theme": "auto",
        "grants-TOTAL_FORMS": "0",
        "grants-INITIAL_FORMS": "0",
        "absences-TOTAL_FORMS": "0",
        "absences-INITIAL_FORMS": "0",
    } | changes


def test_a_person_is_entered_without_a_password_and_gets_a_link(client, boss):
    new = User(email="New@Firm.example", first_name="Nora", last_name="Neu")
    answer = client.post(reverse("admin:accounts_user_add"), person_form(new))
    assert answer.status_code == 302
    nora = User.objects.get(email="new@firm.example")
    assert not nora.has_usable_password()
    chosen = {"action": "send_link", "_selected_action": [nora.pk]}
    client.post(reverse("admin:accounts_user_changelist"), chosen)
    assert OutgoingMail.objects.get().recipient == nora
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs == {"person.created", "person.password_link"}


def test_an_address_twice_is_refused_with_the_entries_kept(client, boss):
    new = User(email="ADMIN@firm.example", first_name="Nora", last_name="Neu")
    page = client.post(reverse("admin:accounts_user_add"), person_form(new))
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["email"]
    assert page.context["adminform"].form["first_name"].value() == "Nora"


def grant_row(user, region, role, **changes):
    return {
        "grants-TOTAL_FORMS": "1",
        "grants-0-user": user.pk,
        "grants-0-role": role,
        "grants-0-region": region.pk if region else "",
    } | changes


def test_roles_are_granted_and_revoked_through_the_services(client, boss):
    user, region = UserFactory(department=DepartmentFactory()), RegionFactory()
    url = reverse("admin:accounts_user_change", args=[user.pk])
    assert client.post(url, person_form(user) | grant_row(user, region, "staff")).status_code == 302
    grant = RoleGrant.objects.get(user=user)
    kept = {"grants-INITIAL_FORMS": "1", "grants-0-id": grant.pk}
    row = grant_row(user, region, "reviewer", **kept)
    assert client.post(url, person_form(user) | row).status_code == 302
    grant = RoleGrant.objects.get(user=user)
    assert grant.role == "reviewer"
    gone = grant_row(user, region, "reviewer", **kept | {"grants-0-id": grant.pk, "grants-0-DELETE": "on"})
    assert client.post(url, person_form(user) | gone).status_code == 302
    verbs = list(AuditEvent.objects.order_by("id").values_list("verb", flat=True))
    granted, revoked = "person.role_granted", "person.role_revoked"
    assert verbs == [granted, revoked, granted, revoked]


def test_what_a_service_refuses_stands_in_the_form_and_nothing_is_half_written(client, boss):
    user, region = UserFactory(last_name="Before"), RegionFactory()
    url = reverse("admin:accounts_user_change", args=[user.pk])
    page = client.post(url, person_form(user, last_name="After") | grant_row(user, region, "admin"))
    assert page.status_code == 200
    assert "An admin is one everywhere." in page.content.decode()
    assert page.context["adminform"].form["last_name"].value() == "After"
    user.refresh_from_db()
    assert user.last_name == "Before"
    assert not user.grants.exists()


def test_people_leave_by_an_action_but_not_the_last_admin(client, boss):
    user = UserFactory()
    url = reverse("admin:accounts_user_changelist")
    page = client.post(url, {"action": "let_go", "_selected_action": [user.pk, boss.pk]}, follow=True)
    user.refresh_from_db()
    boss.refresh_from_db()
    assert (user.is_active, boss.is_active) == (False, True)
    words = [str(message) for message in page.context["messages"]]
    assert len(words) == 2
    assert "remain admin" in words[0]
    client.post(url, {"action": "take_back", "_selected_action": [user.pk]})
    user.refresh_from_db()
    assert user.is_active


@pytest.mark.parametrize("name", ["user", "team", "region", "department"])
def test_nobody_is_deleted(client, boss, name):
    record = {
        "user": UserFactory,
        "team": TeamFactory,
        "region": RegionFactory,
        "department": DepartmentFactory,
    }
    url = reverse(f"admin:accounts_{name}_delete", args=[record[name]().pk])
    assert client.post(url, {"post": "yes"}).status_code == 403


def team_form(team, **changes):
    return {
        "name": team.name,
        "audience": "service",
        "regions": [region.pk for region in team.regions.all()],
        "lead": team.lead_id or "",
        "deputy": "",
        "active": "on",
        "seen_version": team.version,
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    } | changes


def test_a_team_is_changed_by_version_and_takes_members(client, boss):
    team, user = TeamFactory(in_regions=[RegionFactory()]), UserFactory(roles=[Role.STAFF])
    url = reverse("admin:accounts_team_change", args=[team.pk])
    member = {
        "memberships-TOTAL_FORMS": "1",
        "memberships-0-team": team.pk,
        "memberships-0-user": user.pk,
    }
    assert client.post(url, team_form(team, name="Bern") | member).status_code == 302
    assert list(TeamMember.objects.values_list("user", flat=True)) == [user.pk]
    late = client.post(url, team_form(team, name="Berne"))
    assert late.status_code == 200
    assert "Nothing was saved" in late.content.decode()
    assert Team.objects.get().name == "Bern"


def test_reference_data_is_audited(client, boss):
    department = DepartmentFactory(code="pr")
    url = reverse("admin:accounts_department_change", args=[department.pk])
    client.post(url, {"code": "pr", "name_de": "Presse", "name_en": "Press"})
    event = AuditEvent.objects.get()
    assert (event.verb, event.data["fields"]) == ("record.saved", ["name_de", "name_en"])


@pytest.mark.parametrize("people", [1, 3])
def test_the_list_of_people_asks_the_same_number_of_questions(
    client, boss, django_assert_num_queries, people
):
    for _ in range(people):
        UserFactory(roles=[Role.STAFF], roles_in={RegionFactory(code="AT"): [Role.REVIEWER]})
    with django_assert_num_queries(10):
        client.get(reverse("admin:accounts_user_changelist"))
