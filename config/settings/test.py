"""Tests: a var folder and database file of their own, cheap hashing, nothing leaves the process."""

import os
import tempfile
from pathlib import Path

_scratch = Path(tempfile.gettempdir()) / f"einklang-tests-{os.getuid()}"
_scratch.mkdir(mode=0o700, exist_ok=True)
os.environ["EINKLANG_VAR"] = str(_scratch / "var")
os.environ.pop("EINKLANG_CATCHER_URL", None)

from .base import *  # noqa: E402, F403
from .base import DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

SECRET_KEY = "only-for-tests-" + "x" * 50
ALLOWED_HOSTS = ["*"]
# An address without a row in the table of permissions stops the test instead of answering 404.
ACCESS_STRICT = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
CELERY_BROKER_URL = "memory://"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: two connections then lock each other as they do in the trial. Fast, since
    # nobody needs it after a crash; named by process, since several runs share the machine.
    DATABASES["default"]["TEST"] = {"NAME": str(_scratch / f"{os.getpid()}.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["TEST"] = {"NAME": f"test_einklang_{os.getpid()}"}
# The live server's threads must let go of the database before it is dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
