"""Who is asking, and what Django's admin lets him do."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from accounts.enums import Role
from accounts.models import User


class PersonBackend(AuthenticationBackend):
    """Signs in by e-mail; the role admin, and nothing else, opens everything in Django's admin."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, with the department (one query); None once he has left."""
        user = User.objects.select_related("department").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def has_perm(self, user_obj: User, perm: str, obj: Any = None) -> bool:
        """True for admins who are still here."""
        return user_obj.is_authenticated and user_obj.rights.has(Role.ADMIN)

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:
        """True for admins who are still here."""
        return self.has_perm(user_obj, app_label)
