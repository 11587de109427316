"""`manage.py desk_index`: make the search index of the desk anew, or only what is missing of it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from desk.indexing import catch_up, rebuild


class Command(BaseCommand):
    help = "Rebuilds the index behind the search of the desk. Searches find little until it is done."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only mend what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        number = catch_up() if options["missing"] else rebuild()
        if options["verbosity"]:
            self.stdout.write(f"{number} entries written.")
