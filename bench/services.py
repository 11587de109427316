"""What a benchmark runs on: throwaway databases filled by the product's own command, production settings."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.figures import Figure, not_had
from config.texts import compile_translations
from tests.services import (
    copy_sqlite,
    copy_static,
    fill_postgres,
    postgres_missing,
    throwaway_postgres,
    throwaway_redis,
)

ROOT = Path(__file__).resolve().parents[1]
HOST = "bench.example"
LABELS = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}


@dataclass
class Site:
    """A folder of its own, the servers and the environment in which the product runs as in production."""

    folder: Path
    redis_url: str
    stack: ExitStack = field(default_factory=ExitStack)
    _postgres: str = ""

    def environment(self, database_url: str) -> dict[str, str]:
        """Environment variables for a process of the product on that database."""
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "config.settings.prod",
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ALLOWED_HOSTS": HOST,
            "SITE_URL": f"https://{HOST}",
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": "smtp://127.0.0.1:1",
            "EINKLANG_VAR": str(self.folder / "var"),
            "LOG_LEVEL": "ERROR",
        }

    def database(self, kind: str, name: str) -> str:
        """The URL of an empty database with all tables; `kind` is sqlite or postgresql."""
        if kind == "sqlite":
            copy_sqlite(self.folder / f"{name}.sqlite3")
            return f"sqlite:///{self.folder / name}.sqlite3"
        url = self.empty_postgres(name)
        fill_postgres(url)
        return url

    def empty_postgres(self, name: str) -> str:
        """The URL of a database without any table, in a cluster that keeps what it has said to keep."""
        # Durable: what a benchmark writes has to pay for the disk.
        self._postgres = self._postgres or self.stack.enter_context(throwaway_postgres(durable=True))
        with psycopg.connect(self._postgres, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}"')
        return f"{self._postgres.rpartition('/')[0]}/{name}"

    def collect_static(self) -> None:
        """Style sheets and scripts under their hashed names, as production serves them."""
        copy_static(self.folder / "var")

    def manage(self, database_url: str, *arguments: str) -> float:
        """Run a command of manage.py; the seconds it took. RuntimeError with its output if it fails."""
        began = time.monotonic()
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(database_url), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
        return time.monotonic() - began

    def campaigns(self, database_url: str, count: int, staff: int) -> float:
        """Make campaigns and people by the product's own command; the seconds it took."""
        arguments = ("--force", "--campaigns", str(count), "--staff", str(staff))
        return self.manage(database_url, "demo", *arguments)


@contextmanager
def site(folder: str = "") -> Iterator[Site]:
    """A site in a temporary folder below `folder`, gone with all its servers when the block ends."""
    compile_translations()
    with ExitStack() as stack:
        place = Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="einklang-bench-", dir=folder or None))
        )
        (place / "var").mkdir()
        redis = stack.enter_context(throwaway_redis())
        yield Site(place, redis, stack)


def on_each(kinds: str, run: Callable[[str], Iterator[Figure]]) -> Iterator[Figure]:
    """What `run` measures on each kind of database ("postgresql,sqlite"); a line for one that is not here."""
    for kind in kinds.split(","):
        missing = postgres_missing() if kind == "postgresql" else ""
        if missing:
            yield not_had(LABELS[kind], missing)
        else:
            yield from run(kind)
