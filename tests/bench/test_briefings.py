"""The parts of `bench briefings` on three people and a sink of our own; its aims are judged by `figures`."""

from bench.briefings.killed import figure
from bench.briefings.run import Turn, figures
from bench.briefings.worker import Desk
from tests.core.sink import running_sink


def test_our_side_publishes_and_delivers_to_everybody_each_time(db, settings):
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        desk = Desk(3)
        for turn in (1, 2):
            assert desk.publish() > 0
            assert desk.deliver() > 0
            assert len(sink.mails) == 3 * turn
        sample = desk.sample()
    assert sample["bytes"] > 2_000
    assert "{{ name }}" in sample["text"]
    assert "{{ name }}" in sample["html"]


def test_both_aims_are_times_of_one_message():
    ours = {"queue": 1.0, "send": 2.0}
    peer = {"queue": 4.0, "at once": 1.0, "send": 8.0}
    turns = [Turn(limit=1.0, plain=1.5, ours=ours, peer={5: peer})] * 3
    lines = {figure.name: figure for figure in figures("SQLite", turns, 1_000)}
    assert list(lines) == [
        "SQLite, sending against the limit (30 % is 3.33x)",
        "SQLite, smtplib alone, against the limit",
        "SQLite, sending against smtplib alone",
        "SQLite, django-post_office, 5 threads, sending against the limit",
        "SQLite, sending against django-post_office, 5 threads",
        "SQLite, end to end against django-post_office, 5 threads, queued by mail.send",
        "SQLite, end to end against django-post_office, 5 threads, queued by send_many",
    ]
    verdicts = [figure.verdict for figure in lines.values()]
    assert verdicts == ["met", "–", "–", "–", "met", "met", "met"]


def test_nobody_may_get_a_mail_twice():
    assert [figure("SQLite", twice, 1, 60).verdict for twice in (0, 1)] == ["met", "missed"]
    assert str(figure("SQLite", 0, 1, 60)).endswith(
        " | 0 twice, 1 in doubt | 60 twice | – | <= 0 twice | met"
    )
