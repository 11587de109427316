"""A sender that is killed in the middle of a hundred mails and started again: who gets his mail twice?"""

import time
from collections import Counter
from typing import Any

from bench.figures import NONE, Figure
from bench.processes import Process, measured
from tests.core.sink import Sink, running_sink

PEOPLE, KILLED_AFTER = 100, 60
SECONDS = 60


def our_side(command: list[str], environment: dict[str, str]) -> tuple[int, int]:
    """How many got a mail of ours twice, and how many deliveries are in doubt, for people to decide about."""
    with running_sink() as sink:
        sink.pipelining = True
        environment = environment | {"EMAIL_URL": sink.url}
        with measured([*command, str(PEOPLE)], environment) as first:
            first.answer()
            # What it sent to get ready is another version of the briefing.
            before = len(sink.mails)
            _kill(first, sink, before)
        with measured([*command, "again"], environment) as second:
            states = second.answer()
        return _twice(sink, before), states.get("uncertain", 0)


def peers(command: list[str], told: dict[str, Any]) -> int:
    """How many got a mail of django-post_office twice."""
    with running_sink() as sink:
        told = told | {"sink": sink.url.removeprefix("smtp://"), "count": PEOPLE}
        with measured(command) as first:
            first.tell(**told)
            _kill(first, sink, 0)
        with measured(command) as second:
            second.tell(**told)
            second.ask(only="send")
        return _twice(sink, 0)


def _kill(sender: Process, sink: Sink, before: int) -> None:
    sender.tell()
    until = time.monotonic() + SECONDS
    while len(sink.mails) < before + KILLED_AFTER:
        if time.monotonic() > until:
            raise RuntimeError("Too few mails came to kill their sender in the middle.")
        time.sleep(0.0005)
    sender.process.kill()
    sender.process.wait(10)


def _twice(sink: Sink, before: int) -> int:
    got = Counter(to for to, _data in sink.mails[before:])
    return sum(count > 1 for count in got.values())


def figure(label: str, twice: int, doubts: int, peers_twice: int | None) -> Figure:
    """Their line: nobody may get ours twice."""
    reference = NONE if peers_twice is None else f"{peers_twice} twice"
    name = f"{label}, killed after {KILLED_AFTER} of {PEOPLE} mails and started anew, ours and the peer"
    return Figure(name, f"{twice} twice, {doubts} in doubt", reference, NONE, twice, 0, "<= 0 twice")
