"""A run from the first worker to the verdict; Django is set up on the run's own database by then."""

import json
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.models import QuerySet

from tests.faults import scenarios
from tests.faults.stage import Stage, wait_for
from tests.faults.storm import Storm
from tests.faults.verdict import judge, open_mails
from tests.faults.world import Briefed, World, insist
from tests.services.prepared import copy_sqlite, fill_postgres

SECONDS_FOR_ALL = 60
# Messages that kill their workers use up all their attempts, one lease after the other.
SECONDS_TO_DRAIN = 240
# Longer than beat's rounds: until then it may still find somebody who has come back.
QUIET_SECONDS = 6
# More would have to wait for a free process.
AT_ONCE = 4
BEGAN = time.monotonic()
STORM = {"postgresql": 100, "sqlite": 40}


def begin(stage: Stage, *, workers: int, beats: int) -> None:
    """Migrate, start workers and beats."""
    if connection.vendor == "sqlite":
        copy_sqlite(Path(connection.settings_dict["NAME"]))
    else:
        fill_postgres(stage.database_url)
    call_command("migrate", verbosity=0)
    stage.keep_pace(min(_start_up(), _start_up()))
    for number in range(workers):
        stage.start_worker(number)
    for number in range(beats):
        stage.start_beat(number)
    wait_for(stage.ready, seconds=SECONDS_FOR_ALL, stage=stage, what="the workers")


def _start_up() -> float:
    """Seconds that a process of ours takes from its start to its end when it has nothing to do."""
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", "import django; django.setup()"], check=True)
    return time.monotonic() - began


def tell(**words: object) -> None:
    """One line for whoever started us."""
    print(json.dumps({"at": round(time.monotonic() - BEGAN, 1), **words}), flush=True)


def drive(stage: Stage, steps: dict, seconds: float = SECONDS_FOR_ALL) -> None:
    """Let generators take turns, a few at a time, until all are at their end or the time is over."""
    waiting = dict.fromkeys(steps)
    deadline = time.monotonic() + seconds * stage.pace
    while waiting and time.monotonic() < deadline:
        stage.revive()
        for name, condition in list(waiting.items())[:AT_ONCE]:
            failed = _step(waiting, name, condition, steps[name])
            if failed is not None:
                del waiting[name]
                tell(scenario=name, failed=failed)
        time.sleep(0.1)
    for name in waiting:
        tell(scenario=name, failed=_stuck(steps[name], stage))


def _step(
    waiting: dict, name: str, condition: Callable[[], object] | None, steps: scenarios.Steps
) -> str | None:
    """Let one go on if what it waits for is there; at its end the failure, or an empty text."""
    try:
        if condition is None or condition():
            waiting[name] = next(steps)
    except StopIteration:
        return ""
    except Exception:
        return traceback.format_exc()
    return None


def _stuck(steps: scenarios.Steps, stage: Stage) -> str:
    """Where a scenario waits for ever, and how its rows stand."""
    frame = steps.gi_frame
    if "briefed" not in frame.f_locals:
        return "never had its turn"
    rows = insist(lambda: list(_rows(frame.f_locals["briefed"])))
    line = frame.f_lineno
    steps.close()
    return "\n".join([f"waits for ever at line {line}", *map(str, rows), stage.log_tail()])


def _rows(briefed: Briefed) -> QuerySet:
    fields = ("user__email", "route", "state", "attempt", "due_at", "lease_until", "hinted_at", "failure")
    return briefed.rows().exclude(state="sent").values_list(*fields)


def drain(stage: Stage, seconds: float = SECONDS_TO_DRAIN) -> None:
    """Wait until nothing waits, is in hand or comes back to the queue, then stop all workers and beats."""
    quiet_since = time.monotonic()

    def quiet() -> bool:
        nonlocal quiet_since
        if insist(open_mails):
            quiet_since = time.monotonic()
        return time.monotonic() - quiet_since > QUIET_SECONDS * stage.pace

    try:
        wait_for(quiet, seconds=seconds * stage.pace, stage=stage, what="the end of all mails")
    except TimeoutError:
        print(stage.log_tail(), file=sys.stderr)
    stage.close()


def finish(stage: Stage, world: World) -> None:
    """Drain, stop, compare, and tell of everybody."""
    drain(stage)
    verdict = judge(stage, world)
    stage.write_faults()
    faults = Counter(fault.kind for fault in stage.faults)
    tell(
        scenario="everybody",
        pace=round(stage.pace, 1),
        failed="\n".join(verdict.findings),
        verdict=vars(verdict),
        faults=faults,
    )


def storm(stage: Stage, *, seed: int, size: int) -> None:
    """All faults at once on `size` mails, with the wrong clocks too."""
    stage.clocks = scenarios.CLOCKS
    begin(stage, workers=3, beats=2)
    world = World(regions=1)
    Storm(stage, world, seed=seed, size=size, pause=0.8).blow()
    finish(stage, world)


def crowd(stage: Stage, *, size: int) -> None:
    """`size` people, one worker, no fault: one row and one message each."""
    begin(stage, workers=1, beats=1)
    world = World(regions=1)
    briefed = world.people("crowd", size)
    began = time.monotonic()
    world.publish(briefed)
    published = time.monotonic() - began
    quick = lambda: insist(lambda: briefed.rows().exclude(state="sent").count()) == 0  # noqa: E731
    wait_for(quick, seconds=3600, stage=stage, what="the last mail")
    took = time.monotonic() - began
    once = Counter(event["to"] for event in stage.sink.events() if event["event"] == "accepted")
    assert once == Counter(person.email for person in briefed.people)
    tell(
        scenario="crowd",
        failed="",
        rows=briefed.rows().count(),
        mails=once.total(),
        published=published,
        took=took,
    )
    finish(stage, world)


def short(stage: Stage, database: str, only: list[str]) -> None:
    """Every scenario once (or `only` some) and a small storm; tells of each, and of everybody at last."""
    postgres = database == "postgresql"
    stage.clocks = scenarios.CLOCKS if postgres else {}
    begin(stage, workers=3 if postgres else 2, beats=2)
    world = World(regions=12)
    together = scenarios.TOGETHER if postgres else scenarios.TOGETHER_ON_SQLITE
    alone = scenarios.ALONE if postgres else scenarios.ALONE_ON_SQLITE
    wanted = {one.__name__ for one in (*together, *alone)} & set(only) or {"storm", *scenarios.NAMES}
    drive(stage, {one.__name__: one(stage, world) for one in together if one.__name__ in wanted})
    for one in alone:
        if one.__name__ in wanted:
            drive(stage, {one.__name__: one(stage, world)}, 30)
    if "storm" in wanted:
        Storm(stage, world, seed=1, size=STORM[database], pause=0.2).blow()
    finish(stage, world)
