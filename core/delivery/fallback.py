"""Nobody is unreachable: what a chat refuses for good goes by mail."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from core.audit import record
from core.delivery.decisions import fall_back
from core.delivery.handling import Handling, all_handlings
from core.delivery.models import DeliveryBase
from core.delivery.states import State
from core.registry import Registry

# (person, words of the failure): his chat takes no messages; whoever keeps people notes it.
chat_failed: Registry[Callable[[Any, str], None]] = Registry()
AT_ONCE = 500


def fall_back_all() -> int:
    """Send by mail what chats refused, and note whose chat fails; number of messages. Safe to repeat."""
    return sum(_fall_back_model(handling) for handling in all_handlings())


def _fall_back_model(handling: Handling) -> int:
    failed = handling.rows().in_trouble().filter(state=State.FAILED, route="chat").order_by("pk")
    return sum(_fall_back_row(handling, row) for row in failed[:AT_ONCE])


@transaction.atomic
def _fall_back_row(handling: Handling, row: DeliveryBase) -> int:
    hit = fall_back(handling.model._base_manager.filter(pk=row.pk), "mail")
    if hit:
        for function in chat_failed:
            function(handling.person_of(row), row.failure)
        record(by=None, verb="delivery.fell_back", scope=row, reason=row.failure)
    return hit
