"""A Redis that lives for one block."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from config.supervisor.parts import redis_server
from tests.services.ports import die_with_parent, spare_port, wait_until


@contextmanager
def throwaway_redis() -> Iterator[str]:
    """Yield the URL of an empty Redis on a spare loopback port, without persistence."""
    port = spare_port()
    with tempfile.TemporaryDirectory(prefix="einklang-redis-") as folder:
        command = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)
        try:
            url = f"redis://127.0.0.1:{port}/0"
            wait_until(lambda: _answers(url), what="Redis")
            yield url
        finally:
            server.terminate()
            server.wait(10)


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return client.ping()
        except redis.ConnectionError:
            return False
