"""Answers for whoever watches the running system: is the web up, and can it do its work?"""

import redis
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

log = structlog.get_logger(__name__)
REDIS_SECONDS = 2
# Whoever asks comes again soon; the client's own tries and waits would only make him wait.
ONCE = Retry(NoBackoff(), 0)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 while the web process answers at all; asks nobody else."""
    return JsonResponse({"web": "up"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database and Redis answer, else 503 naming the part that does not; never says why."""
    parts = {"database": _database_answers(), "redis": _redis_answers()}
    words = {name: "up" if up else "down" for name, up in parts.items()}
    return JsonResponse(words, status=200 if all(parts.values()) else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.warning("readiness: the database does not answer", exc_info=True)
        return False
    return True


def _redis_answers() -> bool:
    limits = {"socket_timeout": REDIS_SECONDS, "socket_connect_timeout": REDIS_SECONDS, "retry": ONCE}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **limits) as client:
            return bool(client.ping())
    except redis.RedisError:
        log.warning("readiness: Redis does not answer", exc_info=True)
        return False
