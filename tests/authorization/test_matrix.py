"""Every URL, every role, own, foreign and every region: exactly the answer that the table promises."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from django.urls import reverse

from accounts.checks import every_url_has_a_row, url_patterns
from accounts.enums import Role
from accounts.permissions import ACCESS, Scope, access_for
from tests.authorization.objects import BUILDERS, Place, Target
from tests.factories import RegionFactory, UserFactory

# What a role reaches is asked of both databases by the tests of services and pages.
pytestmark = pytest.mark.once

for module in iter_modules([str(Path(__file__).parent)]):
    if not module.name.startswith(("test_", "conftest")):
        import_module(f"tests.authorization.{module.name}")

# The admin's own addresses are tried in tests/accounts/test_admin.py.
NAMES = sorted({name for name, _pattern in url_patterns() if name in ACCESS})
WHERE = ("own", "foreign", "everywhere")
NOBODY = ""


def places(role, scope):
    """Where a role is held and whether the object lies within reach."""
    if role == NOBODY:
        return ("own",)
    if scope in (Scope.PUBLIC, Scope.SIGNED_IN):
        return ("everywhere",)
    if role == Role.ADMIN:
        return ("foreign", "everywhere") if scope is Scope.OWN else ("everywhere",)
    return WHERE


def person(role, region, where):
    if role == NOBODY:
        return UserFactory()
    everywhere = where == "everywhere" or role == Role.ADMIN
    return UserFactory(roles=[role]) if everywhere else UserFactory(roles_in={region: [role]})


def expected(row, role, method, target: Target, mine):
    """The status that the table promises to a signed-in person."""
    roles = {role} - {NOBODY}
    if not row.may_see(roles):
        return 404
    if method == "POST" and not row.may_do(roles):
        return 403
    if method not in row.methods:
        return 405
    if not mine and target.foreign is not None and row.scope in (Scope.REGION, Scope.OWN):
        return target.foreign
    if role in target.forbidden:
        return 403
    return target.get if method == "GET" else target.post


def ask(client, name, target, method):
    url = reverse(name, kwargs=target.kwargs) + target.query
    return client.get(url) if method == "GET" else client.post(url, target.data)


def test_every_url_is_in_the_table_and_has_a_builder():
    assert every_url_has_a_row(None) == []
    assert [name for name in NAMES if name not in BUILDERS] == []
    assert sorted(set(BUILDERS) - set(NAMES)) == []


def admitted(name):
    """Roles and methods that the table lets through to the view, which then looks at the object."""
    row = access_for(name)
    for role in (NOBODY, *Role.values):
        roles = {role} - {NOBODY}
        for method in row.methods:
            if row.may_see(roles) and (method == "GET" or row.may_do(roles)):
                yield role, method


ADMITTED = [(name, role) for name in NAMES for role in dict(admitted(name))]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "role"), ADMITTED)
def test_answer_to_whom_the_table_admits(client, name, role):
    """One object per place is read first, then written to: reading changes no answer."""
    row = access_for(name)
    methods = sorted(method for who, method in admitted(name) if who == role)
    got, promised = {}, {}
    for where in places(role, row.scope):
        region = RegionFactory()
        mine = where != "foreign"
        user = person(role, region if mine else RegionFactory(), where)
        target = BUILDERS[name](Place(user, role, region, mine))
        client.force_login(user)
        for method in methods:
            got[where, method] = ask(client, name, target, method).status_code
            promised[where, method] = expected(row, role, method, target, mine)
    assert got == promised


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_answer_to_whom_the_table_turns_away(client, name):
    """Decided before the view runs: one object does for all roles, who hold theirs in its region."""
    row, region = access_for(name), RegionFactory()
    target = BUILDERS[name](Place(UserFactory(), NOBODY, region, True))
    admits = set(admitted(name))
    got, promised = {}, {}
    for role in (NOBODY, *Role.values):
        away = [method for method in ("GET", "POST") if (role, method) not in admits]
        if away:
            client.force_login(person(role, region, "own"))
        for method in away:
            got[role, method] = ask(client, name, target, method).status_code
            promised[role, method] = expected(row, role, method, target, True)
    assert got == promised
    assert set(promised.values()) <= {403, 404, 405}


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_answer_to_somebody_who_is_not_signed_in(client, name):
    row = access_for(name)
    target = BUILDERS[name](Place(UserFactory(), NOBODY, RegionFactory(), True))
    answers = [ask(client, name, target, method) for method in ("GET", "POST")]
    got = [answer.status_code for answer in answers]
    if row.scope is Scope.PUBLIC:
        get, post = target.nobody or (target.get, target.post)
        assert got == [get if "GET" in row.methods else 405, post if "POST" in row.methods else 405]
    else:
        assert got == [302, 401]
        assert answers[0].headers["Location"].startswith(reverse("account_login") + "?next=")
