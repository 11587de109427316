"""One run against real processes, in a process of its own.

    python -m tests.faults.run DATABASE FOLDER [SCENARIO ...]     the short form, or some of its scenarios
    python -m tests.faults.run DATABASE FOLDER --storm SEED --deliveries N
    python -m tests.faults.run DATABASE FOLDER --crowd N

DATABASE is postgresql or sqlite; logs, journal and faults stay in FOLDER. Prints a JSON object per line:
{"at": seconds, "scenario": name, "failed": reason or ""}, at last "everybody" with the verdict.
"""

import argparse
from pathlib import Path

import django

from tests.faults.stage import stage_on


def main() -> None:
    """Start the services, then play."""
    parser = argparse.ArgumentParser()
    parser.add_argument("database", choices=["postgresql", "sqlite"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("only", nargs="*")
    parser.add_argument("--storm", type=int)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--crowd", type=int)
    asked = parser.parse_args()
    with stage_on(asked.database, asked.folder, children=2 if asked.database == "postgresql" else 1) as stage:
        django.setup()
        from tests.faults import play

        if asked.crowd:
            play.crowd(stage, size=asked.crowd)
        elif asked.storm is not None:
            play.storm(stage, seed=asked.storm, size=asked.deliveries)
        else:
            play.short(stage, asked.database, asked.only)


if __name__ == "__main__":
    main()
