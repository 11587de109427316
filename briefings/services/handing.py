"""Laying a version into inboxes and queueing its messages: many people, few queries, safe to repeat."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from briefings.models import BriefingVersion, Delivery, InboxItem
from briefings.querysets import holding
from briefings.services.routing import ROUTES, routes
from core.delivery.hints import hint_on_commit
from core.delivery.queueing import insert_many, queue_many

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
    insert_many(InboxItem, {"user_id": new}, version_id=version.pk)
    done, wished = confirmed_people(version), routes()
    ways = {user: wished.get(user, "mail") for user in new if user not in done}
    told = {user: way for user, way in ways.items() if way in ROUTES}
    queue_many(Delivery, {"user_id": list(told), "route": list(told.values())}, version_id=version.pk)
    for way in sorted(set(told.values())):
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
