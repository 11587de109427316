"""Making the campaigns on which everything else is measured."""

import argparse
from collections.abc import Iterator

from bench.figures import Figure, not_had, took
from bench.services import site
from tests.services import postgres_missing

MOST_SECONDS = 300
MANY = 100_000


def bench(options: list[str]) -> Iterator[Figure]:
    """How long `manage.py demo` takes for 100,000 campaigns and 2,000 people on PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m bench demo")
    parser.add_argument("--campaigns", type=int, default=MANY)
    parser.add_argument("--staff", type=int, default=2000)
    asked = parser.parse_args(options)
    if missing := postgres_missing():
        yield not_had("demo on PostgreSQL", missing)
        return
    with site() as here:
        url = here.database("postgresql", "demo")
        yield made("PostgreSQL", asked.campaigns, here.campaigns(url, asked.campaigns, asked.staff))


def made(database: str, campaigns: int, seconds: float) -> Figure:
    """The line for making campaigns; the aim holds for PostgreSQL."""
    most = MOST_SECONDS if database == "PostgreSQL" else None
    return took(f"{database}, demo of {campaigns:,} campaigns", seconds, most)
