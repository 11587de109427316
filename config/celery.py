"""The Celery app. Tasks live in each app's tasks.py; the beat schedule stands here, in one place."""

import ctypes
import os
import signal
import sys

from celery import Celery
from celery.signals import worker_init, worker_process_init
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
PR_SET_PDEATHSIG = 1

app = Celery("einklang")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A worker without -Q serves all of them; "slow" holds repeated attempts at delivery.
app.conf.task_queues = [Queue(name) for name in ("main", "mail", "slow")]
# A worker judges age by its own clock: one that runs ahead by more than this would do nothing at all.
STALE = {"expires": 24 * 60 * 60}
app.conf.beat_schedule = {
    "campaigns": {"task": "campaigns.tasks.run_due", "schedule": 20.0, "options": STALE},
    "deliveries": {"task": "core.tasks.sweep", "schedule": 5.0, "options": STALE},
    "fallbacks": {"task": "core.tasks.fall_back", "schedule": 15.0, "options": STALE},
    "digests": {"task": "core.tasks.digests", "schedule": 60.0, "options": STALE},
    "inboxes": {"task": "briefings.tasks.keep_inboxes", "schedule": 20.0, "options": STALE},
    "desk-index": {"task": "desk.tasks.keep_index", "schedule": 60.0, "options": STALE},
    "reminders": {"task": "briefings.tasks.send_reminders", "schedule": 600.0, "options": STALE},
}

_parent = {"pid": 0}


@worker_init.connect
def _remember_parent(**_: object) -> None:
    _parent["pid"] = os.getpid()


@worker_process_init.connect
def _die_with_parent(**_: object) -> None:
    """A worker killed outright must not leave children that go on working unseen (Linux)."""
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != _parent["pid"]:
        os._exit(1)
