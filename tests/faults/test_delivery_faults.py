"""What the delivery of briefings promises, shown on real processes that are killed, paused and cut off.

All scenarios share one run (`tests.faults.run`), since starting its processes costs the most. See
docs/developers/faults.md for what each of them would show.
"""

import json
import subprocess
import sys

import pytest
from django.db import connection

from tests.faults import scenarios
from tests.services import postgres_missing
from tests.services.trial import ROOT

pytestmark = pytest.mark.faults
ON_POSTGRESQL = (*scenarios.TOGETHER, *scenarios.ALONE)
ON_SQLITE = (*scenarios.TOGETHER_ON_SQLITE, *scenarios.ALONE_ON_SQLITE)
HERE = ON_POSTGRESQL if connection.vendor == "postgresql" else ON_SQLITE


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What the run told, by scenario."""
    if connection.vendor == "postgresql" and postgres_missing():
        pytest.skip(postgres_missing())
    command = [sys.executable, "-m", "tests.faults.run", connection.vendor, tmp_path_factory.mktemp("faults")]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    lines = [json.loads(line) for line in run.stdout.splitlines() if line.startswith("{")]
    assert lines, run.stderr
    nobody = {"everybody": {"failed": f"ended early: {run.stderr[-5000:]}"}}
    return nobody | {line["scenario"]: line for line in lines if "scenario" in line}


@pytest.mark.parametrize("name", [scenario.__name__ for scenario in HERE])
def test_it_holds_when(told, name):
    assert told[name]["failed"] == ""


def test_after_all_faults_at_once_everything_is_accounted_for(told):
    everybody = told["everybody"]
    assert everybody["failed"] == ""
    verdict = everybody["verdict"]
    assert [verdict[count] for count in ("lost", "twice", "wrong", "unexplained")] == [0, 0, 0, 0]
    # The faults did happen: without doubts or kills this test would show nothing.
    assert verdict["states"]["uncertain"] >= 3
    assert everybody["faults"]["kill -9"] >= 3
