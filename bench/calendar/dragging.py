"""A browser drags bars, 300 of them on the screen: the longest time in which it answers nothing else."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.services import ROOT

MOVES, ROUNDS = 40, 5
WATCH = """() => { window.long = [0];
    new PerformanceObserver((list) => list.getEntries().forEach((one) => window.long.push(one.duration)))
        .observe({type: 'longtask'}); }"""
IDLE = "!document.querySelector('#plan[aria-busy], .ek-ev[aria-busy]')"


def longest_task(database_url: str, folder: str, email: str, password: str) -> tuple[int, float]:
    """How many bars stood on the page, and the longest task in milliseconds (0: none over 50)."""
    from tests.e2e.pages import browser, page_at, sign_in

    with served(database_url, folder) as url, browser() as started, page_at(started, 1440) as page:
        sign_in(page, url, email, password)
        page.goto(f"{url}/timeline/?weeks=52&show=campaigns&state=draft")
        bars = page.locator("#plan-grid [data-bar]").count()
        if bars < 300:
            page.goto(f"{url}/timeline/?weeks=52&show=campaigns")
            bars = page.locator("#plan-grid [data-bar]").count()
        page.wait_for_timeout(1500)
        page.evaluate(WATCH)
        for turn in range(ROUNDS):
            drag(page, turn)
        return bars, page.evaluate("Math.max(...window.long)")


def drag(page: Any, turn: int) -> None:
    """One bar some days to the right, in many small moves, as a hand does; then until all is drawn anew."""
    from tests.e2e.pages import eventually

    bar = page.locator("#plan-grid [data-move]").nth(turn * 3)
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(MOVES):
        page.mouse.move(x + step * 0.5, y)
    page.mouse.up()
    page.wait_for_timeout(300)
    eventually(page, IDLE)


@contextmanager
def served(database_url: str, folder: str) -> Iterator[str]:
    """The embedded product on the database, on a spare port of this machine."""
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.dev", "DATABASE_URL": database_url}
    environment = os.environ | settings | {"EINKLANG_VAR": folder}
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "config.wsgi", "-b", f"127.0.0.1:{port}", "--threads", "4"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _answering(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(30)


def _answering(url: str) -> str:
    for _attempt in range(120):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).close()  # nosec B310
            return url
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the product does not answer")
