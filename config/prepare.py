"""Before the parts start: check what is configured, then bring database, files and texts up to date.

`python -m config.prepare`; ends with code 2 and one sentence when something outside stands in the way.
"""

import hashlib
import os
import sys
from urllib.parse import urlsplit

import django
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands

from config.supervisor.console import fail, step
from config.supervisor.paths import ROOT, run_dir
from config.texts import compile_translations


def main() -> None:
    """Run every step in order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    try:
        django.setup()
    except (ImproperlyConfigured, ValueError) as error:
        fail(str(error).replace("\n", " "))
    _check_database()
    _check_redis()
    compile_translations()
    _migrate()
    collect_static()
    _load_demo(wanted="--no-demo" not in sys.argv)


def _check_database() -> None:
    from django.db import DatabaseError, connection

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        target = connection.settings_dict
        where = (
            target["NAME"]
            if connection.vendor == "sqlite"
            else f"{target['NAME']} on {target['HOST'] or 'this machine'}"
        )
        fail(f"the database {where} cannot be reached ({_first_line(error)}).")


def _check_redis() -> None:
    import redis

    if not os.environ.get("REDIS_URL"):
        return
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5, socket_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        fail(f"Redis at {_without_password(settings.REDIS_URL)} cannot be reached ({_first_line(error)}).")


def _migrate() -> None:
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    try:
        with step("Setting up the database"):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        fail(f"the database could not be set up ({_first_line(error)}).")


def collect_static() -> None:
    """Collect the static files when one of them, or the packages, changed since the last time."""
    stamp = settings.STATIC_ROOT.with_name("static.stamp")
    state = _static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    with step("Collecting static files"):
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        stamp.write_text(state)


def _static_state() -> str:
    from django.contrib.staticfiles.finders import get_finders

    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = os.stat(storage.path(name))
            digest.update(f"{name} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _load_demo(*, wanted: bool) -> None:
    """Load the demo into an empty, fully embedded trial, and keep its sign-ins for the last lines."""
    notice = run_dir(settings.VAR_DIR) / "sign-ins.txt"
    notice.unlink(missing_ok=True)
    if not settings.EMBEDDED or "demo" not in get_commands():
        return
    if not apps.get_model(settings.AUTH_USER_MODEL).objects.exists():
        if not wanted:
            return
        with step("Loading the demo company"):
            call_command("demo", verbosity=0)
    notice.touch(mode=0o600)
    with notice.open("w") as file:
        call_command("demo", sign_ins=True, stdout=file)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


if __name__ == "__main__":
    main()
