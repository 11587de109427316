"""One line per step on the terminal, and one clear sentence when something stands in the way."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


def say(line: str) -> None:
    """Print one line at once; a closed terminal is no reason to fail."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = None


def fail(sentence: str) -> NoReturn:
    """End the process with exit code 2 and one sentence on stderr."""
    print(f"Einklang cannot start: {sentence}", file=sys.stderr, flush=True)
    raise SystemExit(2)


@contextmanager
def step(name: str) -> Iterator[None]:
    """Announce a step and say how long it took."""
    began = time.monotonic()
    print(f"  {name} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)
