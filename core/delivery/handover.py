"""What a worker is handing over just now: one small row per batch, which tells a doubt from none.

A group of messages passes the fence with one commit that is on the disk. Which of them is begun is then said
by this row alone, without waiting for the disk: the message it names may be in doubt, those before it were
taken, those after it were not begun. If the row is gone, or older than the machine's last start, the database
or its machine crashed since, and everything that passed with it is in doubt.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from django.db import connection, models

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NORMAL, _FULL = 1, 2


class Handover(models.Model):
    """A worker's place in its batch, by keys of the batch's model; messages go in the order of their keys.

    On PostgreSQL the table is UNLOGGED: recovery from a crash, and a standby that takes over, empty it.
    """

    token = models.UUIDField(primary_key=True)
    # The first message of the group that passed last; those before it are settled one by one.
    first = models.BigIntegerField()
    begun = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField()
    # SQLite: which start of the machine it belongs to.
    boot = models.CharField(max_length=64, blank=True)

    class Meta:
        app_label = "core"

    def __str__(self) -> str:
        return str(self.token)


@cache
def _boot() -> str:
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return ""


def this_start() -> str:
    """Names the machine's present start where the database cannot tell; empty on PostgreSQL, which can."""
    return _boot() if connection.vendor == "sqlite" else ""


@contextmanager
def on_disk(needed: bool = True) -> Iterator[None]:
    """What is committed inside has reached the disk. PostgreSQL does so anyway; SQLite syncs for it."""
    if connection.vendor != "sqlite" or connection.in_atomic_block or not needed:
        yield
        return
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA synchronous").fetchone()[0]
    # Only from NORMAL: who has switched it OFF (tests) does not want to wait for any disk.
    if usual != _NORMAL:
        yield
        return
    _synchronous(_FULL)
    try:
        yield
    finally:
        _synchronous(_NORMAL)


def _synchronous(level: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA synchronous={level:d}")
