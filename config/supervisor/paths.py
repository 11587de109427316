"""Where things lie; shared by the supervisor and the settings. Standard library only."""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
# The kernel takes 108 bytes on Linux and 104 on macOS, with the closing zero.
SOCKET_PATH_MAX = 100


def var_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of everything the embedded parts keep; not made here."""
    return Path(environ.get("EINKLANG_VAR") or ROOT / "var").resolve()


def run_dir(var: Path) -> Path:
    """The folder for what only a running instance needs (lock, addresses of its parts)."""
    return var / "run"


def redis_socket(var: Path) -> Path:
    """Path of the embedded Redis socket: under `var`, or in a short folder where that would be too long."""
    path = var / "redis.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
        return path
    digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"einklang-{os.getuid()}-{digest}" / "redis.sock"


def catcher_file(var: Path) -> Path:
    """File with the SMTP address of the running mail catcher, for commands started by hand."""
    return run_dir(var) / "catcher.url"


def mail_dir(var: Path) -> Path:
    """Folder with one .eml file per caught mail."""
    return var / "mail"
