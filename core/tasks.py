"""Background work of the core: deliver what is due, and sweep. Both may be lost or doubled freely."""

import logging
import time

from celery import shared_task

from core.delivery import engine, sweeper
from core.delivery.digest import send_digests
from core.delivery.fallback import fall_back_all
from core.delivery.hints import hint
from core.delivery.routes import route_for
from core.delivery.watchdog import beat_seen

log = logging.getLogger(__name__)
# Well below the soft time limit: a worker comes back and looks for newer hints.
WORK_SECONDS = 60


@shared_task(name="core.tasks.deliver", queue="mail")
def deliver(label: str, route: str = "mail", repeat: bool = False) -> None:
    """Send what is due of the model `label` by `route`; asks for another turn if time ran out first."""
    try:
        way = route_for(label, route)
    except LookupError as error:
        log.warning("%s", error)
        return
    started = time.monotonic()
    engine.deliver(way, repeat=repeat, seconds=WORK_SECONDS)
    if time.monotonic() - started >= WORK_SECONDS:
        hint(label, route, repeat)


@shared_task(name="core.tasks.sweep")
def sweep() -> None:
    """Beat's turn: lapsed leases, and hints for what is due; a sign that beat and a worker are there."""
    beat_seen()
    tally = sweeper.sweep()
    if any(count for state, count in tally.items() if state != "hinted"):
        log.warning("Deliveries whose worker stopped: %s", dict(tally))


@shared_task(name="core.tasks.fall_back")
def fall_back() -> None:
    """What chats refused goes by mail."""
    fall_back_all()


@shared_task(name="core.tasks.digests")
def digests() -> None:
    """Collected notices leave at the hour that each person chose."""
    send_digests()
