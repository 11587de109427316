"""`manage.py watchdog`: one line per problem and 1, or all is well and 0."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from core.delivery.clock import db_now
from core.delivery.models import Heartbeat, RoutePause
from core.delivery.states import State
from core.delivery.watchdog import beat_seen
from core.tasks import sweep


@pytest.fixture
def ask(db, capsys):
    """The watchdog's exit code and words."""

    def run(*args):
        code = 0
        try:
            call_command("watchdog", *args)
        except SystemExit as stopped:
            code = stopped.code
        return code, capsys.readouterr().out.strip()

    return run


def ago(**time):
    return db_now() - timedelta(**time)


def test_all_is_well_once_beat_has_been_seen(ask, make_mail):
    assert ask() == (1, "beat and workers have never been seen working")
    sweep()
    make_mail("due", due_at=ago(minutes=9))
    make_mail("fresh", state=State.FAILED, changed_at=ago(minutes=59))
    make_mail("held", state=State.WITHHELD, changed_at=ago(days=9))
    assert ask() == (0, "all is well")
    Heartbeat.objects.update(at=ago(minutes=3))
    assert ask() == (1, "beat or the workers are silent for 3 min")


def test_every_problem_has_its_line_and_no_secret(ask, make_mail):
    beat_seen()
    make_mail("due", due_at=ago(minutes=30))
    make_mail("digest", route="digest", due_at=ago(hours=30))
    make_mail("failed", state=State.FAILED, changed_at=ago(hours=3))
    make_mail("doubt", state=State.UNCERTAIN, changed_at=ago(hours=2))
    RoutePause.objects.create(
        route="chat", reason="down", until=db_now() + timedelta(minutes=1), since=ago(minutes=4)
    )
    code, words = ask()
    assert code == 1
    assert words.splitlines() == [
        "route chat is paused: down",
        "1 of core.outgoingmail by mail overdue, the oldest for 30 min",
        "1 notices wait for a digest, the oldest for 1800 min",
        "2 of core.outgoingmail wait for a decision, the oldest for 180 min",
    ]
    assert "@" not in words
    assert ask("--minutes", "60", "--undecided", "600")[1].splitlines()[1:] == [
        "1 notices wait for a digest, the oldest for 1800 min"
    ]


def test_as_json(ask, make_mail):
    beat_seen()
    assert json.loads(ask("--json")[1]) == {"ok": True, "problems": []}
    make_mail(due_at=ago(minutes=30))
    code, words = ask("--json")
    (problem,) = json.loads(words)["problems"]
    assert (code, problem["what"], problem["count"], problem["minutes"]) == (1, "overdue", 1, 30)
