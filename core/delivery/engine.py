"""The loop of a worker: claim, offer, fence, transmit, and write down what the server said."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection

from core.delivery.claiming import Batch, claim, fence
from core.delivery.errors import InDoubt, Refused, RouteDown
from core.delivery.models import DeliveryBase
from core.delivery.pauses import pause, resume
from core.delivery.routes import Courier, Route
from core.delivery.states import State
from core.delivery.transitions import give_back, settle_refused, settle_sent, settle_uncertain

log = logging.getLogger(__name__)
# Waits between tries to write down an answer while the database is away; leases last longer.
_INSIST_SECONDS = (0.2, 0.5, 1, 2, 4, 8)


def deliver(route: Route, *, repeat: bool = False, seconds: float = 60) -> Counter:
    """Send what is due on `route` until nothing is left or `seconds` are over.

    Returns how many rows ended in which state; "lost" counts claims that somebody else took over.
    With a route that is down it is paused, and what was claimed goes back uncharged.
    """
    tally: Counter = Counter()
    until = time.monotonic() + seconds
    with closing(route.courier()) as courier:
        while time.monotonic() < until:
            batch = claim(route, repeat=repeat)
            if not batch.rows or not _work(route, batch, courier, tally, until):
                break
    return tally


def _work(route: Route, batch: Batch, courier: Courier, tally: Counter, until: float) -> bool:
    """Deliver a batch; False if the route turned out to be down, or the time (monotonic) is over."""
    for number, row in enumerate(batch.rows):
        if number and time.monotonic() > until:
            give_back(batch.model, batch.token)
            return False
        try:
            batch.renew()
            settled = _deliver_one(route, row, batch.token, courier)
        except RouteDown as down:
            log.warning("Route %s is paused: %s", route.name, down)
            pause(route.name, str(down))
            give_back(batch.model, batch.token)
            return False
        except BaseException:
            _insist(lambda: give_back(batch.model, batch.token))
            raise
        outcome = str(row.state) if settled else "lost"
        if outcome == State.SENT and not tally[outcome]:
            resume(route.name)
        tally[outcome] += 1
    return True


def _deliver_one(route: Route, row: DeliveryBase, token: UUID, courier: Courier) -> bool:
    """Bring one claimed row as far as it gets; False if the claim was lost on the way."""
    try:
        letter = route.render(row)
        courier.offer(letter)
        passed = fence(route, row, token)
    except (RouteDown, OperationalError, InterfaceError):
        raise
    except Refused as refused:
        return settle_refused(row, token, refused)
    except Exception as error:
        # A message that cannot be made or judged must not stop the others, nor be tried for ever.
        log.exception("Delivery %s of %s cannot be prepared", row.pk, route.label)
        courier.reset()
        return settle_refused(row, token, Refused(f"{type(error).__name__}: {error}"[:500], permanent=False))
    if not passed:
        courier.reset()
        return row.state != State.CLAIMED
    return _transmit(row, token, courier, letter)


def _transmit(row: DeliveryBase, token: UUID, courier: Courier, letter: object) -> bool:
    """From here on only the server's own words settle the row; silence is a doubt."""
    try:
        courier.transmit(letter)
    except Refused as refused:
        answer = refused
        return _insist(lambda: settle_refused(row, token, answer))
    except InDoubt as doubt:
        reason = str(doubt)
        return _insist(lambda: settle_uncertain(row, token, reason))
    except BaseException as error:
        reason = f"Stopped while transmitting: {type(error).__name__}"
        _insist(lambda: settle_uncertain(row, token, reason))
        raise
    return _insist(lambda: settle_sent(row, token))


def _insist(write: Callable[[], bool | int]) -> bool:
    """Write an answer down even if the database restarts just now: each answer lost is a doubt."""
    for wait in _INSIST_SECONDS:
        try:
            return bool(write())
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block:
                raise
            log.warning("The database is away; writing an answer down again in %s s", wait)
            connection.close()
            time.sleep(wait)
    return bool(write())
