"""Hints to workers that something is due. Losing or doubling one changes nothing but the waiting time."""

import logging
from functools import partial

from celery import current_app
from django.db import connection, transaction

from core.delivery.models import DeliveryBase

log = logging.getLogger(__name__)
QUEUE, REPEAT_QUEUE = "mail", "slow"
# A hint older than this is dropped, by the worker's own clock: the clocks of machines may differ by hours.
EXPIRES_SECONDS = 24 * 60 * 60


def hint(label: str, route: str = "mail", repeat: bool = False) -> bool:
    """Tell a worker to look at `route` of the model `label` now; False if the broker cannot be reached."""
    queue = REPEAT_QUEUE if repeat else QUEUE
    try:
        current_app.send_task(
            "core.tasks.deliver", (label, route, repeat), queue=queue, expires=EXPIRES_SECONDS, retry=False
        )
    except Exception as error:  # whatever the broker's client raises: the row is safe, the sweeper hints
        log.warning("No hint for %s: %s", label, error)
        return False
    return True


def hint_on_commit(model: type[DeliveryBase], route: str = "mail") -> None:
    """Hint once when the running transaction is committed, however many rows it queued.

    Not for "digest", where notices wait for their hour (core.delivery.digest), nor for "app", which is here.
    """
    if route in ("digest", "app"):
        return
    args = (model._meta.label_lower, route)
    for entry in connection.run_on_commit:
        if getattr(entry[1], "func", None) is hint and entry[1].args == args:
            return
    transaction.on_commit(partial(hint, *args), robust=True)
