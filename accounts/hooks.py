"""Where higher apps are told that people came, left, or lost a right (lower apps cannot import them).

    @membership_changed.register("briefings")
    def keep_inboxes(user_ids: frozenset[int]) -> None: ...

Every function runs inside the transaction of the change, after it; what it raises undoes the change. It gets
the ids of all people whose entitlement may have changed and reads the rest from the database.
"""

from collections.abc import Callable, Iterable
from typing import Any

from core.registry import Registry

membership_changed: Registry[Callable[[frozenset[int]], None]] = Registry()
# Somebody wishes to be told another way, or his chat has failed; called inside the transaction as well.
notifications_changed: Registry[Callable[[Any], None]] = Registry()


def tell(user_ids: Iterable[int]) -> None:
    """Call every registered function, if anybody is concerned at all."""
    concerned = frozenset(user_ids)
    if concerned:
        for function in membership_changed:
            function(concerned)
