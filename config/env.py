"""Strict reading of the environment: what is set wrongly fails at once, with its name."""

from pathlib import Path
from urllib.parse import quote

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def var_dir() -> Path:
    """Folder for everything the embedded parts keep (database, mail, sockets); made when missing."""
    path = Path(env.str("EINKLANG_VAR", default=str(BASE_DIR / "var"))).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def is_embedded() -> bool:
    """True while database, Redis and mail are all the embedded ones (no URL of a real one is set)."""
    return not any(env.str(name, default="") for name in ("DATABASE_URL", "REDIS_URL", "EMAIL_URL"))


def database(var: Path) -> dict:
    """Django's DATABASES["default"] from DATABASE_URL (sqlite or postgres), else SQLite under `var`.

    Raises ImproperlyConfigured for any other engine.
    """
    default = f"sqlite:///{var / 'einklang.sqlite3'}"
    config = env.db_url("DATABASE_URL", default=default)
    engine = config["ENGINE"]
    if engine == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
    elif engine in ("django.db.backends.postgresql", "django.db.backends.postgresql_psycopg2"):
        config["ENGINE"] = "django.db.backends.postgresql"
        config.setdefault("CONN_MAX_AGE", 60)
        config["CONN_HEALTH_CHECKS"] = True
    else:
        raise ImproperlyConfigured(f"DATABASE_URL: {engine} is not supported; use sqlite or postgres.")
    return config


def redis_url(var: Path) -> str:
    """REDIS_URL, else the unix socket of the embedded Redis under `var` (redis+socket form for Celery)."""
    return env.str("REDIS_URL", default=f"redis+socket://{quote(str(var / 'redis.sock'))}")
