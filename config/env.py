"""Strict reading of the environment: what is set wrongly fails at once, with its name."""

from pathlib import Path
from urllib.parse import quote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from config.supervisor import paths
from core.delivery.server import parse_email_url

BASE_DIR = paths.ROOT
REAL_PARTS = ("DATABASE_URL", "REDIS_URL", "EMAIL_URL")
MAIL_SECURITY = {"smtp": {}, "smtps": {"EMAIL_USE_SSL": True}, "smtp+tls": {"EMAIL_USE_TLS": True}}
CONNECT_SECONDS = 5
# Read as ANYMAIL_<name>; see docs/operators.md for which mail service needs which.
MAIL_SERVICE_SECRETS = (
    "WEBHOOK_SECRET",
    "MAILGUN_WEBHOOK_SIGNING_KEY",
    "MAILERSEND_SIGNING_SECRET",
    "MAILTRAP_SIGNING_SECRET",
)
env = environ.Env()


def var_dir() -> Path:
    """Folder for everything the embedded parts keep (database, mail, sockets); made when missing."""
    path = paths.var_dir()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"EINKLANG_VAR: {path} cannot be made ({error.strerror}).") from None
    return path


def is_embedded() -> bool:
    """True while database, Redis and mail are all the embedded ones (no URL of a real one is set)."""
    return not any(env.str(name, default="") for name in REAL_PARTS)


def database(var: Path) -> dict:
    """Django's DATABASES["default"] from DATABASE_URL (sqlite or postgres), else SQLite under `var`.

    Raises ImproperlyConfigured for any other engine and for what is no URL.
    """
    url = env.str("DATABASE_URL", default="")
    if not url:
        return _sqlite({"ENGINE": "django.db.backends.sqlite3", "NAME": str(var / "einklang.sqlite3")})
    scheme = url.partition("://")[0]
    if scheme not in ("postgres", "postgresql", "sqlite"):
        raise ImproperlyConfigured("DATABASE_URL must start with postgres:// or sqlite:///.")
    try:
        config = environ.Env.db_url_config(url)
    except (ValueError, environ.ImproperlyConfigured):
        raise ImproperlyConfigured(
            "DATABASE_URL is no valid address; like postgres://user:pw@host/name."
        ) from None
    if not config.get("NAME"):
        raise ImproperlyConfigured("DATABASE_URL names no database; like postgres://user:pw@host/name.")
    return _sqlite(config) if scheme == "sqlite" else _postgres(config)


def _sqlite(config: dict) -> dict:
    pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas}
    # To open a file and to write its log back when the last one closes it costs more than many a page.
    config.setdefault("CONN_MAX_AGE", 60)
    return config | {"ENGINE": "django.db.backends.sqlite3", "OPTIONS": options}


def _postgres(config: dict) -> dict:
    config["ENGINE"] = "django.db.backends.postgresql"
    config.setdefault("CONN_MAX_AGE", 60)
    config["CONN_HEALTH_CHECKS"] = True
    config["OPTIONS"] = {"connect_timeout": CONNECT_SECONDS} | config.get("OPTIONS", {})
    return config


def redis_url(var: Path) -> str:
    """REDIS_URL (redis://, rediss:// or unix://), else the unix socket of the embedded Redis.

    Raises ImproperlyConfigured for any other scheme.
    """
    url = env.str("REDIS_URL", default="") or f"unix://{quote(str(paths.redis_socket(var)))}"
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("REDIS_URL must start with redis://, rediss:// or unix://.")
    return url


def broker_url(redis: str) -> str:
    """The same Redis in Celery's words: it calls a unix socket redis+socket."""
    return redis.replace("unix://", "redis+socket://", 1)


def email_url(var: Path) -> str:
    """EMAIL_URL, else the address of the running mail catcher, else an empty text (nothing can be sent).

    Raises ImproperlyConfigured for a wrong scheme, host or port.
    """
    url = env.str("EMAIL_URL", default="")
    if url:
        email_settings(url)
        return url
    running = paths.catcher_file(var)
    return env.str("EINKLANG_CATCHER_URL", default="") or (running.read_text() if running.exists() else "")


def email_settings(url: str) -> dict:
    """Django's EMAIL_* settings for smtp://, smtps:// (TLS from the start) or smtp+tls:// (STARTTLS).

    Raises ImproperlyConfigured saying what is wrong with `url`, without its password.
    """
    if not url:
        return {"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}
    server = parse_email_url(url)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": server.host,
        "EMAIL_PORT": server.port,
        "EMAIL_HOST_USER": server.user,
        "EMAIL_HOST_PASSWORD": server.password,
        "EMAIL_TIMEOUT": 30,
        **MAIL_SECURITY[server.scheme],
    }


def mail_service_secrets() -> dict[str, str]:
    """django-anymail's settings from ANYMAIL_* of the environment; only those that are set.

    Raises ImproperlyConfigured for a WEBHOOK_SECRET that is not user:password.
    """
    found = {name: env.str(f"ANYMAIL_{name}", default="") for name in MAIL_SERVICE_SECRETS}
    user, _colon, password = found["WEBHOOK_SECRET"].partition(":")
    if found["WEBHOOK_SECRET"] and not (user and password):
        raise ImproperlyConfigured("ANYMAIL_WEBHOOK_SECRET must be user:password.")
    return {name: value for name, value in found.items() if value}
