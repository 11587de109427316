"""One watched process: started in a group of its own, started again with a growing pause."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .console import say
from .parts import Part, child_environment

PAUSES = (0.2, 1, 2, 5, 10, 30)
# Who ran this long is healthy again: the next death starts with the shortest pause.
HEALTHY_SECONDS = 30
LOG_MAX_BYTES = 5_000_000
PR_SET_PDEATHSIG = 1


class Child:
    """A part and its current process."""

    def __init__(self, part: Part, logs: Path) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self.process: subprocess.Popen | None = None
        self.started_at = 0.0
        self.due_at = 0.0
        self.deaths = 0

    def start(self) -> None:
        """Start the process; its output goes to the part's log."""
        if self.log.exists() and self.log.stat().st_size > LOG_MAX_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.part.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=child_environment(os.environ, self.part),
                pass_fds=self.part.sockets,
                start_new_session=True,
                preexec_fn=_dies_with_us(self.part.death_signal),
            )
        self.started_at = time.monotonic()

    def tend(self, now: float) -> None:
        """Start the process when it is due, and note a death with the time of the next start."""
        if self.process is None:
            if now >= self.due_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal_group(signal.SIGKILL)
        self.process = None
        self.deaths = 0 if now - self.started_at > HEALTHY_SECONDS else self.deaths
        pause = PAUSES[min(self.deaths, len(PAUSES) - 1)]
        self.deaths += 1
        self.due_at = now + pause
        now_text = time.strftime("%H:%M:%S")
        say(f"{now_text} {self.part.name} {_ending(code)}; starting it again in {pause:g} s ({self.log})")

    def signal_group(self, number: int) -> None:
        """Send a signal to the process and all it started."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, number)
            except (ProcessLookupError, PermissionError):
                return

    def stop(self, deadline: float) -> None:
        """Wait for the end of a process told to stop; kill its group at the deadline (monotonic)."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{self.part.name} did not stop in time and is killed")
        self.signal_group(signal.SIGKILL)
        self.process.wait()


def _ending(code: int) -> str:
    return f"was killed (signal {-code})" if code < 0 else f"ended (code {code})"


def _dies_with_us(number: int) -> Callable[[], None] | None:
    """What the child runs before its program so that the kernel ends it when the supervisor is gone."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    supervisor = os.getpid()

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != supervisor:
            os._exit(1)

    return prepare
