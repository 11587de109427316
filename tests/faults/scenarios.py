"""The faults one by one. Each scenario is a generator: it yields what it waits for; several run at once.

A scenario asserts what has to become of its own people; `verdict` judges everybody once all is drained.
"""

import os
import signal
from collections.abc import Callable, Iterator

from django.db import connection

from core.delivery.hints import hint
from core.delivery.models import RoutePause
from core.delivery.states import MAX_ATTEMPTS
from tests.faults.poison import KILLS, RAISES
from tests.faults.processes import whole
from tests.faults.stage import Stage, all_dead
from tests.faults.world import Briefed, World, insist

Steps = Iterator[Callable[[], object]]
Scenario = Callable[[Stage, World], Steps]
BRIEFING = "briefings.delivery"


def _at(stage: Stage, address: str, event: str) -> Callable[[], object]:
    return lambda: stage.sink.of(address, event)


def _all(briefed: Briefed, *states: str) -> Callable[[], bool]:
    return lambda: set(briefed.states()) <= set(states)


def _one(stage: Stage, world: World, name: str, *behaviours: str) -> Briefed:
    """One person whose transactions meet `behaviours` in turn."""
    briefed = world.people(name)
    stage.sink.order(rules={briefed.people[0].email: list(behaviours)})
    world.publish(briefed)
    return briefed


def _taken(stage: Stage, briefed: Briefed) -> int:
    return len(stage.sink.of(briefed.people[0].email, "accepted"))


def three_hundred(stage: Stage, world: World) -> Steps:
    """Many people, no fault: one row and one message each."""
    briefed = world.people("many", 300)
    world.publish(briefed)
    yield _all(briefed, "sent")
    assert briefed.rows().count() == 300
    taken = [event["to"] for event in stage.sink.events() if event["event"] == "accepted"]
    assert sorted(to for to in taken if to.startswith("many-")) == sorted(p.email for p in briefed.people)


def _most_attempts_behind(briefed: Briefed) -> None:
    """The first person's mail has been tried six times of eight: waiting for all of them takes too long."""
    briefed.rows().filter(user=briefed.people[0], attempt__lt=6).update(attempt=6)


ANSWERS = {
    "rcpt 450": ("sent", 1),
    "rcpt 550": ("failed", 0),
    "rcpt drop": ("sent", 1),
    "data 451": ("sent", 1),
    "data drop": ("uncertain", 0),
    "dot 451": ("sent", 1),
    "dot 554": ("failed", 0),
    "dot drop kept": ("uncertain", 1),
    "dot drop lost": ("uncertain", 0),
    "dot garbage": ("uncertain", 1),
    "dot hang": ("uncertain", 1),
}


def answers(stage: Stage, world: World) -> Steps:
    """Each way of refusing, hanging up and keeping silent, once."""
    briefed = world.people("answer", len(ANSWERS))
    addresses = [person.email for person in briefed.people]
    stage.sink.order(rules={one: [behaviour] for one, behaviour in zip(addresses, ANSWERS, strict=True)})
    world.publish(briefed)
    yield _all(briefed, "sent", "failed", "uncertain")
    taken = [len(stage.sink.of(one, "accepted")) for one in addresses]
    found = dict(zip(ANSWERS, zip(briefed.states(), taken, strict=True), strict=True))
    assert found == ANSWERS


def killed_before_data(stage: Stage, world: World) -> Steps:
    """kill -9 before the fence: the message goes out once, by somebody else."""
    briefed = _one(stage, world, "killed-rcpt", "rcpt hold")
    yield _at(stage, briefed.people[0].email, "rcpt")
    stage.kill([stage.holder_of(briefed.people[0].email)])
    yield _all(briefed, "sent")
    assert _taken(stage, briefed) == 1


def killed_after_the_fence(stage: Stage, world: World) -> Steps:
    """kill -9 between the fence and the message: nothing arrived, and nobody may guess that."""
    briefed = _one(stage, world, "killed-data", "data hold")
    yield _at(stage, briefed.people[0].email, "data")
    stage.kill([stage.holder_of(briefed.people[0].email)])
    yield _all(briefed, "uncertain")
    assert _taken(stage, briefed) == 0


