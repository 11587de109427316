"""Embedded default: one machine, loopback only; what `./run` uses on a fresh clone."""

import secrets

from config.env import env, is_embedded

from .base import *  # noqa: F403
from .base import VAR_DIR


def _kept_secret() -> str:
    """A secret key of this installation's own, made once and kept under var/."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50))
    return path.read_text().strip()


SECRET_KEY = env.str("SECRET_KEY", default="") or _kept_secret()
DEBUG = env.bool("DEBUG", default=False)
EMBEDDED = is_embedded()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
