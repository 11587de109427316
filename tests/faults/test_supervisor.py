"""What a running `./run` promises: what dies comes back and keeps what it had; a second start is refused."""

import os
import signal
import smtplib

import pytest
import redis

from config.supervisor.paths import redis_socket
from tests.services import running_trial, spare_port, wait_until
from tests.services.trial import alive, family, run_to_the_end

pytestmark = pytest.mark.faults
PARTS = ("redis", "catcher", "web", "worker", "beat")
SUBJECT = "Subject: Hello\r\n\r\nText\r\n"


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """One trial for all tests that leave it running; its path has spaces and is too long for a socket."""
    folder = tmp_path_factory.mktemp("a folder with spaces") / ("long" * 25)
    with running_trial(folder, "--no-demo") as running:
        yield running


def workers_answer(trial):
    """Whether a Celery worker answers over the trial's own Redis."""
    answer = trial.manage("shell", "-c", "from config.celery import app; print(app.control.ping(timeout=2))")
    return "pong" in answer


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back(trial, part):
    before = wait_until(lambda: trial.pid(part), what=f"{part} running")
    began = [pid for pid in family(before) if alive(pid)]

    os.kill(before, signal.SIGKILL)

    after = wait_until(lambda: (trial.pid(part) not in (0, before)) and trial.pid(part), what=f"{part} back")
    assert after != before
    wait_until(lambda: not any(map(alive, began)), what="end of its children")
    wait_until(trial.ready, what="readiness")
    assert f"{part} was killed (signal 9); starting it again" in trial.output


def test_after_all_that_work_is_still_done(trial):
    wait_until(lambda: workers_answer(trial), seconds=60, what="an answering worker")


def test_catcher_keeps_its_port_and_keeps_mail(trial):
    url = (trial.var / "run" / "catcher.url").read_text()
    port = int(url.rpartition(":")[2])

    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("a@shop.example", ["b@shop.example"], SUBJECT)

    mails = list((trial.var / "mail").glob("*.eml"))
    assert len(mails) == 1
    assert b"X-Envelope-To: b@shop.example" in mails[0].read_bytes()


def client(trial):
    return redis.Redis(unix_socket_path=str(redis_socket(trial.var)), decode_responses=True)


def test_redis_keeps_what_it_had_over_a_kill(trial):
    with client(trial) as connection:
        connection.set("kept", "yes")
        wait_until(
            lambda: not connection.info("persistence")["aof_pending_bio_fsync"], what="the log on disk"
        )
    before = trial.pid("redis")
    os.kill(before, signal.SIGKILL)
    wait_until(lambda: trial.pid("redis") not in (0, before) and trial.ready(), what="redis back")
    with client(trial) as connection:
        assert connection.get("kept") == "yes"


def test_redis_opens_no_port(trial):
    with client(trial) as connection:
        assert connection.config_get("port") == {"port": "0"}


def test_a_second_start_is_refused(trial):
    code, output = run_to_the_end(trial.var, "--port", str(spare_port()))

    assert code == 2
    assert output == (
        f"Einklang cannot start: it already runs on {trial.var} (process {trial.process.pid}); "
        "stop that one or set EINKLANG_VAR.\n"
    )
