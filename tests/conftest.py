"""What every test stands on: compiled texts, triggers that survive a flush, throwaway services."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations
from xdist.scheduler import LoadScopeScheduling

from config.texts import compile_translations
from tests.services import (
    SmtpCatcher,
    copy_sqlite,
    postgres_missing,
    prepared_postgres,
    smtp_catcher,
    throwaway_postgres,
    throwaway_redis,
)

TRIGGERS = r"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ek\_%' ESCAPE '\'"


def pytest_configure(config: pytest.Config) -> None:
    """Texts are compiled once, before Django first reads them."""
    if not hasattr(config, "workerinput"):
        compile_translations()


# Files whose tests share what takes long to make: one worker has them all.
TOGETHER = ("tests/dashboard/test_demo.py", "tests/dashboard/test_demo_many.py")


class OneByOne(LoadScopeScheduling):
    """Gives each worker the next test in order, but the files that stay together as one piece."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return path if path in TOGETHER else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling | None:
    """For `-n 2` as it is; whoever names a way (`--dist loadfile`) gets that one."""
    return OneByOne(config, log) if config.getoption("dist") == "load" else None


# Files that take minutes: begun first, they leave no worker idle at the end.
LONG = ("test_every_page.py", "test_journey.py")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What has nothing to show on this database is left out, not skipped."""
    items.sort(key=lambda item: item.path.name not in LONG)
    left = [item for item in items if not _has_its_database(item)]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if _has_its_database(item)]


def _has_its_database(item: pytest.Item) -> bool:
    if connection.vendor == "sqlite" and item.get_closest_marker("row_locks"):
        return False
    return all(connection.vendor in marker.args for marker in item.iter_markers("only_on"))


def _flush_past_triggers(original):
    """SQLite flushes with DELETE, which append-only tables refuse; PostgreSQL truncates past row triggers."""

    def sql_flush(self, *args, **kwargs):
        statements = original(self, *args, **kwargs)
        with self.connection.cursor() as cursor:
            triggers = cursor.execute(TRIGGERS).fetchall()
        drop = [f"DROP TRIGGER {self.quote_name(name)}" for name, _ in triggers]
        return [*drop, *statements, *(sql for _, sql in triggers)] if statements else statements

    return sql_flush


@pytest.fixture(scope="session", autouse=True)
def triggers_survive_flush() -> Iterator[None]:
    """Let TransactionTestCase clean up although our triggers refuse DELETE."""
    original = DatabaseOperations.sql_flush
    DatabaseOperations.sql_flush = _flush_past_triggers(original)
    yield
    DatabaseOperations.sql_flush = original


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Start from a migrated copy; what `migrate` does afterwards (triggers) happens all the same."""
    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = prepared_postgres(os.environ["DATABASE_URL"])
        return
    create = connection.creation._create_test_db

    def create_from_copy(*args: object, **kwargs: object) -> str:
        name = create(*args, **kwargs)
        copy_sqlite(Path(name))
        return name

    connection.creation._create_test_db = create_from_copy


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker) -> Iterator[None]:
    """As pytest-django's; ends what live servers left on PostgreSQL, which refuses to drop under it.

    A browser that closes in the middle of an answer leaves the thread of that request waiting.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of an empty PostgreSQL database of this session's own."""
    missing = postgres_missing()
    if missing and not os.environ.get("CI"):
        pytest.skip(missing)
    with throwaway_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """URL of a real, empty Redis of this session's own."""
    with throwaway_redis() as url:
        yield url


@pytest.fixture
def smtp() -> Iterator[SmtpCatcher]:
    """A real SMTP server that misbehaves on demand."""
    with smtp_catcher() as catcher:
        yield catcher
