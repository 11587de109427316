"""People: their own settings, and coming and leaving."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import User
from accounts.services.demand import demand
from accounts.services.roles import refuse_last_admin
from core import audit

SETTINGS = ("first_name", "last_name", "phone", "language", "timezone", "theme")
KEPT_BY_ADMINS = (*SETTINGS, "email", "department")


@transaction.atomic
def create_person(*, email: str, by: User | None, password: str | None = None, **fields: Any) -> User:
    """A new person without roles; without a password he sets his own by “forgot password”.

    ValidationError when the address is taken.
    """
    demand(by, "people.administer")
    if User.objects.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("There is already a person with this address.")})
    user = User.objects.create_user(email, password, **fields)
    audit.record(by=by, verb="person.created", scope=user)
    return user


def _save(user: User, by: User | None, values: dict[str, Any], allowed: Iterable[str]) -> list[str]:
    """Write the values that differ from the stored ones and name their fields."""
    stored = User.objects.select_for_update().get(pk=user.pk)
    changed = [name for name in allowed if name in values and getattr(stored, name) != values[name]]
    for name in changed:
        setattr(user, name, values[name])
    if changed:
        user.save(update_fields=changed)
        audit.record(by=by, verb="person.changed", scope=user, fields=changed)
    return changed


@transaction.atomic
def save_settings(*, user: User, by: User, **values: Any) -> list[str]:
    """Change a person's own name, phone, language, time zone and appearance; names the changed fields."""
    demand(by, "settings.edit", user)
    return _save(user, by, values, SETTINGS)


@transaction.atomic
def save_person(*, user: User, by: User | None, **values: Any) -> list[str]:
    """Change what admins keep of a person: his settings, address and department; names the changed fields."""
    demand(by, "people.administer")
    return _save(user, by, values, KEPT_BY_ADMINS)


@transaction.atomic
def deactivate(*, user: User, by: User | None) -> None:
    """The person has left: cannot sign in, open sessions end, gets no more briefings. Repeating does nothing.

    ValidationError for the last admin.
    """
    demand(by, "people.administer")
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        if user.is_staff:
            refuse_last_admin(user)
        _set_active(user, False, by, "person.left")


@transaction.atomic
def reactivate(*, user: User, by: User | None) -> None:
    """The person is back, with the roles and teams that he had. Repeating does nothing."""
    demand(by, "people.administer")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        _set_active(user, True, by, "person.returned")


def _set_active(user: User, active: bool, by: User | None, verb: str) -> None:
    user.is_active = active
    user.save(update_fields=["is_active"])
    audit.record(by=by, verb=verb, scope=user)
    hooks.tell([user.pk])