def killed_at_the_dot(stage: Stage, world: World) -> Steps:
    """kill -9 between the final dot and the answer: it arrived, and stays a doubt."""
    briefed = _one(stage, world, "killed-dot", "dot hold")
    yield _at(stage, briefed.people[0].email, "accepted")
    stage.kill([stage.holder_of(briefed.people[0].email)])
    yield _all(briefed, "uncertain")
    assert _taken(stage, briefed) == 1


def killed_after_the_answer(stage: Stage, world: World) -> Steps:
    """kill -9 when the 250 has come and is not yet written down."""
    briefed = _one(stage, world, "killed-250", "dot hold")
    address = briefed.people[0].email
    yield _at(stage, address, "accepted")
    holder = [stage.holder_of(address)]
    with stage.fault("kill -9", holder):  # it stands still while the answer comes in
        stage.sink.order(release=address)
        yield _at(stage, address, "answered")
        os.kill(holder[0], signal.SIGKILL)
    yield _all(briefed, "uncertain")
    assert _taken(stage, briefed) == 1


def killed_in_a_group(stage: Stage, world: World) -> Steps:
    """kill -9 in the middle of a group that has passed: one doubt; the others of the group go out once."""
    briefed = world.people("group", 6)
    third = briefed.people[2].email
    stage.sink.order(rules={third: ["dot hold"]})
    world.publish(briefed)
    yield _at(stage, third, "accepted")
    # They passed together, or this shows nothing.
    assert briefed.states()[2:] == ["transmitting"] * 4
    stage.kill([stage.holder_of(third)])
    yield _all(briefed, "sent", "uncertain")
    assert briefed.states() == ["sent", "sent", "uncertain", "sent", "sent", "sent"]
    assert [len(stage.sink.of(one.email, "accepted")) for one in briefed.people] == [1] * 6


def crashed_in_a_group(stage: Stage, world: World) -> Steps:
    """PostgreSQL stops immediately in the middle of a group, then its worker: a doubt each, none twice."""
    briefed = world.people("crashed", 6)
    third = briefed.people[2].email
    stage.sink.order(rules={third: ["dot hold"]})
    world.publish(briefed)
    yield _at(stage, third, "accepted")
    holder = [stage.holder_of(third)]
    stage.pause(holder)
    connection.close()
    stage.crash_database()
    stage.kill(holder, "kill -9 after PostgreSQL stopped immediately")
    stage.go_on(holder)
    yield lambda: insist(_all(briefed, "sent", "uncertain"))
    assert briefed.states()[2:] == ["uncertain"] * 4
    assert [len(stage.sink.of(one.email, "accepted")) for one in briefed.people] == [1] * 3 + [0] * 3


def paused_before_data(stage: Stage, world: World) -> Steps:
    """A worker sleeps past its lease before the fence; when it wakes, somebody else has the message."""
    briefed = _one(stage, world, "paused-rcpt", "rcpt hold", "rcpt hold")
    address = briefed.people[0].email
    yield _at(stage, address, "rcpt")
    holder = [stage.holder_of(address)]
    stage.pause(holder)
    stage.sink.order(release=address)
    yield lambda: len(stage.sink.of(address, "rcpt")) >= 2
    sleeper = stage.sink.of(address, "rcpt")[0]["port"]
    stage.go_on(holder)
    yield lambda: any(event["port"] == sleeper for event in _later(stage, address))
    stage.sink.order(release=address)
    yield _all(briefed, "sent")
    assert [event["port"] == sleeper for event in stage.sink.of(address, "accepted")] == [False]


def _later(stage: Stage, address: str) -> list[dict]:
    """What was done with the offers: taken back, or followed by DATA."""
    return stage.sink.of(address, "rset") + stage.sink.of(address, "data")


def paused_at_the_dot(stage: Stage, world: World) -> Steps:
    """A worker sleeps past its lease with the answer before it; waking up, it ends its own doubt."""
    briefed = _one(stage, world, "paused-dot", "dot hold")
    address = briefed.people[0].email
    yield _at(stage, address, "accepted")
    holder = [stage.holder_of(address)]
    stage.pause(holder)
    stage.sink.order(release=address)
    yield _all(briefed, "uncertain")
    stage.go_on(holder)
    yield _all(briefed, "sent")
    assert _taken(stage, briefed) == 1


