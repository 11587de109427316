"""For cron or systemd: says what is overdue, and exits with 1 if anything is."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import translation

from core.delivery.watchdog import Problem, problems


class Command(BaseCommand):
    help = (
        "Prints one line per problem of the deliveries and exits with 1; with “all is well” and 0 otherwise."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """--minutes, --undecided, --json."""
        parser.add_argument("--minutes", type=int, default=10, help="overdue after so many minutes (10)")
        parser.add_argument(
            "--undecided",
            type=int,
            default=60,
            help="failed or uncertain ones wait for a decision so long (60)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON: ok, problems")

    def handle(self, *args: Any, minutes: int, undecided: int, **options: Any) -> None:
        """Ask, print, and exit."""
        with translation.override("en"):
            try:
                found = problems(minutes=minutes, undecided_minutes=undecided)
            except DatabaseError as error:
                name = type(error).__name__
                found = [Problem("database", "database", 1, 0, f"the database does not answer ({name})")]
        if options["json"]:
            body = {"ok": not found, "problems": [problem.as_dict() for problem in found]}
            self.stdout.write(json.dumps(body))
        else:
            self.stdout.write("\n".join(problem.words for problem in found) or "all is well")
        if found:
            raise SystemExit(1)
