"""A cache that outlives its Redis: rate limits of the sign-in must neither stop it nor vanish with Redis."""

import time
from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
# After a failure Redis is left alone for so long, so that not every request waits for it.
REST_SECONDS = 10.0


class SturdyRedisCache(RedisCache):
    """Django's Redis cache; while Redis does not answer, each process keeps its own memory instead."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("redis-is-down", {"OPTIONS": {"MAX_ENTRIES": 10_000}})
        self._rest_until = 0.0

    def _try(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._rest_until:
            try:
                return getattr(super(), name)(*args, **kwargs)
            except (RedisError, OSError):
                self._rest_until = time.monotonic() + REST_SECONDS
                log.warning("cache: Redis does not answer, using the memory of this process")
        return getattr(self._memory, name)(*args, **kwargs)


def _guarded(name: str) -> Callable[..., Any]:
    def call(self: SturdyRedisCache, *args: Any, **kwargs: Any) -> Any:
        return self._try(name, *args, **kwargs)

    call.__name__ = name
    call.__doc__ = f"`{name}` of Redis, of this process's memory while Redis does not answer."
    return call


for _name in (
    "add",
    "get",
    "set",
    "touch",
    "delete",
    "get_many",
    "set_many",
    "delete_many",
    "has_key",
    "incr",
    "clear",
):
    setattr(SturdyRedisCache, _name, _guarded(_name))
