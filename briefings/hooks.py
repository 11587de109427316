"""What higher apps do when a briefing is published; they run inside the transaction of the publication."""

from collections.abc import Callable

from core.registry import Registry

# A new version was published and laid into inboxes: (version, by).
briefing_published: Registry[Callable[..., None]] = Registry()
