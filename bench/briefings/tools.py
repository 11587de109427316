"""What is measured against: smtp-source and smtp-sink of Postfix, django-post_office in its own venv."""

import os
import shutil
import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import django
import psycopg

from bench.services import ROOT
from tests.services.ports import die_with_parent, spare_port, wait_until

KEPT = ROOT / "var" / "bench"
# Where Debian installs them, and where a package that was only unpacked has them.
PLACES = ("/usr/sbin", "/usr/lib/postfix/sbin", str(KEPT / "postfix" / "usr" / "sbin"))
HOW_TO_GET = (
    "smtp-source and smtp-sink not found; apt-get install postfix, or only unpack it: "
    "apt-get download postfix && dpkg-deb -x postfix_*.deb var/bench/postfix"
)
POST_OFFICE = "3.12.0"


def plainly(where: str, count: int, data: bytes) -> float:
    """Seconds for `count` messages, made beforehand, by Python's smtplib over one kept connection.

    It notes nothing: what no sender in Python that goes step by step can undercut.
    """
    host, _colon, port = where.partition(":")
    began = time.perf_counter()
    with smtplib.SMTP(host, int(port)) as smtp:
        for number in range(count):
            smtp.sendmail("post@bench.example", [f"person{number}@bench.example"], data)
    return time.perf_counter() - began


@dataclass(frozen=True)
class Postfix:
    """The two tools, and the environment in which they find their libraries."""

    source: str
    sink: str
    environment: dict[str, str]

    @contextmanager
    def listening(self) -> Iterator[str]:
        """`host:port` of a sink that takes every mail and throws it away."""
        where = f"127.0.0.1:{spare_port()}"
        drop = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = [self.sink, *drop, where, "1000"]
        process = subprocess.Popen(
            command, env=self.environment, stderr=subprocess.DEVNULL, preexec_fn=die_with_parent
        )
        try:
            wait_until(lambda: self.send(where, 1, 100) > 0, what="smtp-sink")
            yield where
        finally:
            process.kill()
            process.wait(10)

    def send(self, where: str, count: int, length: int) -> float:
        """Seconds for `count` messages of `length` bytes over one kept connection; 0 if it failed."""
        ends = ["-f", "post@bench.example", "-t", "anna@bench.example"]
        command = [self.source, "-s", "1", "-d", "-m", str(count), "-l", str(length), *ends, where]
        began = time.perf_counter()
        done = subprocess.run(command, env=self.environment, capture_output=True, check=False)
        return 0 if done.returncode else time.perf_counter() - began


def postfix() -> Postfix | None:
    """The tools of this machine, None if they cannot be had."""
    path = os.pathsep.join([os.environ.get("PATH", ""), *PLACES])
    source, sink = shutil.which("smtp-source", path=path), shutil.which("smtp-sink", path=path)
    if not source or not sink:
        return None
    libraries = Path(source).parents[1] / "lib" / "postfix"
    return Postfix(source, sink, os.environ | {"LD_LIBRARY_PATH": str(libraries)})


def peer_python() -> tuple[str, str]:
    """The interpreter of a venv with django-post_office, and why there is none; one of them is empty."""
    place = KEPT / f"post-office-{POST_OFFICE}"
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        shutil.rmtree(place, ignore_errors=True)
        wanted = [f"django-post_office=={POST_OFFICE}", f"django=={django.__version__}"]
        wanted.append(f"psycopg[binary]=={psycopg.__version__}")
        for command in (
            [sys.executable, "-m", "venv", place],
            [python, "-m", "pip", "install", "-q", *wanted],
        ):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                words = (done.stderr.strip() or done.stdout.strip()).splitlines()
                return (
                    "",
                    f"django-post_office cannot be installed: {words[-1] if words else done.returncode}",
                )
        (place / "complete").touch()
    return str(python), ""
