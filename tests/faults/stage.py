"""All that a run needs as real processes: database, Redis, mail server, workers, beats; and their faults."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.processes import connections, send, whole, workers_children
from tests.services import Cluster, RedisServer, postgres_cluster, restarting_redis, spare_port
from tests.services.ports import die_with_parent
from tests.services.trial import ROOT, alive

# The operating system survives in all runs, so nothing need reach the disk; what is committed must stay.
SURVIVES_A_CRASH = ("fsync=off", "full_page_writes=off", "synchronous_commit=on")
SECONDS = {
    "command": 6,
    "answer": 6,
    "claim_lease": 5,
    "renew_after": 1,
    "transmit_lease": 8,
    "hint_again": 2,
    "backoff_first": 0.3,
    "backoff_longest": 1.5,
    "pause_first": 0.3,
    "pause_longest": 1.5,
}
# What a process of ours takes to start on two idle cores; a machine slower than SLOWEST times that is not
# waited for.
USUAL_SECONDS, SLOWEST = 1.5, 6.0
# Longer than "answer" and "transmit_lease".
HANG_SECONDS = 9.0
# More than any run's faults can explain: they end by themselves.
MOST_REVIVED = 20


@dataclass
class Fault:
    """Something that was done to the processes, when, and to which connections to the mail server."""

    kind: str
    began: float
    ended: float = 0.0
    ports: set[int] = field(default_factory=set)


class Sink:
    """The mail server's process."""

    def __init__(self, folder: Path) -> None:
        self.port, self.journal = spare_port(), folder / "sink.jsonl"
        self._read, self._events, self._rest = 0, [], b""
        certificate = _certificate(folder)
        self.encrypted = certificate is not None
        self.url = f"smtp{'+tls' if certificate else ''}://localhost:{self.port}"
        command = [sys.executable, "-m", "tests.faults.sink", str(self.port), str(self.journal)]
        self.process = subprocess.Popen(
            command + ([str(certificate)] if certificate else []), cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent,
        )  # fmt: skip
        self._confirmed()

    def order(self, **words: Any) -> None:
        """Change how it behaves; returns when it does."""
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        self._confirmed()

    def _confirmed(self) -> None:
        if self.process.stdout.readline() != "ok\n":
            raise RuntimeError("The mail server of the test ended.")

    def events(self) -> list[dict]:
        """Everything in its journal so far, in order."""
        with self.journal.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        *lines, self._rest = (self._rest + new).split(b"\n")
        self._events += map(json.loads, lines)
        return self._events

    def of(self, address: str, event: str = "") -> list[dict]:
        """Its events about an address, of one kind if named."""
        found = [one for one in self.events() if one.get("to") == address]
        return [one for one in found if one["event"] == event] if event else found


def _certificate(folder: Path) -> Path | None:
    """Key and certificate for localhost in one file, or None without openssl (then mail goes unencrypted)."""
    if not shutil.which("openssl"):
        return None
    path = folder / "localhost.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
    ]
    command += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        [*command, "-keyout", path, "-out", path.with_suffix(".crt")], capture_output=True, check=True
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


