"""What a person may do with target groups."""

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import MANAGING, rule


@rule("group.edit")
def edit_group(user: User, group: object) -> bool:
    """Marketers, managers and admins: insight belongs to the whole company."""
    return user.rights.has(Role.MARKETER, *MANAGING)
