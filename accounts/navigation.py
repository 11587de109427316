"""The menu items of teams, and of what admins watch."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ACCESS
from core.navigation import register_nav


def may_see_teams(user: User) -> bool:
    """True for whom the list of teams opens."""
    return ACCESS["teams:list"].may_see(user.rights.roles)


def may_see_operations(user: User) -> bool:
    """True for whom the operators' page opens."""
    return ACCESS["operations:list"].may_see(user.rights.roles)


def register() -> None:
    """Put the pages of this app into the menu."""
    register_nav("teams", _("Teams"), "people", "teams:list", "base", allowed=may_see_teams, order=40)
    register_nav(
        "operations",
        _("Operations"),
        "activity",
        "operations:list",
        "base",
        allowed=may_see_operations,
        order=90,
    )
