"""The menu item of target groups."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ACCESS
from core.navigation import register_nav


def may_see_groups(user: User) -> bool:
    """True for whom the list of target groups opens."""
    return ACCESS["customers:list"].may_see(user.rights.roles)


def register() -> None:
    """Put the pages of this app into the menu: planning starts from the customers."""
    register_nav(
        "customers", _("Target groups"), "person-hearts", "customers:list", allowed=may_see_groups, order=13
    )
