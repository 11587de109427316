"""One process of the product on one database, as in bench/pages, with the pages of the calendar."""

import json
import sys
from datetime import timedelta
from typing import Any

import django


def cases() -> list[Any]:
    """Pages with their readers and aims; the month is the one that is judged."""
    from django.utils import timezone

    from bench.pages.cases import Case
    from bench.pages.people import marketers, signed_in

    everywhere, single = marketers()
    ahead = timezone.localdate() + timedelta(days=20)
    found = []
    for who, user in (("everywhere", everywhere), ("one region", single)):
        reader = signed_in(user)
        found += [
            Case(f"month ({who})", reader, f"/calendar/?on={ahead}", ratio=RATIO, queries=QUERIES),
            Case(f"month by channel ({who})", reader, f"/calendar/?on={ahead}&group=channel", ratio=RATIO),
            Case(f"week ({who})", reader, f"/calendar/?on={ahead}&view=week", ratio=RATIO),
            Case(f"quarter ({who})", reader, f"/timeline/?on={ahead}", ratio=RATIO, queries=QUERIES),
        ]
    return found


RATIO, QUERIES = 2.0, 20


def main() -> None:
    """Say what there is to measure and who reads it, then answer until the input ends."""
    django.setup()
    from bench.pages.people import PASSWORD
    from bench.pages.worker import Browser, Measured

    browser = Browser()
    measured = [Measured(browser, case) for case in cases()]
    told = [one.described() | {"email": one.case.reader.user.email, "password": PASSWORD} for one in measured]
    print(json.dumps(told), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(measured[asked["case"]].measure(asked["requests"])), flush=True)


if __name__ == "__main__":
    main()
