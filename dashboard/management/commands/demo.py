"""`manage.py demo`: a company to try Einklang with, its sign-ins, or many campaigns for benchmarks."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from dashboard.demo import loading
from dashboard.demo.bulk.run import make
from dashboard.demo.people import PASSWORD, waiting


class Command(BaseCommand):
    help = (
        "Loads the demo company: staff, teams, channels and campaigns in every state. Can be repeated: what "
        "is there already stays as it is."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="only print with what to sign in")
        parser.add_argument("--campaigns", type=int, help="make that many campaigns for benchmarks instead")
        parser.add_argument("--staff", type=int, default=2000, help="people made for them (default 2000)")
        parser.add_argument("--force", action="store_true", help="also where real people may work")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            self._sign_ins()
            return
        if not (settings.EMBEDDED or settings.DEBUG or options["force"]):
            raise CommandError(
                "The demo is for trials: its people share one known password. Use --force to load it here."
            )
        if options["campaigns"] is not None:
            self._many(options["campaigns"], options["staff"])
            return
        count = loading.load()
        self._say(options, f"The demo company is there, with {count} campaigns.")
        if options["verbosity"]:
            self._sign_ins()

    def _say(self, options: dict[str, Any], words: str) -> None:
        if options["verbosity"]:
            self.stdout.write(words)

    def _sign_ins(self) -> None:
        rows = waiting()
        if not rows:
            return
        width = max(len(person.email) for person, _waits in rows)
        self.stdout.write(f"Sign in with the password {PASSWORD} as")
        for person, waits in rows:
            self.stdout.write(f"  {person.email:<{width}}  {person.role}. Waiting: {waits}")

    def _many(self, count: int, staff: int) -> None:
        if count < 1 or staff < 1:
            raise CommandError("Name at least one campaign and one person.")
        make(count, staff, lambda done: self.stdout.write(f"{done} of {count} campaigns"))
