"""Several worker processes on one database, on real files and a real server: each mail once."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from core.delivery.handover import Handover
from core.delivery.models import OutgoingMail
from tests.core.sink import running_sink

ROOT = Path(__file__).parents[2]
WORKER = """
import sys, django
django.setup()
from core.delivery.engine import deliver
from core.delivery.routes import route_for
from core.delivery.sweeper import sweep
print("ready", flush=True)
sys.stdin.readline()
for _ in range(3):
    sweep()
    deliver(route_for("core.outgoingmail"))
"""


def database_url():
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


@pytest.fixture
def start():
    """Start a worker process that waits for a line before it works."""
    running = []

    def start(url):
        env = os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "DATABASE_URL": database_url(),
            "EMAIL_URL": url,
        }
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_send_each_mail_once(start):
    anna = User.objects.create_user("anna@bergmann-soehne.example", language="de")
    rows = [OutgoingMail(key=str(n), recipient=anna, subject=str(n), language="de") for n in range(100)]
    OutgoingMail.objects.bulk_create(rows)
    with running_sink() as sink:
        workers = [start(sink.url) for _ in range(3)]
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        for worker in workers:
            worker.stdin.write("go\n")
            worker.stdin.flush()
        for worker in workers:
            _, errors = worker.communicate(timeout=60)
            assert worker.returncode == 0, errors
        assert sorted(int(m["Subject"]) for m in sink.messages) == list(range(100))
    assert set(OutgoingMail.objects.values_list("state", "attempt")) == {("sent", 1)}


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_fence_and_answer_leaves_one_doubt_and_one_mail(start, settings):
    anna = User.objects.create_user("anna@bergmann-soehne.example", language="de")
    for n in range(3):
        OutgoingMail.objects.create(key=str(n), recipient=anna, subject=str(n), language="de")
    with running_sink() as sink:
        worker = start(sink.url)
        sink.before("DATA", worker.kill)
        worker.stdout.readline()
        worker.stdin.write("go\n")
        worker.stdin.flush()
        worker.communicate(timeout=60)
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {"transmitting"}
        for model in (OutgoingMail, Handover):
            model.objects.update(lease_until="2000-01-01T00:00Z")
        second = start(sink.url)
        second.stdout.readline()
        _, errors = second.communicate("go\n", timeout=60)
        assert second.returncode == 0, errors
        states = OutgoingMail.objects.order_by("pk").values_list("state", "attempt")
        assert list(states) == [("uncertain", 1), ("retry", 1), ("retry", 1)]
        assert [m["Subject"] for m in sink.messages] == ["0"]
