"""Making the benchmark's campaigns, batch by batch, with as many processes as the database can take."""

import multiprocessing
import os
import random
from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import connection, connections

from campaigns.enums import Phase
from campaigns.models import Campaign
from dashboard.demo.bulk import shape, staff
from dashboard.demo.bulk.rows import Maker
from dashboard.demo.bulk.sheets import go_on_numbering
from dashboard.demo.bulk.tables import Tables
from dashboard.demo.clock import today

BATCH = 1000
MOST_PROCESSES = 4
Tell = Callable[[int], None]


def make(count: int, people: int, tell: Tell = lambda done: None) -> None:
    """Add `count` campaigns and bring the staff up to `people`; `tell` is called with how many stand so far.

    The same call on the same database and day gives the same rows (with the same number of processors).
    """
    day = today()
    crew = staff.load(people, day)
    seed = Campaign.objects.count()
    found = shape.phases(count, random.Random(seed))  # nosec B311
    tables = Tables()
    parts = _processes(count)
    if parts == 1:
        Part(crew, tables, day, seed).make(found, tell)
    else:
        _side_by_side(parts, found, Part(crew, tables, day, seed), tell)
    go_on_numbering(tables.sheets)
    with connection.cursor() as cursor:
        # The planner would otherwise go on thinking that the tables are empty.
        cursor.execute("ANALYZE")
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            # As PostgreSQL does it by itself a little later: the list is read from an index alone.
            cursor.execute(f"VACUUM {Campaign._meta.db_table}")


def _processes(count: int) -> int:
    """One on SQLite, which has one writer, for small numbers, and within somebody's transaction."""
    if connection.vendor != "postgresql" or count <= BATCH or connection.in_atomic_block:
        return 1
    return min(os.cpu_count() or 1, MOST_PROCESSES)


class Part:
    """What one process makes."""

    def __init__(self, crew: staff.Staff, tables: Tables, day: date, seed: int) -> None:
        self.crew, self.tables, self.day, self.seed = crew, tables, day, seed

    def make(self, phases: list[Phase], tell: Tell) -> None:
        """Make and write the campaigns; `tell` is called with how many stand so far."""
        chance = random.Random(self.seed)  # nosec B311
        maker = Maker(self.tables, self.crew, chance)
        for number, phase in enumerate(phases, start=1):
            maker.campaign(phase, *shape.period(phase, self.day, chance))
            if number % BATCH == 0 or number == len(phases):
                self.tables.write()
                tell(number)

    def run(self, place: int, of: int, phases: list[Phase], done: Any, tell: Tell) -> None:
        """The same as a process of its own; every `of`-th campaign and id is its."""
        self.seed = self.seed * of + place
        for sheet in self.tables.sheets:
            sheet.share(place, of)
        told = 0

        def count(number: int) -> None:
            nonlocal told
            with done.get_lock():
                done.value += number - told
                tell(done.value)
            told = number

        self.make(phases[place::of], count)


def _side_by_side(parts: int, phases: list[Phase], part: Part, tell: Tell) -> None:
    """Let each process make its share; RuntimeError if one of them fails."""
    # A connection must not be shared; each process opens its own.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    done = context.Value("i", 0)
    started = [
        context.Process(target=part.run, args=(place, parts, phases, done, tell)) for place in range(parts)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
    if any(process.exitcode for process in started):
        raise RuntimeError("Not all campaigns could be made; what was made is whole.")
