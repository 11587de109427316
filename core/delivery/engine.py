"""The loop of a worker: claim, offer, fence, transmit, and write down what the server said."""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from core.delivery.claiming import Batch, claim, fence
from core.delivery.errors import InDoubt, Refused, RouteDown
from core.delivery.letters import Letter
from core.delivery.models import DeliveryBase
from core.delivery.passing import passage
from core.delivery.pauses import pause, resume
from core.delivery.routes import AheadCourier, Courier, Route
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
    until = time.monotonic() + seconds
    tally: Counter = Counter()
    with closing(route.courier()) as courier:
        while time.monotonic() < until:
            batch = claim(route, repeat=repeat)
            if not batch.rows or not Round(route, batch, courier, tally).run(until):
                break
    return tally


class Round:
    """One batch on its way.

    Between two messages at most one answer is held that is not written down yet: that of the message before,
    and only if the server has already answered for the next one too, so that one commit serves both without
    any waiting. Whatever makes us wait, or goes wrong, is preceded by writing it down.
    """

    def __init__(self, route: Route, batch: Batch, courier: Courier, tally: Counter) -> None:
        self.route, self.batch, self.courier, self.tally = route, batch, courier, tally
        self.token: UUID = batch.token
        self.passage = passage(route)
        self.ahead = courier if isinstance(courier, AheadCourier) else None
        self.answered: DeliveryBase | None = None

    def run(self, until: float) -> bool:
        """Deliver the batch; False if the route turned out to be down, or the time (monotonic) is over."""
        sent_before = self.tally[State.SENT]
        try:
            done = self._run(until)
        except RouteDown as down:
            self._record()
            log.warning("Route %s is paused: %s", self.route.name, down)
            pause(self.route.name, str(down))
            give_back(self.batch.model, self.token)
            return False
        except BaseException:
            self._record()
            _insist(lambda: give_back(self.batch.model, self.token))
            raise
        if not sent_before and self.tally[State.SENT]:
            resume(self.route.name)
        return done

    def _run(self, until: float) -> bool:
        letters = [self._letter(row) for row in self.batch.rows]
        for number, (row, letter) in enumerate(zip(self.batch.rows, letters, strict=True)):
            if number and time.monotonic() > until:
                self._record()
                give_back(self.batch.model, self.token)
                return False
            if self.batch.is_old:
                self._record()
                self.batch.renew()
            self._deliver(row, letter, letters[number + 1] if number + 1 < len(letters) else None)
        self._record()
        return True

    def _letter(self, row: DeliveryBase) -> object:
        """The letter, or why there is none. Made before anything of the batch is transmitted."""
        try:
            return self.route.render(row)
        except (RouteDown, OperationalError, InterfaceError):
            raise
        except Refused as refused:
            return refused
        except Exception as error:
            return self._unmade(row, error)

    def _unmade(self, row: DeliveryBase, error: Exception) -> Refused:
        """A message that cannot be made or judged must not stop the others, nor be tried for ever."""
        log.error("Delivery %s of %s cannot be prepared", row.pk, self.route.label, exc_info=error)
        return Refused(f"{type(error).__name__}: {error}"[:500], permanent=False)

    def _deliver(self, row: DeliveryBase, letter: object, following: object) -> None:
        """Bring one claimed row as far as it gets."""
        if self.ahead is None or not self.ahead.is_answered(letter):
            self._record()
        try:
            if isinstance(letter, Refused):
                raise letter
            self.courier.offer(letter)
            passed = self._pass(row)
        except (RouteDown, OperationalError, InterfaceError):
            raise
        except Refused as refused:
            self._refused(row, refused)
            return
        except Exception as error:
            self._record()
            self.courier.reset()
            self._refused(row, self._unmade(row, error))
            return
        if not passed:
            self.courier.reset()
            self._count(row, row.state != State.CLAIMED)
            return
        if self.ahead is not None and isinstance(following, Letter):
            self.ahead.ahead(following)
        self._transmit(row, letter)

    def _pass(self, row: DeliveryBase) -> bool:
        """The fence, together with writing down the answer before, or one after the other."""
        if self.passage.is_open:
            try:
                done = self.passage.go(row, self.token, self.answered)
            except DatabaseError as error:
                log.info("Delivery %s passes on its own: %s", row.pk, error)
            else:
                if done.passed:
                    self._record()
                    return True
        self._record()
        return fence(self.route, row, self.token)

    def _transmit(self, row: DeliveryBase, letter: object) -> None:
        """From here on only the server's own words settle the row; silence is a doubt."""
        try:
            self.courier.transmit(letter)
        except Refused as refused:
            self._refused(row, refused)
        except InDoubt as doubt:
            reason = str(doubt)
            self._count(row, _insist(lambda: settle_uncertain(row, self.token, reason)))
        except BaseException as error:
            reason = f"Stopped while transmitting: {type(error).__name__}"
            _insist(lambda: settle_uncertain(row, self.token, reason))
            raise
        else:
            self.answered = row

    def _refused(self, row: DeliveryBase, refused: Refused) -> None:
        self._record()
        self._count(row, _insist(lambda: settle_refused(row, self.token, refused)))

    def _record(self) -> None:
        """Write down that the message before was taken, if that has not been done."""
        row = self.answered
        if row is None:
            return
        settled = row.state == State.SENT or _insist(lambda: settle_sent(row, self.token))
        self.answered = None
        self._count(row, settled)

    def _count(self, row: DeliveryBase, settled: bool) -> None:
        self.tally[str(row.state) if settled else "lost"] += 1


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