def right_lost_at_the_fence(stage: Stage, world: World) -> Steps:
    """The person leaves while his message is on offer: it does not pass the fence. Back again, he gets it."""
    briefed = _one(stage, world, "left", "rcpt hold")
    person = briefed.people[0]
    yield _at(stage, person.email, "rcpt")
    world.leave(briefed, person)
    stage.sink.order(release=person.email)
    yield _all(briefed, "withheld")
    assert _taken(stage, briefed) == 0
    world.come_back(briefed, person)
    yield _all(briefed, "sent")
    assert _taken(stage, briefed) == 1


def superseded_at_the_fence(stage: Stage, world: World) -> Steps:
    """A newer version is published while the old one is on offer: only the newer one goes out."""
    briefed = _one(stage, world, "superseded", "rcpt hold")
    person, old = briefed.people[0], briefed.version
    yield _at(stage, person.email, "rcpt")
    world.publish(briefed)
    stage.sink.order(release=person.email)
    yield _all(briefed, "sent")
    yield lambda: briefed.rows().get(version=old).state in ("withheld", "cancelled")
    names = [event["id"] for event in stage.sink.of(person.email, "accepted")]
    assert names == [briefed.rows().get(version=briefed.version).message_id]


def confirmed_in_doubt(stage: Stage, world: World) -> Steps:
    """The person confirms in the app while his mail is in doubt: the doubt is closed, nothing follows."""
    briefed = _one(stage, world, "confirmed", "dot drop lost")
    yield _all(briefed, "uncertain")
    world.confirm(briefed, briefed.people[0])
    assert briefed.states() == ["closed"]


def poison_raises(stage: Stage, world: World) -> Steps:
    """A message that cannot be written fails at the eighth attempt; the others go out meanwhile."""
    addresses = [f"{RAISES}@firm.example", "beside-0@firm.example", "beside-1@firm.example"]
    briefed = world.people("poison", addresses=addresses)
    world.publish(briefed)
    _most_attempts_behind(briefed)
    yield lambda: briefed.states() == ["failed", "sent", "sent"]
    row = briefed.rows().get(user=briefed.people[0])
    assert (row.attempt, row.failure) == (MAX_ATTEMPTS, "ValueError: This briefing cannot be written.")


def poison_kills(stage: Stage, world: World) -> Steps:
    """A message that kills its worker uses up its own attempts; the others go out meanwhile."""
    addresses = [f"{KILLS}@firm.example", *(f"near-{n}@firm.example" for n in range(10))]
    briefed = world.people("deadly", addresses=addresses)
    world.publish(briefed)
    _most_attempts_behind(briefed)
    yield lambda: briefed.states() == ["failed"] + ["sent"] * 10
    assert briefed.rows().get(user=briefed.people[0]).attempt == MAX_ATTEMPTS


def worker_killed(stage: Stage, world: World) -> Steps:
    """A whole worker, parent and children, is killed in the middle of its work and started again."""
    briefed = world.people("worker", 40)
    stage.sink.order(delay=0.05)
    world.publish(briefed)
    yield lambda: "sent" in briefed.states()
    before = whole(stage.workers[0].pid)
    stage.kill_worker(0)
    yield lambda: all_dead(before)
    stage.sink.order(delay=0)
    yield _all(briefed, "sent", "uncertain")


def redis_flushed(stage: Stage, world: World) -> Steps:
    """FLUSHALL directly after the publication: every hint is gone."""
    briefed = world.people("flushed", 20)
    world.publish(briefed)
    stage.flush_redis()
    yield _all(briefed, "sent")


def redis_killed(stage: Stage, world: World) -> Steps:
    """Redis is away while a briefing is published, and comes back empty."""
    briefed = world.people("redis", 20)
    with stage.fault("Redis killed"):
        stage.redis.kill()
        world.publish(briefed)
        stage.redis.start()
    yield _all(briefed, "sent")


