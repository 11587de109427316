"""Looking at processes from outside (Linux): which connection is whose, stop, go on, kill."""

import os
import signal
from collections.abc import Iterable
from pathlib import Path

from tests.services.trial import alive, children, family


def connections(pids: Iterable[int], to_port: int) -> set[int]:
    """Local ports of the TCP connections that these processes hold to a port of this machine."""
    inodes = {inode for pid in pids for inode in _sockets(pid)}
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        words = line.split()
        here, there = (int(words[n].rpartition(":")[2], 16) for n in (1, 2))
        if there == to_port and words[9] in inodes:
            found.add(here)
    return found


def _sockets(pid: int) -> set[str]:
    found = set()
    try:
        for entry in os.scandir(f"/proc/{pid}/fd"):
            target = os.readlink(entry.path)
            if target.startswith("socket:["):
                found.add(target[8:-1])
    except OSError:
        return found
    return found


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """Signal processes; those that are gone already are no matter."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def workers_children(parent: int) -> list[int]:
    """The working processes of a prefork worker."""
    return [pid for pid in children(parent) if alive(pid)]


def whole(parent: int) -> list[int]:
    """A process and everything below it."""
    return [parent, *family(parent)]
