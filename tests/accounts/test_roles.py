"""Granting and revoking roles."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from accounts import hooks
from accounts.enums import Role
from accounts.models import RoleGrant, TeamMember
from accounts.services import add_member, deactivate, grant_role, reactivate, revoke_role
from core.models import AuditEvent
from tests.factories import RegionFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(roles=[Role.ADMIN], is_staff=True)


@pytest.fixture
def told(monkeypatch):
    """Ids that the hooks were told, in order."""
    calls = []
    monkeypatch.setattr(hooks.membership_changed, "_entries", {"test": calls.append})
    return calls


def test_a_role_is_granted_once_and_audited(admin, told):
    region, user = RegionFactory(code="AT"), UserFactory()
    first = grant_role(user=user, role=Role.STAFF, region=region, by=admin)
    again = grant_role(user=user, role=Role.STAFF, region=region, by=admin)
    assert first == again
    assert user.rights.has_in(region.pk, Role.STAFF)
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor) == ("person.role_granted", admin)
    assert event.data == {"role": "staff", "region": "AT"}
    assert told == [frozenset({user.pk})]


def test_only_admins_grant_roles():
    manager = UserFactory(roles=[Role.MANAGER])
    with pytest.raises(PermissionDenied):
        grant_role(user=manager, role=Role.ADMIN, by=manager)
    assert manager.rights.roles == {Role.MANAGER}


def test_an_admin_of_one_region_is_refused_by_service_and_database(admin):
    region, user = RegionFactory(), UserFactory()
    with pytest.raises(ValidationError, match="everywhere"):
        grant_role(user=user, role=Role.ADMIN, region=region, by=admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(user=user, role=Role.ADMIN, region=region)


@pytest.mark.parametrize(
    ("person", "region", "role", "field"),
    [
        ({"is_active": False}, {}, Role.STAFF, "user"),
        ({}, {"active": False}, Role.STAFF, "region"),
        ({}, {}, "king", "role"),
    ],
)
def test_what_cannot_be_granted_says_why_at_its_field(admin, person, region, role, field):
    with pytest.raises(ValidationError) as refusal:
        grant_role(user=UserFactory(**person), role=role, region=RegionFactory(**region), by=admin)
    assert list(refusal.value.message_dict) == [field]
    assert RoleGrant.objects.count() == 1


def test_the_role_admin_opens_the_admin_and_the_last_one_stays(admin):
    other = UserFactory()
    grant = grant_role(user=other, role=Role.ADMIN, by=admin)
    other.refresh_from_db()
    assert other.is_staff
    revoke_role(grant=grant, by=admin)
    other.refresh_from_db()
    assert not other.is_staff
    with pytest.raises(ValidationError, match="remain admin"):
        revoke_role(grant=admin.grants.get(), by=admin)
    with pytest.raises(ValidationError, match="remain admin"):
        deactivate(user=admin, by=admin)
    assert admin.grants.count() == 1


def test_an_admin_who_has_left_does_not_count(admin):
    grant_role(user=UserFactory(), role=Role.ADMIN, by=admin)
    left = UserFactory(roles=[Role.ADMIN], is_staff=True)
    deactivate(user=left, by=admin)
    deactivate(user=left, by=admin)
    assert AuditEvent.objects.filter(verb="person.left").count() == 1
    reactivate(user=left, by=admin)
    left.refresh_from_db()
    assert left.is_active


def test_who_loses_the_right_leaves_the_team(admin, told):
    region, user = RegionFactory(), UserFactory()
    grant = grant_role(user=user, role=Role.STAFF, region=region, by=admin)
    team = TeamFactory(in_regions=[region])
    add_member(team=team, user=user, by=admin)
    revoke_role(grant=grant, by=admin)
    assert not TeamMember.objects.exists()
    assert told == [frozenset({user.pk})] * 3


def test_a_lead_keeps_the_role_until_another_is_named(admin):
    user = UserFactory()
    grant = grant_role(user=user, role=Role.TEAM_LEAD, by=admin)
    TeamFactory(in_regions=[RegionFactory()], lead=user)
    with pytest.raises(ValidationError, match="name somebody else first"):
        revoke_role(grant=grant, by=admin)
    assert user.grants.count() == 1


def test_a_hook_that_fails_undoes_the_change(admin, monkeypatch):
    def fail(user_ids):
        raise RuntimeError("no")

    monkeypatch.setattr(hooks.membership_changed, "_entries", {"test": fail})
    user = UserFactory()
    with pytest.raises(RuntimeError):
        grant_role(user=user, role=Role.STAFF, by=admin)
    assert not user.grants.exists()
    assert not AuditEvent.objects.exists()
