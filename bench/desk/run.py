"""`python -m bench desk`: a filled database of each kind, a process of the product on it, and the figures."""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from statistics import median, quantiles
from typing import Any

from bench.figures import NONE, Figure, counted, milliseconds, took
from bench.processes import measured
from bench.services import LABELS, ROOT, Site, on_each, site

CAMPAIGNS, QUESTIONS = 10_000, 100_000
MOST_SECONDS = 0.1


def bench(options: list[str]) -> Iterator[Figure]:
    """The desk while somebody types, for one region and for all, against LIKE over the same texts."""
    given = _parser().parse_args(options)
    with site(given.folder) as here:
        here.collect_static()
        yield from on_each(given.databases, lambda kind: _on(here, kind, given))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench desk")
    parser.add_argument("--databases", default=",".join(LABELS))
    parser.add_argument("--campaigns", type=int, default=CAMPAIGNS)
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--rounds", type=int, default=3, help="how often each search is typed")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--folder", default="", help="where the databases are made")
    return parser


def _on(here: Site, kind: str, given: argparse.Namespace) -> Iterator[Figure]:
    url = here.database(kind, "desk")
    made = _filled(here, url, given)
    label = LABELS[kind]
    size = f"{given.campaigns:,} campaigns, {made['questions']:,} questions"
    yield took(f"{label}, filling it with {size}", made["filled"])
    yield took(f"{label}, indexing {made['entries']:,} entries, {made['words']:,} words", made["indexed"])
    with measured([sys.executable, "-m", "bench.desk.worker"], here.environment(url)) as process:
        for number, name in enumerate(process.answer()):
            if given.only in name:
                yield from _figures(f"{label}, {name}", process.ask(case=number, rounds=given.rounds))


def _filled(here: Site, url: str, given: argparse.Namespace) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.desk.fill", str(given.campaigns), str(given.questions)]
    done = subprocess.run(
        command, cwd=ROOT, env=here.environment(url), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"The database could not be filled:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _figures(name: str, got: dict[str, Any]) -> Iterator[Figure]:
    """p95 with its aim, p50 beside it; queries of the slowest search."""
    label = f"{name}: {len(got['ours'])} searches, {median(got['shown']):g} offers shown"
    yield _timed(f"{label}, p95", got, p95, MOST_SECONDS)
    yield _timed(f"{label}, p50", got, median, None)
    yield counted(f"{name}, queries of the slowest ({got['slowest']!r})", got["queries"])


def _timed(name: str, got: dict[str, Any], what: Any, most: float | None) -> Figure:
    ours, reference = what(got["ours"]), what(got["reference"])
    against = got["ours"] != got["reference"]
    return Figure(
        name,
        milliseconds(ours),
        milliseconds(reference) if against else NONE,
        f"{ours / reference:.2f}x" if against else NONE,
        round(ours, 4),
        most,
        NONE if most is None else f"<= {most * 1000:g} ms",
    )


def p95(seconds: list[float]) -> float:
    """What 95 of 100 stay below; of few, the longest."""
    return quantiles(seconds, n=20)[-1] if len(seconds) >= 20 else max(seconds)
