"""Laying a version into inboxes and queueing its messages: many people, few queries, safe to repeat."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from briefings.models import BriefingVersion, Delivery, InboxItem
from briefings.querysets import holding
from briefings.services.routing import ROUTES, routes
from core.delivery.hints import hint_on_commit

T = TypeVar("T")
BATCH = 1000


def hand_out(version: BriefingVersion, people: Iterable[int]) -> int:
    """Lay `version` into the inboxes of people (ids) and queue a message to each who has to confirm it.

    By mail or chat as the person wishes; to who wants to be told in Einklang only, the inbox tells it.
    Number of people who had not got it before.
    """
    known = set(InboxItem.objects.filter(version=version).values_list("user", flat=True))
    new = [user for user in people if user not in known]
    if not new:
        return 0
    items = [InboxItem(version=version, user_id=user) for user in new]
    InboxItem.objects.bulk_create(items, ignore_conflicts=True, batch_size=BATCH)
    done, wished = confirmed_people(version), routes()
    ways = {user: wished.get(user, "mail") for user in new if user not in done}
    told = [Delivery(version=version, user_id=user, route=way) for user, way in ways.items() if way in ROUTES]
    Delivery.objects.bulk_create(told, ignore_conflicts=True, batch_size=BATCH)
    for way in sorted({delivery.route for delivery in told}):
        hint_on_commit(Delivery, way)
    return len(new)


def confirmed_people(version: BriefingVersion) -> set[int]:
    """Ids of the people whose confirmation covers `version`, which is the current one of its briefing."""
    briefing = version.briefing
    found = holding(
        audience=briefing.audience, version__briefing__campaign_region=briefing.campaign_region_id
    )
    return set(found.values_list("user", flat=True))


def batches(rows: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """`rows` in pieces that fit into one statement."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]
