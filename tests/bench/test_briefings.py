"""The parts of `bench briefings` on three people and a sink of our own; its aims are judged by `figures`."""

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
    turns = [Turn(limit=1.0, ours=ours, peer={5: {"queue": 4.0, "send": 8.0}})] * 3
    lines = {figure.name: figure for figure in figures("SQLite", turns, 1_000)}
    assert list(lines) == [
        "SQLite, sending against the limit (30 % is 3.33x)",
        "SQLite, django-post_office, 5 threads, sending against the limit",
        "SQLite, sending against django-post_office, 5 threads",
        "SQLite, end to end against django-post_office, 5 threads",
    ]
    assert [figure.verdict for figure in lines.values()] == ["met", "–", "met", "met"]
