"""`python -m bench calendar`: a database of each kind, the pages against a bare view, and dragging."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from bench.calendar.dragging import longest_task
from bench.demo import made
from bench.figures import Figure, Pair, compared, counted, not_had, took
from bench.processes import Process, measured
from bench.services import LABELS, Site, on_each, site

CAMPAIGNS = 2_000
BLOCKED = 0.05


def bench(options: list[str]) -> Iterator[Figure]:
    """Month, week and quarter at 2,000 campaigns; dragging with 300 bars on the screen."""
    asked = _parser().parse_args(options)
    with site(asked.folder) as here:
        here.collect_static()
        yield from on_each(asked.databases, lambda kind: _on(here, kind, asked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench calendar")
    parser.add_argument("--campaigns", type=int, default=CAMPAIGNS)
    parser.add_argument("--databases", default=",".join(LABELS))
    parser.add_argument("--staff", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=6, help="per case and round")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--no-browser", action="store_true", help="leave out dragging")
    parser.add_argument("--folder", default="", help="where the databases are made")
    return parser


def _on(here: Site, kind: str, asked: argparse.Namespace) -> Iterator[Figure]:
    url = here.database(kind, "calendar")
    yield made(LABELS[kind], asked.campaigns, here.campaigns(url, asked.campaigns, asked.staff))
    environment = here.environment(url) | {"DJANGO_SETTINGS_MODULE": "bench.pages.settings"}
    with measured([sys.executable, "-m", "bench.calendar.worker"], environment) as process:
        told = process.answer()
        for number, case in enumerate(told):
            if asked.only in case["name"]:
                yield from _figures(LABELS[kind], process, number, case, asked)
    if not asked.no_browser:
        yield _dragging(LABELS[kind], url, told[0])


def _figures(
    label: str, process: Process, number: int, case: dict[str, Any], asked: argparse.Namespace
) -> Iterator[Figure]:
    pairs = []
    for _round in range(asked.rounds):
        answer = process.ask(case=number, requests=asked.requests)
        pairs.append(Pair(answer["ours"], answer["floor"]))
    name = f"{label}, {case['name']}"
    yield compared(f"{name}, {asked.campaigns:,}: {case['rows']} rows", pairs, case["ratio"])
    yield counted(f"{name}, queries", case["counted"], case["queries"])


def _dragging(label: str, url: str, who: dict[str, Any]) -> Figure:
    from tests.e2e.pages import chromium

    name = f"{label}, dragging: the browser stands still"
    if not chromium():
        return not_had(name, "no Chromium is installed")
    with tempfile.TemporaryDirectory() as folder:
        bars, longest = longest_task(url, folder, who["email"], who["password"])
    return took(f"{name}, {bars} bars", longest / 1000, BLOCKED)