class Stage:
    """The running processes. Every fault is done through here and stands in `faults`."""

    def __init__(self, folder: Path, redis: RedisServer, cluster: Cluster | None, *, children: int) -> None:
        self.folder, self.redis, self.cluster, self.children = folder, redis, cluster, children
        self.sink = Sink(folder)
        self.database_url = cluster.url() if cluster else f"sqlite:///{folder / 'einklang.sqlite3'}"
        self.workers: dict[int, subprocess.Popen] = {}
        self.beats: dict[int, subprocess.Popen] = {}
        self.clocks: dict[int, dict[str, str]] = {}
        self.faults: list[Fault] = []
        self.stopped: list[int] = []
        self.revived = 0
        # Times are multiplied by it: on a machine that is busy otherwise nothing may seem to be a fault.
        self.pace = 1.0

    @property
    def environment(self) -> dict[str, str]:
        """As production's, with short times."""
        crt = self.folder / "localhost.crt"
        return {
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "SECRET_KEY": "only-for-faults-" + "x7Q" * 20,
            "ALLOWED_HOSTS": "einklang.example",
            "SITE_URL": "https://einklang.example",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis.url,
            "EMAIL_URL": self.sink.url,
            "EINKLANG_VAR": str(self.folder),
            "FAULTS_SECONDS": json.dumps({name: value * self.pace for name, value in SECONDS.items()}),
        } | ({"SSL_CERT_FILE": str(crt)} if crt.exists() else {})

    # -- starting and stopping

    def _start(self, name: str, *arguments: str, **env: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "celery", "-A", "tests.faults.app", *arguments]
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=os.environ | self.environment | env, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent,
            )  # fmt: skip

    def start_worker(self, number: int) -> None:
        """(Re)start a worker with the command line of production, by the clock it was given."""
        words = (
            "worker",
            "-c",
            str(self.children),
            "-Q",
            "main,mail,slow",
            "-n",
            f"w{number}@%h",
            "-l",
            "INFO",
        )
        quiet = ("--without-gossip", "--without-mingle")
        self.workers[number] = self._start(f"worker-{number}", *words, *quiet, **self.clocks.get(number, {}))

    def start_beat(self, number: int) -> None:
        """(Re)start a beat."""
        words = ("beat", "-l", "INFO", "--pidfile=", "-s", str(self.folder / f"beat-{number}"))
        self.beats[number] = self._start(f"beat-{number}", *words)

    def revive(self) -> None:
        """What systemd does: start again what has died."""
        for running, start in ((self.workers, self.start_worker), (self.beats, self.start_beat)):
            for number, process in list(running.items()):
                if process.poll() is not None:
                    self.revived += 1
                    start(number)
        if self.revived > MOST_REVIVED:
            raise RuntimeError(f"Workers or beats do not stay alive:\n{self.log_tail()}")

    def keep_pace(self, seconds: float) -> None:
        """Take longer times if what takes a quiet machine USUAL_SECONDS took `seconds`."""
        self.pace = min(max(1.0, seconds / USUAL_SECONDS), SLOWEST)
        self.sink.order(hang=HANG_SECONDS * self.pace)

    def ready(self) -> bool:
        """Whether every worker has said that it is."""
        logs = [self.folder / f"worker-{number}.log" for number in self.workers]
        return all(" ready." in path.read_text(errors="replace") for path in logs)

    def close(self) -> None:
        """Stop everything, kindly first."""
        self.go_on()
        running = [p for p in (*self.beats.values(), *self.workers.values()) if p.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                send(whole(process.pid), signal.SIGKILL)
                process.wait(5)
        self.workers, self.beats = {}, {}

    # -- faults

    @contextmanager
    def fault(self, kind: str, pids: list[int] = ()) -> Iterator[Fault]:
        """Note a fault; processes concerned are stopped first, so that their connections stand still."""
        one = Fault(kind, time.time())
        self.faults.append(one)
        if pids:
            send(pids, signal.SIGSTOP)
            one.ports = connections(pids, self.sink.port)
        yield one
        one.ended = time.time()

    def holder_of(self, address: str) -> int:
        """The process that talks to the mail server about `address` now."""
        port = self.sink.of(address, "rcpt")[-1]["port"]
        for worker in self.workers.values():
            for pid in workers_children(worker.pid):
                if port in connections([pid], self.sink.port):
                    return pid
        raise LookupError(f"Nobody holds {address}.")

    def kill(self, pids: list[int], kind: str = "kill -9") -> None:
        """Kill processes in the middle of whatever they do."""
        with self.fault(kind, pids):
            send(pids, signal.SIGKILL)

    def kill_worker(self, number: int) -> None:
        """A whole worker at once, parent and children; somebody starts it again."""
        process = self.workers[number]
        self.kill(whole(process.pid), "kill -9 of a worker")
        process.wait(10)
        self.start_worker(number)

    def kill_beat(self, number: int) -> None:
        """A beat; somebody starts it again."""
        with self.fault("kill -9 of a beat"):
            self.beats[number].kill()
            self.beats[number].wait(10)
        self.start_beat(number)

    def pause(self, pids: list[int]) -> Fault:
        """Stop processes; `go_on` lets them continue."""
        with self.fault("pause", pids) as fault:
            self.stopped += pids
        fault.ended = 0.0
        return fault

    def go_on(self, pids: list[int] | None = None) -> None:
        """Continue paused processes (all of them when none are named)."""
        chosen = self.stopped if pids is None else pids
        send(chosen, signal.SIGCONT)
        self.stopped = [pid for pid in self.stopped if pid not in chosen]
        for fault in self.faults:
            if fault.kind == "pause" and not fault.ended and not self.stopped:
                fault.ended = time.time()

    def can_write(self) -> bool:
        """Whether others can write; waits past a lease.

        With SQLite nobody can while a process stands still that has just begun to.
        """
        if self.cluster:
            return True
        name = self.database_url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(name, timeout=SECONDS["transmit_lease"] * self.pace)) as database:
            try:
                database.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            database.rollback()
        return True

    def children_alive(self) -> list[int]:
        """Working processes that run (not those paused)."""
        found = [pid for worker in self.workers.values() for pid in workers_children(worker.pid)]
        return [pid for pid in found if pid not in self.stopped]

    def random_child(self, dice: random.Random) -> list[int]:
        """One of them, as a list; empty while there is none."""
        found = self.children_alive()
        return [dice.choice(found)] if found else []

    def crash_database(self, away: float = 0) -> None:
        """PostgreSQL stops at once and comes back after `away` seconds."""
        with self.fault("PostgreSQL stopped immediately"):
            self.cluster.crash()
            time.sleep(away)
            self.cluster.start()

    def restart_redis(self, away: float = 0) -> None:
        """Redis is killed and comes back empty after `away` seconds."""
        with self.fault("Redis killed"):
            self.redis.kill()
            time.sleep(away)
            self.redis.start()

    def flush_redis(self) -> None:
        """Redis forgets everything."""
        with self.fault("FLUSHALL"):
            self.redis.flush()

    def mail_server_away(self, away: float) -> None:
        """The mail server hangs up on everybody and is away for some seconds."""
        with self.fault("mail server away"):
            self.sink.order(up=False)
            time.sleep(away)
            self.sink.order(up=True)

    def log_tail(self, lines: int = 15) -> str:
        """The ends of all logs, for a failure's message."""
        parts = []
        for path in sorted(self.folder.glob("*.log")):
            parts += [f"--- {path.name}", *path.read_text(errors="replace").splitlines()[-lines:]]
        return "\n".join(parts)

    def write_faults(self) -> None:
        """Keep the list of faults beside the journal."""
        text = json.dumps([asdict(fault) | {"ports": sorted(fault.ports)} for fault in self.faults], indent=1)
        (self.folder / "faults.json").write_text(text)


@contextmanager
def stage_on(database: str, folder: Path, *, children: int) -> Iterator[Stage]:
    """Start database, Redis and mail server; the environment of this process is theirs from then on.

    `database` is "postgresql" or "sqlite". Workers and beats are started by whoever has migrated.
    """
    with ExitStack() as stack:
        cluster = (
            stack.enter_context(postgres_cluster(*SURVIVES_A_CRASH)) if database == "postgresql" else None
        )
        redis = stack.enter_context(restarting_redis())
        stage = Stage(folder, redis, cluster, children=children)
        stack.callback(_end_sink, stage.sink)
        stack.callback(stage.close)
        os.environ.update(stage.environment)
        yield stage


def _end_sink(sink: Sink) -> None:
    with contextlib.suppress(OSError):
        sink.process.stdin.close()
    sink.process.kill()
    sink.process.wait(10)


def wait_for(ask: Callable[[], Any], *, seconds: float, stage: Stage, what: str) -> Any:
    """Ask until it is true, keeping dead processes alive meanwhile; TimeoutError names `what`."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {seconds:g} s")
        stage.revive()
        time.sleep(0.1)
    return answer


def all_dead(pids: list[int]) -> bool:
    """Whether none of the processes runs any more."""
    return not any(map(alive, pids))
