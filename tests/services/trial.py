"""`./run` itself, as a user starts it, in a var folder of its own."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.services.ports import die_with_parent, spare_port, wait_until
from tests.services.prepared import copy_sqlite, copy_static

ROOT = Path(__file__).resolve().parents[2]
PARTS = {
    "redis": r"(redis|valkey)-server",
    "catcher": r"supervisor\.catcher",
    "web": r"gunicorn",
    "worker": r"celery -A config worker",
    "beat": r"celery -A config beat",
}
CLEAN = (
    "DATABASE_URL",
    "REDIS_URL",
    "EMAIL_URL",
    "EINKLANG_CATCHER_URL",
    "DJANGO_SETTINGS_MODULE",
    "SITE_URL",
)


def trial_environment(var: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Our environment without what the tests set, with `var` as the folder of everything."""
    kept = {key: value for key, value in os.environ.items() if key not in CLEAN}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return kept | {"EINKLANG_VAR": str(var), "PATH": path} | dict(extra or {})


@dataclass
class Trial:
    """A running `./run`."""

    process: subprocess.Popen
    port: int
    var: Path
    env: dict[str, str]

    @property
    def url(self) -> str:
        """Address of the home page, without the closing slash."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """All it printed so far."""
        return (self.var / "run.out").read_text()

    def pid(self, part: str) -> int:
        """Process id of a part (redis, catcher, web, worker, beat); 0 while it does not run."""
        found = [pid for pid in children(self.process.pid) if re.search(PARTS[part], command_line(pid))]
        return found[0] if found else 0

    def manage(self, *arguments: str) -> str:
        """Run a management command beside it and return what it printed."""
        env = self.env | {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "SITE_URL": self.url}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout

    def ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False

    def stop(self, number: int = signal.SIGINT) -> int:
        """Tell it to stop and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(40)


def children(pid: int) -> list[int]:
    """Ids of the direct children of a process (Linux)."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def family(pid: int) -> list[int]:
    """Ids of a process's children, their children and so on."""
    found = children(pid)
    return found + [below for child in found for below in family(child)]


def command_line(pid: int) -> str:
    """The command of a process; empty when it is gone."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    return False


def run_to_the_end(
    var: Path, *options: str, env: Mapping[str, str] | None = None, **popen: object
) -> tuple[int, str]:
    """`./run` that is expected to end by itself: exit code and everything it printed."""
    result = subprocess.run(
        [ROOT / "run", *options],
        cwd="/",
        env=trial_environment(var, env),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
        **popen,
    )
    return result.returncode, result.stdout


def migrated_sqlite(var: Path) -> None:
    """Let the database of a trial in `var` be there already, unless it is."""
    database = var / "einklang.sqlite3"
    if not database.exists():
        copy_sqlite(database)


def _spare_first_steps(var: Path, *, embedded: bool) -> None:
    """What a first start makes is there: static files, and its own database if it is to have one."""
    if embedded:
        migrated_sqlite(var)
    if not (var / "static").exists():
        copy_static(var)


@contextmanager
def running_trial(
    var: Path,
    *options: str,
    env: Mapping[str, str] | None = None,
    seconds: float = 180,
    from_nothing: bool = False,
) -> Iterator[Trial]:
    """Start `./run` on a spare port and yield it when it says it is ready; stops it at the end.

    It finds its own database migrated and empty, and the static files collected, unless it is to start
    `from_nothing`.

    `env` replaces embedded parts (DATABASE_URL, REDIS_URL, EMAIL_URL); `options` go to `./run`.
    """
    var.mkdir(parents=True, exist_ok=True)
    port = spare_port()
    environment = trial_environment(var, env)
    if not from_nothing:
        _spare_first_steps(var, embedded="DATABASE_URL" not in environment)
    with (var / "run.out").open("wb") as output:
        process = subprocess.Popen(
            [ROOT / "run", "--port", str(port), *options],
            cwd="/",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    trial = Trial(process, port, var, environment)
    try:
        wait_until(lambda: _said_ready(trial), seconds=seconds, what="./run")
        yield trial
    finally:
        _end(process)


def _said_ready(trial: Trial) -> bool:
    if trial.process.poll() is not None:
        raise RuntimeError(f"./run ended with {trial.process.returncode}: {trial.output}")
    return "Einklang is ready" in trial.output


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def port_is_free(port: int) -> bool:
    """Whether nothing listens on a loopback port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
