"""The menu item of channels."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import ACCESS
from core.navigation import register_nav


def may_see_channels(user: User) -> bool:
    """True for whom the list of channels opens."""
    return ACCESS["channels:list"].may_see(user.rights.roles)


def register() -> None:
    """Put the pages of this app into the menu."""
    register_nav(
        "channels", _("Channels"), "diagram-3", "channels:list", "base", allowed=may_see_channels, order=30
    )
