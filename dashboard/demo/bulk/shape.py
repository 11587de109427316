"""How many campaigns are in which phase, and when they run: an archive that grows, work that does not."""

import random
from datetime import date, timedelta

from campaigns.enums import Phase

# Share of all campaigns, and the most there are at once however large the archive is: a company works
# on some hundreds of campaigns and remembers all the others.
OPEN = {
    Phase.DRAFT: (0.10, 600),
    Phase.IN_REVIEW: (0.08, 300),
    Phase.APPROVED: (0.06, 100),
    Phase.LIVE: (0.08, 200),
    Phase.PAUSED: (0.02, 20),
    Phase.FINISHED: (0.10, 2000),
}
CANCELLED_SHARE = 0.06
# Days from today of the first day (earliest, latest) and how long it runs.
STARTS = {
    Phase.DRAFT: (40, 200),
    Phase.IN_REVIEW: (20, 80),
    Phase.APPROVED: (2, 40),
    Phase.LIVE: (-30, -1),
    Phase.PAUSED: (-30, -3),
    Phase.FINISHED: (-120, -60),
    Phase.EVALUATED: (-1800, -120),
    Phase.CANCELLED: (-1800, 60),
}
RUNNING = (Phase.LIVE, Phase.PAUSED)


def phases(count: int, chance: random.Random) -> list[Phase]:
    """The phase of each of `count` campaigns, mixed."""
    found: list[Phase] = []
    for phase, (share, most) in OPEN.items():
        found += [phase] * min(round(count * share), most)
    left = count - len(found)
    cancelled = round(left * CANCELLED_SHARE) if left > 0 else 0
    found += [Phase.CANCELLED] * cancelled + [Phase.EVALUATED] * (left - cancelled)
    chance.shuffle(found)
    return found[:count]


def period(phase: Phase, today: date, chance: random.Random) -> tuple[date, date]:
    """First and last day."""
    first = today + timedelta(days=chance.randint(*STARTS[phase]))
    if phase in RUNNING:
        return first, today + timedelta(days=chance.randint(2, 45))
    return first, first + timedelta(days=chance.randint(6, 45))
