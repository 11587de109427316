"""The long form: many storms by seed and a crowd, each in processes of its own; prints and keeps a report.

nice .venv/bin/python -m tests.faults.long --runs 20 --deliveries 1000 --seed 1 --crowd 10000
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tests.services.trial import ROOT

REPORT = ROOT / "docs" / "reports" / "faults.md"
COUNTS = ("lost", "twice", "wrong", "unexplained")
STATES = ("sent", "failed", "uncertain", "closed", "withheld", "cancelled")


def one_run(*options: str) -> dict:
    """What a run told at last, and the seconds it took; its files stay behind only if it failed."""
    folder = Path(tempfile.mkdtemp(prefix="einklang-faults-"))
    began = time.monotonic()
    command = [sys.executable, "-m", "tests.faults.run", "postgresql", str(folder), *options]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=4000, check=False)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    told = {line["scenario"]: line for line in lines if "scenario" in line}
    empty = {"failed": f"ended early: {run.stderr[-1500:]}"}
    result = told.get("everybody", empty) | {"seconds": time.monotonic() - began, "crowd": told.get("crowd")}
    if result["failed"]:
        print(f"  its logs are in {folder}", flush=True)
    else:
        shutil.rmtree(folder)
    return result


class Results:
    """What earlier runs told, in a file, so that a long command can be stopped and gone on with."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.known = path, {}
        if path and path.exists():
            self.known = dict(json.loads(line) for line in path.read_text().splitlines())

    def of(self, name: str, *options: str) -> dict:
        """The result of the run called `name`; runs it unless it is known."""
        if name not in self.known:
            self.known[name] = one_run(*options)
            if self.path:
                with self.path.open("a") as file:
                    file.write(json.dumps([name, self.known[name]]) + "\n")
        return self.known[name]


def line_of(seed: int, run: dict) -> str:
    """One run in one row of the table."""
    verdict = run.get("verdict", {})
    states = verdict.get("states", {})
    words = [seed, sum(states.values()), verdict.get("accepted", 0)]
    words += [states.get(state, 0) for state in STATES]
    words += [verdict.get(count, "?") for count in COUNTS]
    words += [verdict.get("through_a_pause", 0), f"{run['seconds']:.0f}", "FAILED" if run["failed"] else "ok"]
    return "| " + " | ".join(map(str, words)) + " |"


HEAD = ("seed", "mails", "taken", *STATES, *COUNTS, "through a pause", "seconds", "")


def report(runs: dict[int, dict], crowd: dict | None, asked: argparse.Namespace) -> str:
    """The kept report."""
    good = sum(not run["failed"] for run in runs.values())
    causes, faults = Counter(), Counter()
    for run in runs.values():
        causes.update(run.get("verdict", {}).get("causes", {}))
        faults.update(run.get("faults", {}))
    parts = [
        "# Report: delivery under faults",
        f"Written by `python -m tests.faults.long --runs {asked.runs} --deliveries {asked.deliveries}"
        f" --seed {asked.seed} --crowd {asked.crowd}` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC;"
        f" Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[1]:.1f}."
        " What it means: [faults](../developers/faults.md).",
        f"**{good} of {len(runs)} runs hold**: nothing lost, nothing sent twice, nothing to somebody without"
        " the right, every doubt and every failure explained by a fault of the run.",
        table(HEAD, [line_of(seed, run) for seed, run in runs.items()]),
        "## Where the doubts came from",
        table(("cause", "mails"), [f"| {cause} | {count} |" for cause, count in causes.most_common()]),
        "## What was done to the processes",
        table(("fault", "times"), [f"| {kind} | {count} |" for kind, count in faults.most_common()]),
        *_of_crowd(crowd),
        *(
            f"## Findings of seed {seed}\n\n```\n{run['failed']}\n```"
            for seed, run in runs.items()
            if run["failed"]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def table(head: tuple[str, ...], rows: list[str]) -> str:
    """A table in Markdown."""
    return "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *rows])


def _of_crowd(run: dict | None) -> list[str]:
    if run is None:
        return []
    told = run.get("crowd")
    if run["failed"] or not told:
        return ["## A crowd", f"```\n{run['failed']}\n```"]
    rate = told["mails"] / max(told["took"] - told["published"], 0.001)
    words = (
        f"{told['rows']} people, one worker with two processes: {told['rows']} rows, {told['mails']} mails"
        f" taken, one each. Published in {told['published']:.1f} s, the last mail after {told['took']:.0f} s"
        f" ({rate:.0f} mails a second on this machine beside its other work; the mail server is Python, too)."
    )
    return ["## A crowd", words]


def main() -> int:
    """Run what was asked for; 1 if any run found something."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--deliveries", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--crowd", type=int, default=10_000)
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--results", type=Path, help="runs kept here are not run again; new ones are added")
    asked = parser.parse_args()
    results = Results(asked.results)
    print(table(HEAD, []), flush=True)
    crowd = None
    if asked.crowd:
        crowd = results.of(f"crowd {asked.crowd}", "--crowd", str(asked.crowd))
    runs: dict[int, dict] = {}
    for seed in range(asked.seed, asked.seed + asked.runs):
        options = ("--storm", str(seed), "--deliveries", str(asked.deliveries))
        runs[seed] = results.of(f"storm {seed} {asked.deliveries}", *options)
        print(line_of(seed, runs[seed]), flush=True)
        # After each run, so that a stopped command leaves what it has seen.
        asked.report.parent.mkdir(parents=True, exist_ok=True)
        asked.report.write_text(report(runs, crowd, asked))
    return int(any(run["failed"] for run in (*runs.values(), *([crowd] if crowd else []))))


if __name__ == "__main__":
    sys.exit(main())
