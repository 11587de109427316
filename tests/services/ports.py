"""Spare ports, waiting without sleeping for luck, and children that cannot outlive us."""

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PR_SET_PDEATHSIG = 1


def spare_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(ask: Callable[[], Found], *, seconds: float = 30, what: str = "the condition") -> Found:
    """Ask until the answer is true and return it; TimeoutError names `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come true within {seconds:g} s")
        time.sleep(0.05)


def die_with_parent() -> None:
    """For preexec_fn: the kernel kills the child when the test process is gone (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def unprivileged() -> dict:
    """Popen arguments that give up root (PostgreSQL refuses it); nothing when we are not root."""
    if os.geteuid():
        return {}
    return {
        "user": "nobody",
        "group": "nogroup" if os.path.exists("/etc/debian_version") else "nobody",
        "extra_groups": [],
    }
