"""Making the benchmark's campaigns, batch by batch."""

import random
from collections.abc import Callable

from django.db import connection

from campaigns.models import Campaign
from dashboard.demo.bulk import shape, staff
from dashboard.demo.bulk.rows import Maker
from dashboard.demo.bulk.tables import Tables
from dashboard.demo.clock import today

BATCH = 1000


def make(count: int, people: int, tell: Callable[[int], None] = lambda done: None) -> None:
    """Add `count` campaigns and bring the staff up to `people`; `tell` is called with how many stand so far.

    The same call on the same database and day gives the same rows.
    """
    day = today()
    crew = staff.load(people, day)
    chance = random.Random(Campaign.objects.count())  # nosec B311
    tables = Tables()
    maker = Maker(tables, crew, chance)
    for number, phase in enumerate(shape.phases(count, chance), start=1):
        maker.campaign(phase, *shape.period(phase, day, chance))
        if number % BATCH == 0 or number == count:
            tables.write()
            tell(number)
    with connection.cursor() as cursor:
        # The planner would otherwise go on thinking that the tables are empty.
        cursor.execute("ANALYZE")