def hints_doubled(stage: Stage, world: World) -> Steps:
    """Three hundred hints for twenty messages."""
    briefed = world.people("flood", 20)
    world.publish(briefed)
    with stage.fault("duplicate hints"):
        for number in range(300):
            hint(BRIEFING, repeat=number % 3 == 0)
    yield _all(briefed, "sent")


def database_crashed(stage: Stage, world: World) -> Steps:
    """PostgreSQL stops immediately in the middle of the work, and recovers."""
    briefed = world.people("crash", 40)
    stage.sink.order(delay=0.05)
    world.publish(briefed)
    yield lambda: "sent" in briefed.states()
    connection.close()
    stage.crash_database()
    stage.sink.order(delay=0)
    yield lambda: insist(_all(briefed, "sent", "uncertain"))


def only_a_wrong_clock(stage: Stage, world: World) -> Steps:
    """The only worker that runs has a clock that is hours ahead of beat and database."""
    others = [pid for number in stage.workers if number != FAST for pid in whole(stage.workers[number].pid)]
    stage.pause(others)
    try:
        briefed = world.people("clock", 5)
        world.publish(briefed)
        yield _all(briefed, "sent")
    finally:
        stage.go_on(others)


def mail_server_away(stage: Stage, world: World) -> Steps:
    """The mail server is away: the way rests, nobody is charged; meanwhile two leave and one comes back."""
    stage.sink.order(up=False)
    briefed = world.people("away", 5)
    world.publish(briefed)
    yield lambda: RoutePause.objects.filter(route="mail", failures__gte=2).exists()
    gone, back = briefed.people[:2]
    for person in (gone, back):
        world.leave(briefed, person)
    world.come_back(briefed, back)
    stage.sink.order(up=True)
    yield lambda: briefed.states() == ["withheld"] + ["sent"] * 4
    assert set(briefed.rows().filter(state="sent").values_list("attempt", flat=True)) == {1}
    assert stage.sink.of(gone.email) == []


def tls_refused(stage: Stage, world: World) -> Steps:
    """The mail server refuses TLS: nothing goes out unencrypted, nobody is charged."""
    # Whoever is connected already stays encrypted: they have to sign on anew.
    stage.sink.order(tls=False, up=False)
    stage.sink.order(up=True)
    briefed = world.people("tls", 3)
    world.publish(briefed)
    yield lambda: RoutePause.objects.filter(route="mail", reason__contains="454").exists()
    assert set(briefed.states()) <= {"queued", "claimed", "retry"}
    stage.sink.order(tls=True)
    yield _all(briefed, "sent")
    assert set(briefed.rows().values_list("attempt", flat=True)) == {1}


# The workers by number: 0 has the right time, 1 is five hours ahead, the clock of 2 jumps back in its work.
FAST = 1
CLOCKS = {
    1: {"FAULTS_CLOCK_HOURS": "5"},
    2: {"FAULTS_CLOCK_HOURS": "-7", "FAULTS_CLOCK_JUMPS_AFTER": "4"},
}
# At once: each of these touches its own people only.
TOGETHER: tuple[Scenario, ...] = (
    poison_kills,
    poison_raises,
    killed_before_data,
    paused_before_data,
    killed_after_the_fence,
    killed_at_the_dot,
    killed_after_the_answer,
    killed_in_a_group,
    paused_at_the_dot,
    right_lost_at_the_fence,
    superseded_at_the_fence,
    confirmed_in_doubt,
    answers,
)
# One after the other: these touch everybody.
ALONE: tuple[Scenario, ...] = (
    mail_server_away,
    tls_refused,
    redis_flushed,
    redis_killed,
    hints_doubled,
    worker_killed,
    database_crashed,
    crashed_in_a_group,
    only_a_wrong_clock,
    three_hundred,
)
NAMES = [scenario.__name__ for scenario in (*TOGETHER, *ALONE)]
# With one process per worker and no server to crash; PostgreSQL shows the rest.
ALONE_ON_SQLITE: tuple[Scenario, ...] = (redis_flushed, redis_killed, worker_killed)
TOGETHER_ON_SQLITE: tuple[Scenario, ...] = (
    poison_kills,
    poison_raises,
    killed_before_data,
    killed_at_the_dot,
    killed_after_the_answer,
    killed_in_a_group,
    right_lost_at_the_fence,
)
