"""What a finished run has to show: nothing lost, twice or to the wrong one, and every doubt explained."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from briefings.models import Delivery
from briefings.services.recipients import recipients
from core.delivery.models import DeliveryBase
from core.delivery.routes import all_routes
from core.delivery.states import IN_HAND, MAX_ATTEMPTS, WAITING, State
from tests.faults.poison import KILLS, RAISES
from tests.faults.stage import SECONDS, Fault, Stage
from tests.faults.world import World

# Between the question for the right, asked in the fence, and the server's reading of DATA.
GRACE_SECONDS = 1.0
# A worker writes an answer down for this long while the database is away.
DATABASE_SECONDS = 25.0
SETTLED_WITHOUT_MAIL = (State.FAILED, State.WITHHELD, State.CANCELLED)
TOLD = (State.SENT, State.UNCERTAIN, State.FAILED, State.CLOSED)


@dataclass
class Verdict:
    """The counts of a run and everything that is not as it has to be."""

    findings: list[str] = field(default_factory=list)
    states: Counter = field(default_factory=Counter)
    causes: Counter = field(default_factory=Counter)
    accepted: int = 0
    lost: int = 0
    twice: int = 0
    wrong: int = 0
    unexplained: int = 0
    # Sent to somebody who lost the right while his message's worker stood still between fence and DATA.
    through_a_pause: int = 0


def mails() -> list[DeliveryBase]:
    """Every row of every kind that goes out as mail."""
    models = {route.model for route in all_routes() if route.name == "mail"}
    return [row for model in models for row in model.objects.filter(route="mail")]


def open_mails() -> int:
    """Rows that still wait or are in somebody's hands."""
    models = {route.model for route in all_routes() if route.name == "mail"}
    return sum(m.objects.filter(route="mail", state__in=(*WAITING, *IN_HAND)).count() for m in models)


def judge(stage: Stage, world: World) -> Verdict:
    """Compare the rows with the mail server's journal and the list of faults."""
    verdict, rows = Verdict(), mails()
    journal = _Journal(stage)
    verdict.accepted = sum(journal.accepted.values())
    _nothing_twice(verdict, journal, rows)
    for row in rows:
        verdict.states[row.state] += 1
        _row_agrees(verdict, journal, row)
    _nobody_lost(verdict, world)
    _nobody_wrong(verdict, journal, world, rows)
    return verdict


class _Journal:
    """The sink's events by Message-ID, address and connection."""

    def __init__(self, stage: Stage) -> None:
        self.accepted: Counter = Counter()
        self.by_address: dict[str, list[dict]] = defaultdict(list)
        for event in stage.sink.events():
            if event["event"] == "accepted":
                self.accepted[event["id"]] += 1
            if "to" in event:
                self.by_address[event["to"]].append(event)
        self.faults = stage.faults
        # A lapsed lease is seen by the next sweep, at the latest when beat is back.
        self.lease_seconds = 3 * SECONDS["transmit_lease"] * stage.pace

    def explain(self, row: DeliveryBase) -> str:
        """Which fault left the row's last transaction without an answer; empty if none did."""
        changed = row.changed_at.timestamp()
        tries = [one for one in self._transactions(_address(row)) if self._may_be(one, row)]
        for one in reversed(tries):
            if cause := self._cause(one):
                return cause
        began = tries[-1][0]["t"] if tries else changed
        near = any(began - 1 < f.ended and f.began < began + DATABASE_SECONDS for f in self._away())
        return (
            "PostgreSQL stopped immediately" if tries and near else self._with_its_group(changed, row.state)
        )

    def _cause(self, transaction: list[dict]) -> str:
        """What cut a transaction off; empty if nothing did."""
        began, port = transaction[0]["t"], transaction[0]["port"]
        if fault := self._killed(port, began):
            return fault.kind
        cut = [event["phase"] for event in transaction if event["event"] in ("cut", "held")]
        return f"no answer ({cut[0]})" if cut else ""

    def _transactions(self, address: str) -> list[list[dict]]:
        """What happened with an address, from each RCPT on, by connection and in time."""
        found: list[list[dict]] = []
        open_ones: dict[int, list[dict]] = {}
        for event in self.by_address[address]:
            if event["event"] == "rcpt":
                open_ones[event["port"]] = []
                found.append(open_ones[event["port"]])
            if event["port"] in open_ones:
                open_ones[event["port"]].append(event)
        return found

    def _may_be(self, transaction: list[dict], row: DeliveryBase) -> bool:
        """Whether it can have left the row in doubt: a person gets several messages; some are taken back."""
        # What RSET takes back after the dot is another message's beginning, refused before its RCPT.
        events = {event["event"] for event in transaction}
        taken_back = "rset" in events and "dot" not in events
        return not taken_back and {event["id"] for event in transaction if "id" in event} <= {row.message_id}

    def _away(self) -> list[Fault]:
        return [fault for fault in self.faults if fault.kind.startswith("PostgreSQL")]

    def _with_its_group(self, changed: float, state: str) -> str:
        """Nobody offered it: it had passed the fence with others when PostgreSQL crashed."""
        # A confirmation may end the doubt at any time later.
        most = float("inf") if state == State.CLOSED else self.lease_seconds
        near = any(f.began < changed < f.ended + most for f in self._away())
        return "PostgreSQL stopped immediately, its group" if near else ""

    def _killed(self, port: int, since: float) -> Fault | None:
        hit = [fault for fault in self.faults if port in fault.ports and fault.began >= since - 0.1]
        return hit[0] if hit else None

    def paused(self, port: int, since: float, until: float) -> bool:
        """Whether the process of the connection stood still somewhere in that time."""
        paused = [f for f in self.faults if f.kind == "pause" and port in f.ports]
        return any(f.began < until and (not f.ended or f.ended > since) for f in paused)


