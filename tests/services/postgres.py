"""A PostgreSQL cluster that lives for one block: fast, not durable, on a spare port."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
    found = binaries()
    if found is None:
        raise RuntimeError(postgres_missing())
    folder = Path(tempfile.mkdtemp(prefix="einklang-pg-"))
    drop = unprivileged()
    try:
        if drop:
            shutil.chown(folder, drop["user"], drop["group"])
        port = spare_port()
        _initialise(found, folder, drop)
        options = [*(() if durable else NOT_DURABLE), "max_connections=60", *settings]
        with _server(found, folder, port, options, drop):
            with psycopg.connect(_url(port, "postgres"), autocommit=True) as admin:
                admin.execute(f"CREATE DATABASE {OWNER}")
            yield _url(port, OWNER)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(found: Path, folder: Path, drop: dict) -> None:
    command = [found / "initdb", "-D", folder / "data", "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-sync"]
    command += ["--locale=C.UTF-8"]
    result = subprocess.run(command, capture_output=True, text=True, cwd="/", env=_env(), check=False, **drop)
    if result.returncode:
        raise RuntimeError(f"initdb failed: {result.stdout}{result.stderr}")


@contextmanager
def _server(found: Path, folder: Path, port: int, options: list[str], drop: dict) -> Iterator[None]:
    data = folder / "data"
    command = [
        found / "postgres",
        "-D",
        data,
        "-p",
        str(port),
        "-k",
        folder,
        "-c",
        "listen_addresses=127.0.0.1",
    ]
    for option in options:
        command += ["-c", option]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, stdout=log, stderr=log, cwd="/", env=_env(), preexec_fn=die_with_parent, **drop
        )
    try:
        wait_until(lambda: _answers(_url(port, "postgres"), server, folder), what="PostgreSQL")
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


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
