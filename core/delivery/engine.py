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
from core.delivery.states import IN_HAND, State
from core.delivery.transitions import (
    give_back,
    give_back_unbegun,
    settle_refused,
    settle_sent,
    settle_uncertain,
)

log = logging.getLogger(__name__)
# Waits between tries to write down an answer while the database is away; leases last longer.
_INSIST_SECONDS = (0.2, 0.5, 1, 2, 4, 8)


def deliver(route: Route, *, repeat: bool = False, seconds: float = 60) -> Counter:
    """Send what is due on `route` until nothing is left or `seconds` are over.

    Returns how many rows ended in which state; "lost" counts claims that somebody else took over.
    With a route that is down it is paused, and what was claimed goes back uncharged.
    """
    until = time.monotonic() + seconds
    tally, pace = Counter(), Pace()
    with closing(route.courier()) as courier:
        while time.monotonic() < until:
            batch = claim(route, repeat=repeat)
            if not batch.rows or not Round(route, batch, courier, tally, pace).run(until):
                break
    return tally


class Pace:
    """How many messages pass the fence together: what goes out in a tenth of a second, and not too many.

    So many a crash of the database leaves in doubt at most, for each worker; a slow server makes it one.
    """

    FIRST, MOST, SECONDS = 8, 32, 0.1

    def __init__(self) -> None:
        self.group = self.FIRST
        self._began = self._written = 0.0

    def begin(self) -> None:
        """A group sets out."""
        self._began = self._written = time.monotonic()

    def written(self) -> None:
        """All answers so far are written down."""
        self._written = time.monotonic()

    @property
    def is_late(self) -> bool:
        """True when answers have waited long enough."""
        return time.monotonic() - self._written > self.SECONDS

    def adapt(self) -> None:
        """Learn from the group that set out last, now that it is through."""
        if self._began:
            slow = time.monotonic() - self._began > self.SECONDS
            self.group = max(self.group // 2, 1) if slow else min(self.group * 2, self.MOST)


class Round:
    """One batch on its way, group after group.

    A group passes the fence together; of its messages one at a time is begun, and only that one may be in
    doubt when this process dies. Answers that are here wait for the next group, to be written down with its
    fence; until then `Handover` says that they came. Whatever makes us wait, or goes wrong, is preceded by
    writing them down.
    """

    def __init__(self, route: Route, batch: Batch, courier: Courier, tally: Counter, pace: Pace) -> None:
        self.route, self.batch, self.courier, self.tally, self.pace = route, batch, courier, tally, pace
        self.token: UUID = batch.token
        self.passage = passage(route)
        self.ahead = courier if isinstance(courier, AheadCourier) else None
        self.answered: list[DeliveryBase] = []
        # Passed the fence with their group, and not begun.
        self.passed: set[int] = set()
        # A place in `Handover` may have been taken.
        self.placed = False

    def run(self, until: float) -> bool:
        """Deliver the batch; False if the route turned out to be down, or the time (monotonic) is over."""
        sent_before = self.tally[State.SENT]
        try:
            done = self._run(until)
        except RouteDown as down:
            log.warning("Route %s is paused: %s", self.route.name, down)
            self._leave()
            pause(self.route.name, str(down))
            return False
        except BaseException:
            self._leave()
            raise
        if not sent_before and self.tally[State.SENT]:
            resume(self.route.name)
        return done

    def _run(self, until: float) -> bool:
        rows = self.batch.rows
        letters = [self._letter(row) for row in rows]
        for number, (row, letter) in enumerate(zip(rows, letters, strict=True)):
            if number and time.monotonic() > until:
                self._leave()
                return False
            if self.batch.is_old:
                self._record()
                self.batch.renew()
            following = letters[number + 1] if number + 1 < len(letters) else None
            self._deliver(row, letter, following, number, letters)
        self._leave(through=True)
        return True

    def _leave(self, *, through: bool = False) -> None:
        """Write down what is known, and let go of what was not begun (nothing, when it is `through`)."""
        if self.passed:
            self._record()
            unbegun = frozenset(self.passed)
            _insist(lambda: give_back_unbegun(self.batch.model, self.token, unbegun))
        if self.placed:
            self._turn([])
        self._record()
        if not through:
            _insist(lambda: give_back(self.batch.model, self.token))

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

    def _deliver(
        self, row: DeliveryBase, letter: object, following: object, number: int, letters: list[object]
    ) -> None:
        """Bring one claimed row as far as it gets."""
        if self.ahead is None or not self.ahead.is_answered(letter) or self.pace.is_late:
            self._record()
        try:
            if isinstance(letter, Refused):
                raise letter
            self.courier.offer(letter)
            if not self.passed:
                self._next_group(number, letters)
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
            self._count(row, row.state not in IN_HAND)
            return
        if self.ahead is not None and isinstance(following, Letter):
            self.ahead.ahead(following)
        self._transmit(row, letter)

    def _next_group(self, number: int, letters: list[object]) -> None:
        """Let those from `number` on pass that have a letter."""
        self.pace.adapt()
        ends = number + self.pace.group
        near = zip(self.batch.rows[number:ends], letters[number:ends], strict=True)
        rows = [row for row, letter in near if not isinstance(letter, Refused)]
        self.pace.begin()
        if self.passage.is_open and len(rows) > 1:
            self.placed = True
            self._turn(rows)

    def _turn(self, rows: list[DeliveryBase]) -> None:
        """The answers so far and the fence of `rows` in one commit; if that fails, one after the other."""
        answered = self.answered
        try:
            recorded, passed = self.passage.turn(rows, self.token, answered)
        except DatabaseError as error:
            log.info("Deliveries of %s pass on their own: %s", self.route.label, error)
            return
        self.passed = passed
        if recorded == len(answered):
            self.answered = []
            self.tally[State.SENT] += recorded

    def _pass(self, row: DeliveryBase) -> bool:
        """Its turn in a group that has passed; else, or if that fails, the fence of a row of its own."""
        passed = row.pk in self.passed
        if passed and self._begin(row):
            self.passed.discard(row.pk)
            return True
        self._record()
        through = fence(self.route, row, self.token, passed=passed)
        self.passed.discard(row.pk)
        return through

    def _begin(self, row: DeliveryBase) -> bool:
        try:
            return self.passage.begin(row, self.token)
        except DatabaseError as error:
            log.info("Delivery %s passes on its own: %s", row.pk, error)
            return False

    def _transmit(self, row: DeliveryBase, letter: object) -> None:
        """From here on only the server's own words settle the row; silence is a doubt."""
        try:
            self.courier.transmit(letter)
        except Refused as refused:
            self._refused(row, refused)
        except InDoubt as doubt:
            reason = str(doubt)
            self._record()
            self._count(row, _insist(lambda: settle_uncertain(row, self.token, reason)))
        except BaseException as error:
            reason = f"Stopped while transmitting: {type(error).__name__}"
            _insist(lambda: settle_uncertain(row, self.token, reason))
            raise
        else:
            self.answered.append(row)

    def _refused(self, row: DeliveryBase, refused: Refused) -> None:
        self._record()
        self.passed.discard(row.pk)
        self._count(row, _insist(lambda: settle_refused(row, self.token, refused)))

    def _record(self) -> None:
        """Write down which messages before were taken, if that has not been done."""
        rows = self.answered
        if not rows:
            return
        _insist(lambda: settle_sent(rows, self.token))
        self.answered = []
        self.pace.written()
        for row in rows:
            self._count(row, row.state == State.SENT)

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
