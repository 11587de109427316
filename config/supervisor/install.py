"""Make .venv and install the hash-locked packages into it, only when something changed."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import fail, step
from .paths import ROOT, VENV

PYTHON = VENV / "bin" / "python"
LOCKS = ROOT / "deploy" / "locks"


def install(*, log: Path, dev: bool, redis: bool) -> None:
    """Bring .venv to the state of the locks; `redis` adds the bundled server. Fails with a sentence."""
    locks = [ROOT / "requirements.txt"]
    if dev:
        locks.append(ROOT / "requirements-dev.txt")
    if not VENV.exists() and not os.access(ROOT, os.W_OK):
        fail(f"no permission to write into {ROOT}.")
    with _alone():
        _make_venv(log)
        for lock in locks:
            _install_lock(lock, log, "packages" if lock.stem == "requirements" else "test tools")
        if redis:
            _install_lock(LOCKS / "redis.txt", log, "a Redis server", "--no-deps", "--only-binary=:all:")


@contextmanager
def _alone() -> Iterator[None]:
    """One installer at a time in this checkout (locks the folder itself, which works without writing)."""
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_venv(log: Path) -> None:
    stamp = VENV / ".einklang-python"
    made_with = f"{ROOT} {'.'.join(map(str, sys.version_info[:2]))}"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == made_with:
        return
    if PYTHON.exists() and not stamp.exists() and _works():
        stamp.write_text(f"{ROOT} {_works()}")
        return
    with step("Making .venv"):
        if VENV.is_symlink():
            # Another checkout's: making ours through the link would empty theirs.
            VENV.unlink()
        shutil.rmtree(VENV, ignore_errors=True)
        if not (_logged([sys.executable, "-m", "venv", str(VENV)], log) or _venv_with_our_pip(log)):
            shutil.rmtree(VENV, ignore_errors=True)
            fail(f"Python made no virtual environment (Debian, Ubuntu: install python3-venv); see {log}.")
        stamp.write_text(made_with)


def _venv_with_our_pip(log: Path) -> bool:
    """The way for a Python without ensurepip: an empty environment, and the pip that lies in deploy/."""
    if not _logged([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)], log):
        return False
    wheel = next((ROOT / "deploy" / "pip").glob("pip-*.whl"))
    return _logged([str(PYTHON), f"{wheel}/pip", "install", "--no-index", "--no-deps", str(wheel)], log)


def _works() -> str:
    """Version of the Python in .venv, empty when it does not run (moved folder, removed Python)."""
    code = "import sys; print('.'.join(map(str, sys.version_info[:2])))"
    result = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    return result.stdout.strip()


def _install_lock(lock: Path, log: Path, what: str, *options: str) -> None:
    stamp = VENV / f".einklang-{lock.stem}"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    with step(f"Installing {what}"):
        target = ["--require-hashes", *options, "-r", str(lock)]
        if not (_uv(target, log) or _pip(target, log)):
            reason = "the download failed or a package has no build for this machine"
            hint = " Installing redis-server on this machine helps." if lock.stem == "redis" else ""
            fail(f"{what} could not be installed: {reason}; see {log}.{hint}")
        stamp.write_text(digest)


def _uv(target: list[str], log: Path) -> bool:
    env = dict(os.environ)
    # What is said to pip about where packages come from holds for uv too.
    for theirs, ours in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if env.get(theirs):
            env.setdefault(ours, env[theirs])
    if not env.get("HOME"):
        env["UV_CACHE_DIR"] = str(VENV / "uv-cache")
    uv = [str(PYTHON), "-m", "uv"]
    if not _logged([*uv, "--version"], log):
        _pip(["--require-hashes", "--only-binary=:all:", "-r", str(LOCKS / "uv.txt")], log)
    return _logged([*uv, "pip", "install", "--python", str(PYTHON), *target], log, env=env)


def _pip(target: list[str], log: Path) -> bool:
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *target]
    return _logged(command, log)


def _logged(command: list[str], log: Path, env: dict[str, str] | None = None) -> bool:
    """Run a command with its output in the log; true when it succeeded."""
    with log.open("a") as output:
        output.write(f"\n$ {' '.join(command)}\n")
        output.flush()
        result = subprocess.run(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=env, check=False
        )
    return result.returncode == 0
