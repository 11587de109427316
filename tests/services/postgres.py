"""A PostgreSQL cluster that lives for one block: fast, not durable, on a spare port."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.services.ports import die_with_parent, spare_port, unprivileged, wait_until

NOT_DURABLE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
OWNER = "einklang"


def binaries() -> Path | None:
    """Folder with initdb and postgres: from PATH, else the newest installed version of Debian."""
    on_path = shutil.which("initdb")
    if on_path and shutil.which("postgres"):
        return Path(on_path).resolve().parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(installed, key=lambda path: int(path.parts[-3]), default=None)
    return newest.parent if newest else None


def postgres_missing() -> str:
    """Why no cluster can be started here; empty when one can."""
    return "" if binaries() else "PostgreSQL is not installed (no initdb)"


@contextmanager
def throwaway_postgres(*settings: str, durable: bool = False) -> Iterator[str]:
    """Yield the URL of a database `einklang`; `settings` are extra `name=value` of the server.

    `durable` keeps fsync on, for benchmarks that must pay for it. Needs the installed binaries; when we
    are root the server runs as nobody.
    """
    with postgres_cluster(*(() if durable else NOT_DURABLE), *settings) as cluster:
        yield cluster.url()


@dataclass
class Cluster:
    """A running cluster that can be stopped in the hardest way and started again."""

    found: Path
    folder: Path
    port: int
    options: list[str]
    drop: dict
    server: subprocess.Popen

    def url(self, database: str = OWNER) -> str:
        """The URL of a database of the cluster."""
        return _url(self.port, database)

    def crash(self) -> None:
        """Stop as `pg_ctl stop -m immediate` does: nothing is finished, the next start recovers."""
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(30)

    def start(self) -> None:
        """Start again on the same port; returns when it answers."""
        self.server = _start(self.found, self.folder, self.port, self.options, self.drop)

    def run(self, statement: str) -> None:
        """One statement of the cluster's owner, outside any transaction."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(statement)


@contextmanager
def postgres_cluster(*settings: str) -> Iterator[Cluster]:
    """Yield a cluster with a database `einklang`; what `crash` must not lose needs synchronous_commit."""
    found = binaries()
    if found is None:
        raise RuntimeError(postgres_missing())
    folder = Path(tempfile.mkdtemp(prefix="einklang-pg-"))
    drop = unprivileged()
    try:
        if drop:
            shutil.chown(folder, drop["user"], drop["group"])
        port, options = spare_port(), ["max_connections=60", *settings]
        _initialise(found, folder, drop)
        cluster = Cluster(found, folder, port, options, drop, _start(found, folder, port, options, drop))
        try:
            cluster.run(f"CREATE DATABASE {OWNER}")
            yield cluster
        finally:
            cluster.server.send_signal(signal.SIGINT)
            cluster.server.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(found: Path, folder: Path, drop: dict) -> None:
    command = [found / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
    command += ["--locale=C.UTF-8"]
    result = subprocess.run(command, capture_output=True, text=True, cwd="/", env=_env(), check=False, **drop)
    if result.returncode:
        raise RuntimeError(f"initdb failed: {result.stdout}{result.stderr}")


def _start(found: Path, folder: Path, port: int, options: list[str], drop: dict) -> subprocess.Popen:
    """Start the server of a cluster and wait until it answers."""
    command = [found / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder]
    for option in ("listen_addresses=127.0.0.1", *options):
        command += ["-c", option]
    with (folder / "server.log").open("ab") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd="/", env=_env(), preexec_fn=die_with_parent, **drop
        )
    try:
        wait_until(lambda: _answers(_url(port, "postgres"), server, folder), what="PostgreSQL")
    except BaseException:
        server.kill()
        server.wait()
        raise
    return server


def _url(port: int, database: str) -> str:
    return f"postgres://{OWNER}@127.0.0.1:{port}/{database}"


def _answers(url: str, server: subprocess.Popen, folder: Path) -> bool:
    if server.poll() is not None:
        raise RuntimeError(f"PostgreSQL ended: {(folder / 'server.log').read_text()}")
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _env() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
