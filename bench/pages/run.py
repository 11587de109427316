"""`python -m bench pages`: databases of every size side by side, measured in turns, and the figures."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from bench.demo import made
from bench.figures import Figure, Pair, compared, counted
from bench.processes import Process, measured
from bench.services import LABELS, Site, on_each, site

SIZES = (1_000, 10_000, 100_000)
SETTINGS = "bench.pages.settings"


class Worker:
    """A process of the product on a database of one size."""

    def __init__(self, process: Process, size: int) -> None:
        self.process, self.size = process, size
        self.cases: list[dict[str, Any]] = process.answer()

    def measure(self, case: int, requests: int) -> Pair:
        """Seconds of ours and of the floor for one case."""
        answer = self.process.ask(case=case, requests=requests)
        return Pair(answer["ours"], answer["floor"])


def bench(options: list[str]) -> Iterator[Figure]:
    """List, campaign page, reading page and home against a bare Django view with as many rows."""
    asked = _parser().parse_args(options)
    with site(asked.folder) as here:
        here.collect_static()
        yield from on_each(asked.databases, lambda kind: _on(here, kind, asked))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench pages")
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)), help="numbers of campaigns")
    parser.add_argument("--databases", default=",".join(LABELS))
    parser.add_argument("--staff", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=10, help="per case, size and round")
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    parser.add_argument("--folder", default="", help="where the databases are made")
    return parser


def _on(here: Site, kind: str, asked: argparse.Namespace) -> Iterator[Figure]:
    """Make the databases, start a worker on each, measure them in turns."""
    sizes = [int(size) for size in asked.sizes.split(",")]
    urls = {}
    for size in sizes:
        urls[size] = here.database(kind, f"pages-{size}")
        yield made(LABELS[kind], size, here.campaigns(urls[size], size, asked.staff))
    found: list[Figure] = []
    with _workers(here, urls) as workers:
        for case in range(len(workers[0].cases)):
            if asked.only in workers[0].cases[case]["name"]:
                found += _figures(LABELS[kind], workers, case, _measured(workers, case, asked))
                yield from found
                found.clear()


@contextmanager
def _workers(here: Site, urls: dict[int, str]) -> Iterator[list[Worker]]:
    command = [sys.executable, "-m", "bench.pages.worker"]
    with ExitStack() as stack:
        processes = {
            size: stack.enter_context(
                measured(command, here.environment(url) | {"DJANGO_SETTINGS_MODULE": SETTINGS})
            )
            for size, url in urls.items()
        }
        yield [Worker(process, size) for size, process in processes.items()]


Measured = dict[int, list[Pair]]


def _measured(workers: list[Worker], case: int, asked: argparse.Namespace) -> Measured:
    """Pairs of every size; one size after the other in every round, so that noise hits all of them."""
    pairs: Measured = {one.size: [] for one in workers}
    for _round in range(asked.rounds):
        for one in workers:
            pairs[one.size].append(one.measure(case, asked.requests))
    return pairs


def _figures(database: str, workers: list[Worker], case: int, pairs: Measured) -> Iterator[Figure]:
    """The lines of one case: against the floor at every size, growth, queries."""
    told = [one.cases[case] for one in workers]
    name = f"{database}, {told[0]['name']}"
    for one, words in zip(workers, told, strict=True):
        yield compared(f"{name}, {one.size:,}: {words['rows']} rows", pairs[one.size], words["ratio"])
    if len(workers) > 1:
        yield growth(name, workers[0].size, workers[-1].size, told, pairs)
    yield counted(f"{name}, queries", max(one["counted"] for one in told), told[0]["queries"])


def growth(name: str, few: int, many: int, told: list[dict[str, Any]], pairs: Measured) -> Figure:
    """Ours with many campaigns against ours with few; judged only where both show the same number of rows."""
    label = f"{name}, growth {few:,} to {many:,}"
    first, last = told[0]["rows"], told[-1]["rows"]
    turns = zip(pairs[many], pairs[few], strict=True)
    found = [Pair(large.ours, small.ours) for large, small in turns]
    if first != last:
        return compared(f"{label} ({first} and {last} rows)", found)
    return compared(label, found, told[0]["growth"])
