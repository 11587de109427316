"""From a fresh clone to the supervisor: check, install, prepare, then become the supervisor."""

import argparse
import fcntl
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from .console import fail, say
from .install import PYTHON, install
from .paths import ROOT, run_dir, var_dir

REDIS_SERVERS = ("redis-server", "valkey-server")


def main() -> None:
    """Entry point of `./run` and, with --prepare-tests, of `./test`."""
    os.environ.pop("PYTHONPATH", None)
    options = _options()
    try:
        if options.prepare_tests:
            log = _folders(var_dir()) / "install.log"
            install(log=log, dev=True, redis=_needs_redis())
            return
        _start(options)
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run", description="Start Einklang on this machine (loopback only)."
    )
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="port of the pages (8000)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without the demo company")
    parser.add_argument("--prepare-tests", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _start(options: argparse.Namespace) -> None:
    var = var_dir()
    logs = _folders(var)
    lock = _lock(var)
    web = _bind(options.port)
    say("Einklang is getting ready.")
    install(log=logs / "install.log", dev=False, redis=_needs_redis())
    port = web.getsockname()[1]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    os.environ["EINKLANG_VAR"] = str(var)
    os.environ["SITE_URL"] = os.environ.get("SITE_URL") or f"http://127.0.0.1:{port}"
    command = [str(PYTHON), "-m", "config.prepare", *(["--no-demo"] if options.no_demo else [])]
    prepared = subprocess.run(command, cwd=ROOT, check=False)
    if prepared.returncode:
        raise SystemExit(prepared.returncode)
    os.chdir(ROOT)
    os.set_inheritable(web.fileno(), True)
    os.set_inheritable(lock, True)
    os.environ["PYTHONPATH"] = str(ROOT / "config")
    os.execv(PYTHON, [str(PYTHON), "-m", "supervisor", str(web.fileno()), str(lock)])


def _folders(var: Path) -> Path:
    """Make the folders under `var` and return the one for logs; a sentence when that is not possible."""
    logs = var / "log"
    try:
        logs.mkdir(parents=True, exist_ok=True)
        run_dir(var).mkdir(mode=0o700, exist_ok=True)
        probe = run_dir(var) / "writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        fail(
            f"no permission to write into {var} ({error.strerror}); set EINKLANG_VAR to a folder of your own."
        )
    return logs


def _lock(var: Path) -> int:
    """Take the lock of this folder for the life of the supervisor; refuse a second start."""
    path = run_dir(var) / "lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        running = path.read_text().strip()
        fail(f"it already runs on {var} (process {running or 'unknown'}); stop that one or set EINKLANG_VAR.")
    os.ftruncate(handle, 0)
    os.write(handle, str(os.getpid()).encode())
    return handle


def _bind(port: str) -> socket.socket:
    """Reserve the port now, so that a taken one is said before anything is installed."""
    if not port.isdecimal() or int(port) > 65535:
        fail(f"{port!r} is no port; use a number from 1 to 65535.")
    web = socket.socket()
    web.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        web.bind(("127.0.0.1", int(port)))
    except OSError as error:
        fail(f"port {port} cannot be used ({error.strerror}); choose another one with ./run --port N.")
    return web


def _needs_redis() -> bool:
    return not os.environ.get("REDIS_URL") and not any(shutil.which(name) for name in REDIS_SERVERS)


if __name__ == "__main__":
    sys.exit(main())
