"""The cache that outlives its Redis."""

import pytest

from accounts import cache
from accounts.cache import SturdyRedisCache


@pytest.fixture
def down(tmp_path):
    """A cache whose Redis does not answer."""
    return SturdyRedisCache(f"unix://{tmp_path}/nobody.sock", {"OPTIONS": {"socket_timeout": 1}})


def test_without_redis_the_memory_of_the_process_serves(down):
    assert down.get("attempts", []) == []
    assert down.add("lock", True) is True
    assert down.add("lock", True) is False
    down.set("attempts", [1.5, 2.5], 60)
    assert down.get("attempts") == [1.5, 2.5]
    assert down.delete("lock") is True
    assert down.incr("count", 1) if down.add("count", 1) else False
    assert down.get("count") == 2


def test_redis_is_left_alone_for_a_while_after_a_failure(down, monkeypatch):
    asked = []

    def refuse(self, key, default=None, version=None):
        asked.append(key)
        raise ConnectionRefusedError

    monkeypatch.setattr(cache.RedisCache, "get", refuse)
    clock = [1000.0]
    monkeypatch.setattr(cache.time, "monotonic", lambda: clock[0])
    for _ in range(3):
        down.get("key")
    assert asked == ["key"]
    clock[0] += cache.REST_SECONDS
    down.get("key")
    assert asked == ["key", "key"]


def test_with_redis_it_is_redis(redis_server_url):
    first = SturdyRedisCache(
        redis_server_url, {"OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1}}
    )
    first.set("attempts", [1.5], 60)
    assert SturdyRedisCache(redis_server_url, {}).get("attempts") == [1.5]
    assert first.incr("count") if first.add("count", 1) else False
    assert first.get("count") == 2
    first.close()
