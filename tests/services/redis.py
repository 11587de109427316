"""A Redis that lives for one block."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis

from config.supervisor.parts import redis_server
from tests.services.ports import die_with_parent, spare_port, wait_until


@dataclass
class RedisServer:
    """A Redis without persistence that can be killed and started again on its port."""

    port: int
    folder: str
    server: subprocess.Popen

    @property
    def url(self) -> str:
        """Its database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def kill(self) -> None:
        """End it at once; all it held is lost."""
        self.server.kill()
        self.server.wait(10)

    def start(self) -> None:
        """Start it again, empty; returns when it answers."""
        self.server = _start(self.port, self.folder)
        wait_until(lambda: _answers(self.url), what="Redis")

    def flush(self) -> None:
        """Make it forget everything while it runs."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()


def _start(port: int, folder: str) -> subprocess.Popen:
    command = [redis_server(), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, preexec_fn=die_with_parent)


@contextmanager
def restarting_redis() -> Iterator[RedisServer]:
    """Yield an empty Redis on a spare loopback port."""
    port = spare_port()
    with tempfile.TemporaryDirectory(prefix="einklang-redis-") as folder:
        running = RedisServer(port, folder, _start(port, folder))
        try:
            wait_until(lambda: _answers(running.url), what="Redis")
            yield running
        finally:
            running.server.terminate()
            running.server.wait(10)


@contextmanager
def throwaway_redis() -> Iterator[str]:
    """Yield the URL of an empty Redis on a spare loopback port, without persistence."""
    with restarting_redis() as running:
        yield running.url


def _answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return client.ping()
        except redis.ConnectionError:
            return False
