"""What others of this app, and higher apps, do when a campaign changes: message, release, regions.

Hooks run inside the transaction of the change, so they write with it or not at all; what leaves the
house is enqueued with on_commit. Those of the message are called as `hook(campaign=campaign, by=user)`,
those of releases and regions with the keywords named beside them; `by` is None for what the clock did.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.models import Campaign

Hook = Callable[["Campaign", "User"], None]

# A core message, fact or variant says something else than before, or there is a new one or one less.
message_changed: Registry[Hook] = Registry()
# The message was shown to the regions for the first time.
message_shared: Registry[Hook] = Registry()

# A release was approved: (release, by). It is in force nowhere yet.
release_fixed: Registry[Callable[..., None]] = Registry()
# A region went live, or live again after a pause: (region, launch, by).
region_started: Registry[Callable[..., None]] = Registry()
# A running region changed over to a new release: (region, launch, previous, by).
release_replaced: Registry[Callable[..., None]] = Registry()
# A region was paused, with the reason given, or none: (region, reason, by).
region_paused: Registry[Callable[..., None]] = Registry()
# The campaign was cancelled before it ran: (campaign, reason, by).
campaign_cancelled: Registry[Callable[..., None]] = Registry()
# A region finished: (region, by).
region_finished: Registry[Callable[..., None]] = Registry()


def run(hooks: Registry[Hook], campaign: "Campaign", by: "User") -> None:
    """Call every hook, in the order of registration."""
    for hook in hooks:
        hook(campaign=campaign, by=by)


def tell(hooks: Registry[Callable[..., None]], **about: Any) -> None:
    """Call every hook with the keywords its registry names, in the order of registration."""
    for hook in hooks:
        hook(**about)
