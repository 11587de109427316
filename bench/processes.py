"""Processes of the product (or of a peer) that are measured: a JSON line in, a JSON line out."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.services import ROOT


class Process:
    """A measured process that answers a line with one measurement."""

    def __init__(self, process: subprocess.Popen) -> None:
        self.process = process

    def tell(self, **words: Any) -> None:
        """Send one line."""
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        """The next line. RuntimeError if the process has ended."""
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{' '.join(self.process.args[:3])} ended while it was measured.")
        return json.loads(line)

    def ask(self, **words: Any) -> Any:
        """Send one line and wait for the answer."""
        self.tell(**words)
        return self.answer()


@contextmanager
def measured(command: list[str], environment: dict[str, str] | None = None) -> Iterator[Process]:
    """The process until the block ends."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield Process(process)
    finally:
        process.stdin.close()
        process.wait(60)
