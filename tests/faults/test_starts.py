"""How `./run` starts and ends: stopping leaves nothing, real parts replace ours, a blocked start says why."""

import signal
import socket

import pytest

from tests.services import running_trial, spare_port, throwaway_postgres, wait_until
from tests.services.ports import unprivileged
from tests.services.trial import alive, command_line, family, run_to_the_end

pytestmark = pytest.mark.faults
PARTS = ("redis", "catcher", "web", "worker", "beat")


def everybody(trial):
    """All processes, once web and worker have their two children each."""
    wait_until(lambda: len(family(trial.process.pid)) >= 9, what="nine processes")
    return family(trial.process.pid)


def stopping_leaves_no_process(trial, number):
    started = everybody(trial)

    assert trial.stop(number) == 0

    assert [command_line(pid) for pid in started if alive(pid)] == []
    assert trial.output.endswith("Stopping ...\nStopped.\n")
    assert "Traceback" not in trial.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_no_process(tmp_path, number):
    with running_trial(tmp_path, "--no-demo") as running:
        stopping_leaves_no_process(running, number)


def test_killing_the_supervisor_leaves_no_process_and_it_starts_again(tmp_path):
    with running_trial(tmp_path, "--no-demo") as running:
        started = everybody(running)

        running.process.kill()
        running.process.wait(10)

        wait_until(lambda: not any(map(alive, started)), seconds=15, what="the end of every part")
    with running_trial(tmp_path, "--no-demo") as running:
        assert running.ready()
        stopping_leaves_no_process(running, signal.SIGINT)


def test_real_parts_replace_the_embedded_ones(tmp_path, redis_server_url, smtp):
    with throwaway_postgres() as database:
        env = {"DATABASE_URL": database, "REDIS_URL": redis_server_url, "EMAIL_URL": smtp.url}
        # Nothing is there yet: it migrates and collects its files itself.
        with running_trial(tmp_path, env=env, from_nothing=True) as running:
            assert [part for part in PARTS if running.pid(part)] == ["web", "worker", "beat"]
            assert "mailbox" not in running.output
            running.manage("sendtestemail", "b@shop.example")
            assert smtp.recipients() == ["b@shop.example"]
        assert not (tmp_path / "einklang.sqlite3").exists()


@pytest.mark.parametrize(
    ("env", "options", "sentence"),
    [
        ({"DATABASE_URL": "nonsense"}, [], "DATABASE_URL must start with postgres:// or sqlite:///."),
        ({"DATABASE_URL": "mysql://a@b/c"}, [], "DATABASE_URL must start with postgres:// or sqlite:///."),
        ({"REDIS_URL": "nonsense"}, [], "REDIS_URL must start with redis://, rediss:// or unix://."),
        (
            {"EMAIL_URL": "nonsense"},
            [],
            "EMAIL_URL: it must start with smtp://, smtps:// or smtp+tls://"
            " (expected smtp://user:password@host:port)",
        ),
        ({}, ["--port", "web"], "'web' is no port; use a number from 1 to 65535."),
    ],
)
def test_wrong_settings_get_one_sentence(tmp_path, env, options, sentence):
    code, output = run_to_the_end(tmp_path, *(options or ["--port", str(spare_port())]), env=env)

    assert code == 2
    assert output.splitlines()[-1] == f"Einklang cannot start: {sentence}"
    assert "Traceback" not in output


@pytest.mark.parametrize(
    ("name", "value", "start"),
    [
        (
            "DATABASE_URL",
            "postgres://eva:secret@127.0.0.1:{port}/shop",
            "the database shop on 127.0.0.1 cannot be",
        ),
        (
            "REDIS_URL",
            "redis://:secret@127.0.0.1:{port}/0",
            "Redis at redis://127.0.0.1:{port}/0 cannot be reached",
        ),
    ],
)
def test_an_unreachable_part_gets_one_sentence(tmp_path, name, value, start):
    port = spare_port()

    code, output = run_to_the_end(tmp_path, "--port", str(spare_port()), env={name: value.format(port=port)})

    assert code == 2
    assert output.splitlines()[-1].startswith(f"Einklang cannot start: {start.format(port=port)}")
    assert "Traceback" not in output
    assert "secret" not in output


def test_a_taken_port_gets_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, output = run_to_the_end(tmp_path, "--port", str(port))

    assert code == 2
    assert output == (
        f"Einklang cannot start: port {port} cannot be used (Address already in use); "
        "choose another one with ./run --port N.\n"
    )


def test_a_var_that_is_no_folder_gets_one_sentence(tmp_path):
    (tmp_path / "var").write_text("a file")

    code, output = run_to_the_end(tmp_path / "var")

    assert code == 2
    assert output.startswith(f"Einklang cannot start: no permission to write into {tmp_path / 'var'} (")
    assert output.count("\n") == 1


def test_a_read_only_var_gets_one_sentence(tmp_path):
    tmp_path.chmod(0o555)
    try:
        # Root may write anywhere: give it up for the start.
        code, output = run_to_the_end(tmp_path / "var", **unprivileged())
    finally:
        tmp_path.chmod(0o755)

    assert code == 2
    assert output.endswith("set EINKLANG_VAR to a folder of your own.\n")
    assert output.count("\n") == 1
