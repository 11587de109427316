"""Migrated, empty databases to start tests from: migrating takes longer than many tests together."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "prepared"


def prepared_postgres(url: str) -> str:
    """Name of a migrated database in the cluster of `url`, to be the template of others."""
    name = f"prepared_{_migrations()}"
    server, _slash, _database = url.rpartition("/")
    with _alone(), psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        found = admin.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None or not found[0]:
            admin.execute(f"DROP DATABASE IF EXISTS {name}")
            admin.execute(f"CREATE DATABASE {name}")
            _migrate(f"{server}/{name}")
            # Says that migrating came to its end.
            admin.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    return name


def copy_sqlite(target: Path) -> None:
    """Let `target` be an empty, migrated database: a copy of one made once for the migrations as they are."""
    source = FOLDER / f"{_migrations()}.sqlite3"
    with _alone():
        if not source.exists():
            for old in FOLDER.glob("*.sqlite3*"):
                old.unlink()
            draft = FOLDER / "draft.sqlite3"
            _migrate(f"sqlite:///{draft}")
            draft.rename(source)
        shutil.copyfile(source, target)


def _migrate(url: str) -> None:
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)


def _migrations() -> str:
    """A digest of every migration, ours and of the libraries (by their lock)."""
    digest = hashlib.sha256()
    for path in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"]:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[None]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
