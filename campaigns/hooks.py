"""What others of this app, and higher apps, do when the message changes or is shared.

Hooks run inside the transaction of the change, so they write with it or not at all; what leaves the
house is enqueued with on_commit. They are called as `hook(campaign=campaign, by=user)`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.models import Campaign

Hook = Callable[["Campaign", "User"], None]

# A core message, fact or variant says something else than before, or there is a new one or one less.
message_changed: Registry[Hook] = Registry()
# The message was shown to the regions for the first time.
message_shared: Registry[Hook] = Registry()


def run(hooks: Registry[Hook], campaign: "Campaign", by: "User") -> None:
    """Call every hook, in the order of registration."""
    for hook in hooks:
        hook(campaign=campaign, by=by)
