"""Production's settings with short times, for the processes that tests of faults start and kill."""

import json
import os

from config.settings.prod import *  # noqa: F403
from config.settings.prod import INSTALLED_APPS

# The last one: it wraps what the others registered.
INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.poison.Poison"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Read by core.delivery.times, which refuses unknown names and odd values.
DELIVERY_SECONDS = json.loads(os.environ.get("FAULTS_SECONDS", "{}"))
