"""What a person may do with channels."""

from accounts.models import User
from accounts.permissions import MANAGING, rule


@rule("channel.edit")
def edit_channel(user: User, channel: object) -> bool:
    """Managers and admins; for which regions they may name experts, `save_channel` checks."""
    return user.rights.has(*MANAGING)
