"""The project's Celery app as it is, beating faster, and on request by a clock that is wrong."""

import os
import threading
from datetime import UTC, datetime, timedelta

import time_machine
from celery.signals import worker_process_init

from config.celery import app

__all__ = ["app"]

# Each beat keeps production's tasks; only what the runs wait for comes sooner.
for name, seconds in {"deliveries": 1.0, "inboxes": 4.0}.items():
    entry = app.conf.beat_schedule[name]
    entry["schedule"] = seconds

HOURS = float(os.environ.get("FAULTS_CLOCK_HOURS", "0"))
JUMP_AFTER = float(os.environ.get("FAULTS_CLOCK_JUMPS_AFTER", "0"))


def _wrong_clock() -> None:
    """Every clock of this process but the monotonic one is HOURS off, at once or after JUMP_AFTER seconds."""
    travel = time_machine.travel(datetime.now(UTC) + timedelta(hours=0 if JUMP_AFTER else HOURS), tick=True)
    traveller = travel.start()
    if JUMP_AFTER:
        worker_process_init.connect(lambda **_: _jump_later(traveller), weak=False)


def _jump_later(traveller: time_machine.Traveller) -> None:
    timer = threading.Timer(JUMP_AFTER, traveller.shift, [timedelta(hours=HOURS)])
    timer.daemon = True
    timer.start()


if HOURS:
    _wrong_clock()
