"""What tests start from, made once and copied: migrated, empty databases and collected static files.

Making them takes longer than many tests together.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL

import psycopg

from tests.services.postgres import binaries

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "var" / "prepared"
COLLECT = "import django; django.setup(); from config import prepare; prepare.collect_static()"


def prepared_postgres(url: str) -> str:
    """Name of a migrated database in the cluster of `url`, to be the template of others."""
    name = f"prepared_{_migrations()}"
    server, _slash, _database = url.rpartition("/")
    with _alone(), psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
        found = admin.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone()
        if found is None or not found[0]:
            admin.execute(f"DROP DATABASE IF EXISTS {name}")
            admin.execute(f"CREATE DATABASE {name}")
            _fill(f"{server}/{name}")
            # Says that it is all there.
            admin.execute(f"ALTER DATABASE {name} IS_TEMPLATE true")
    return name


def fill_postgres(url: str) -> None:
    """Let the new database of `url` be migrated: from a dump made once for the migrations as they are."""
    with _alone():
        _fill(url)


def _fill(url: str) -> None:
    tools, dump = binaries(), FOLDER / f"{_migrations()}.dump"
    if tools is None or not (tools / "pg_dump").exists():
        _migrate(url)
    elif dump.exists():
        subprocess.run([tools / "pg_restore", "--exit-on-error", "-d", url, dump], check=True)
    else:
        _migrate(url)
        draft = _draft("dump")
        # It refuses servers newer than itself; then the next one is migrated, too.
        if subprocess.run([tools / "pg_dump", "-Fc", "-f", draft, url], check=False).returncode == 0:
            draft.rename(dump)


def copy_static(var: Path) -> None:
    """Let the static files of a trial in `var` be collected; it looks itself whether they still fit."""
    source = FOLDER / f"{_static_files()}.static"
    with _alone():
        if not source.exists():
            draft = _draft("static")
            env = os.environ | {"EINKLANG_VAR": str(draft), "DJANGO_SETTINGS_MODULE": "config.settings.dev"}
            subprocess.run([sys.executable, "-c", COLLECT], cwd=ROOT, env=env, check=True, stdout=DEVNULL)
            draft.rename(source)
        shutil.copytree(source / "static", var / "static")
        shutil.copy2(source / "static.stamp", var)


def copy_sqlite(target: Path) -> None:
    """Let `target` be an empty, migrated database: a copy of one made once for the migrations as they are."""
    source = FOLDER / f"{_migrations()}.sqlite3"
    with _alone():
        if not source.exists():
            draft = _draft("sqlite3")
            _migrate(f"sqlite:///{draft}")
            draft.rename(source)
        shutil.copyfile(source, target)


def _migrate(url: str) -> None:
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)


def _draft(kind: str) -> Path:
    """Where to make a new one of a kind; older ones are gone then."""
    for old in FOLDER.glob(f"*.{kind}*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    return FOLDER / f"draft.{kind}"


def _static_files() -> str:
    """A digest of everything that is collected, ours by size and time, the libraries' by their lock."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in sorted([ROOT / "static", *ROOT.glob("*/static")]):
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            found = path.stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


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
