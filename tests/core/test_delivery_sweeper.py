"""What beat does: lapsed leases and hints; and the tasks that workers run."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import tasks
from core.delivery import hints, sweeper
from core.delivery.handover import Handover, this_start
from core.delivery.models import OutgoingMail, RoutePause
from core.emails import queue_mail

AGO = timedelta(seconds=5)


@pytest.fixture
def hinted(monkeypatch):
    """Every hint given, as (label, route, repeat)."""
    given = []

    def give(label, route="mail", repeat=False):
        given.append((label, route, repeat))
        return True

    monkeypatch.setattr(sweeper, "hint", give)
    monkeypatch.setattr(tasks, "hint", give)
    return given


def explained(cursor, sql):
    cursor.execute(sql)
    return str(cursor.fetchall())


def held(make_mail, key, state, attempt, ends):
    return make_mail(key, state=state, attempt=attempt, claim_token=uuid.uuid4(), lease_until=ends)


@pytest.mark.parametrize(
    ("state", "attempt", "becomes"),
    [
        ("claimed", 1, "retry"),
        ("claimed", 7, "retry"),
        ("claimed", 8, "failed"),
        ("transmitting", 1, "uncertain"),
        ("transmitting", 8, "uncertain"),
    ],
)
def test_a_lease_that_is_over(make_mail, hinted, state, attempt, becomes):
    mail = held(make_mail, "m", state, attempt, timezone.now() - AGO)
    tally = sweeper.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempt, mail.lease_until) == (becomes, attempt, None)
    assert tally[becomes] == 1
    assert mail.failure.startswith("The worker stopped")


@pytest.mark.parametrize("state", ["claimed", "transmitting"])
def test_a_lease_that_runs_is_left_alone(make_mail, hinted, state):
    mail = held(make_mail, "m", state, 1, timezone.now() + AGO)
    sweeper.sweep()
    mail.refresh_from_db()
    assert mail.state == state


@pytest.fixture
def group(make_mail):
    """Five mails that passed together; the third is begun, and the lease is over."""
    token, ends = uuid.uuid4(), timezone.now() - AGO
    held = {"state": "transmitting", "claim_token": token, "lease_until": ends}
    rows = [make_mail(str(n), attempt=8 if n == 4 else 1, **held) for n in range(5)]
    place = Handover.objects.create(
        token=token, first=rows[0].pk, begun=rows[2].pk, lease_until=ends, boot=this_start()
    )
    return rows, place


def states(rows):
    return list(OutgoingMail.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True))[
        ::-1
    ]


def test_of_a_group_whose_worker_is_gone_only_the_one_begun_is_in_doubt(group, hinted):
    rows, _place = group
    tally = sweeper.sweep()
    assert states(rows) == ["sent", "sent", "uncertain", "retry", "failed"]
    assert (tally["sent"], tally["uncertain"], tally["retry"], tally["failed"]) == (2, 1, 1, 1)
    assert not Handover.objects.exists()


def test_a_group_whose_place_is_gone_is_in_doubt_as_a_whole(group, hinted):
    rows, place = group
    place.delete()  # as a crash of PostgreSQL does
    assert sweeper.sweep()["uncertain"] == 5
    assert states(rows) == ["uncertain"] * 5


def test_a_place_of_an_earlier_start_of_the_machine_says_nothing(group, hinted):
    rows, _place = group
    Handover.objects.update(boot="before")
    assert sweeper.sweep()["uncertain"] == 5
    rows[0].refresh_from_db()
    assert (
        rows[0].failure
        == "The worker and the database's machine stopped during transmission; no answer was kept."
    )


def test_a_worker_that_says_where_it_is_keeps_its_group(group, hinted):
    rows, _place = group
    Handover.objects.update(lease_until=timezone.now() + AGO)
    sweeper.sweep()
    assert states(rows) == ["transmitting"] * 5


def test_what_passed_before_the_group_is_not_explained_by_it(group, hinted):
    rows, _place = group
    Handover.objects.update(first=rows[1].pk)
    sweeper.sweep()
    assert states(rows) == ["uncertain", "sent", "uncertain", "retry", "failed"]


def test_due_rows_are_hinted_once_a_minute(make_mail, hinted):
    make_mail()
    assert sweeper.sweep()["hinted"] == 1
    assert sweeper.sweep()["hinted"] == 0
    assert hinted == [("core.outgoingmail", "mail", False)]
    OutgoingMail.objects.update(hinted_at=timezone.now() - timedelta(seconds=61))
    assert sweeper.sweep()["hinted"] == 1
    assert len(hinted) == 2


def test_repeated_attempts_are_hinted_to_the_slow_queue(make_mail, hinted):
    make_mail(state="retry", attempt=2)
    sweeper.sweep()
    assert hinted == [("core.outgoingmail", "mail", True)]


def test_many_due_rows_bring_few_hints(anna, hinted):
    rows = [OutgoingMail(key=str(n), recipient=anna, language="de") for n in range(230)]
    OutgoingMail.objects.bulk_create(rows)
    assert sweeper.sweep()["hinted"] == 230
    assert len(hinted) == 3


def test_a_paused_route_is_not_hinted(make_mail, hinted):
    make_mail()
    RoutePause.objects.create(route="mail", until=timezone.now() + timedelta(minutes=1), reason="down")
    assert sweeper.sweep()["hinted"] == 0
    assert hinted == []


@pytest.mark.parametrize("state", ["sent", "failed", "uncertain", "closed", "withheld", "cancelled"])
def test_settled_rows_are_not_hinted(make_mail, hinted, state):
    make_mail(state=state, sent_at=timezone.now())
    assert sweeper.sweep()["hinted"] == 0


def test_sweep_and_deliver_tasks_send_what_a_lost_hint_left(sink, make_mail, hinted):
    mail = make_mail()
    tasks.sweep()
    for args in hinted:
        tasks.deliver(*args)
    mail.refresh_from_db()
    assert mail.state == "sent"


def test_doubled_hints_send_once(sink, make_mail, hinted):
    make_mail()
    for _ in range(3):
        tasks.deliver("core.outgoingmail")
    assert len(sink.mails) == 1


def test_a_hint_for_something_unknown_is_ignored(db, caplog):
    tasks.deliver("core.nothing")
    assert "No route mail is registered for core.nothing" in caplog.text


def test_a_worker_whose_time_is_over_asks_for_another_turn(sink, make_mail, hinted, monkeypatch):
    make_mail()
    monkeypatch.setattr(tasks, "WORK_SECONDS", 0)
    tasks.deliver("core.outgoingmail")
    assert hinted == [("core.outgoingmail", "mail", False)]


def test_a_broker_that_is_away_stops_nobody(monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(hints.current_app, "send_task", broken)
    assert hints.hint("core.outgoingmail") is False
    assert "no broker" in caplog.text


def test_a_hint_names_task_queue_and_row_kind(monkeypatch):
    sent = []
    monkeypatch.setattr(hints.current_app, "send_task", lambda *a, **k: sent.append((a, k)))
    assert hints.hint("core.outgoingmail") is hints.hint("core.outgoingmail", "mail", True) is True
    assert [(a[1], k["queue"]) for a, k in sent] == [
        (("core.outgoingmail", "mail", False), "mail"),
        (("core.outgoingmail", "mail", True), "slow"),
    ]
    assert {a[0] for a, _ in sent} == {tasks.deliver.name}


def test_one_commit_gives_one_hint(anna, monkeypatch, django_capture_on_commit_callbacks, mail_templates):
    given = []
    monkeypatch.setattr(hints.current_app, "send_task", lambda *a, **k: given.append(a[1]))
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(3):
            queue_mail(key=f"k{n}", to=anna, template=mail_templates, context={"name": "x"})
    assert given == [("core.outgoingmail", "mail", False)]


def test_what_is_due_is_found_by_an_index_however_much_was_sent(make_mail, hinted, route):
    make_mail()
    with CaptureQueriesContext(connection) as queries:
        sweeper.hint_due(route)
    due = [q["sql"] for q in queries if '"due_at" <=' in q["sql"]]
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # one row is read faster without any index
        plans = [explained(cursor, f"{explain} {sql}") for sql in due]
    assert len(plans) == 2
    assert all("core_outgoingmail_due" in plan for plan in plans)