def _nothing_twice(verdict: Verdict, journal: _Journal, rows: list[DeliveryBase]) -> None:
    known = {row.message_id for row in rows}
    for name, count in journal.accepted.items():
        if count > 1:
            verdict.twice += 1
            verdict.findings.append(f"sent {count} times: {name}")
        if name not in known:
            verdict.findings.append(f"sent without a row: {name}")


def _address(row: DeliveryBase) -> str:
    return row.user.email if isinstance(row, Delivery) else row.recipient.email


def _row_agrees(verdict: Verdict, journal: _Journal, row: DeliveryBase) -> None:
    address, count = _address(row), journal.accepted[row.message_id]
    told = f"{address} ({row.state}, attempt {row.attempt}, {row.failure!r})"
    if row.state in (*WAITING, *IN_HAND):
        verdict.findings.append(f"not drained: {told}")
    elif row.state == State.SENT and count != 1:
        verdict.lost += count == 0
        verdict.findings.append(f"sent, but the server took it {count} times: {told}")
    elif row.state in SETTLED_WITHOUT_MAIL and count:
        verdict.findings.append(f"the server took it all the same: {told}")
    if row.state in (State.UNCERTAIN, State.CLOSED):
        cause = journal.explain(row)
        verdict.causes[cause or "unexplained"] += 1
        if not cause:
            verdict.unexplained += 1
            verdict.findings.append(f"doubt without a fault: {told}")
    if row.state == State.FAILED and not _may_fail(journal, row, address):
        verdict.unexplained += 1
        verdict.findings.append(f"failed without a fault: {told}")


def _may_fail(journal: _Journal, row: DeliveryBase, address: str) -> bool:
    if row.attempt >= MAX_ATTEMPTS or address.startswith((RAISES, KILLS)):
        return True
    # Which address was meant at MAIL only the row's last answer tells.
    refused = any(event.get("words", "").startswith("5") for event in journal.by_address[address])
    return refused or "refused at mail" in row.failure.lower()


def _nobody_lost(verdict: Verdict, world: World) -> None:
    for briefed in world.all:
        if briefed.version is None:
            continue
        found = dict(briefed.rows().filter(version=briefed.version).values_list("user", "state"))
        read = set(briefed.version.confirmations.values_list("user", flat=True))
        briefed.briefing.refresh_from_db()
        for user in recipients(briefed.briefing):
            # Confirmed before the mail went out, left and came back: he knows it, the mail stays withheld.
            knows = found.get(user.pk) == State.WITHHELD and user.pk in read
            if found.get(user.pk) not in TOLD and not knows:
                verdict.lost += 1
                verdict.findings.append(f"lost: {user.email} ({found.get(user.pk, 'no row')})")


def _nobody_wrong(verdict: Verdict, journal: _Journal, world: World, rows: list[DeliveryBase]) -> None:
    names = {row.message_id: row for row in rows if isinstance(row, Delivery)}
    for address, events in journal.by_address.items():
        for event in events:
            row = names.get(event.get("id"))
            if event["event"] != "dot" or row is None:
                continue
            since = world.had_no_right(row.user_id, row.version_id, event["t"], GRACE_SECONDS)
            if since is None:
                continue
            if journal.paused(event["port"], since - 1, event["t"]):
                verdict.through_a_pause += 1
                continue
            verdict.wrong += 1
            verdict.findings.append(f"sent to {address} {event['t'] - since:.1f} s after he lost the right")
