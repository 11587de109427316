"""What is committed when: seen from a second connection at the moment a message is handed over."""

import threading
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.delivery.passing import Passage, passage
from core.delivery.routes import route_for
from core.delivery.smtp import SmtpCourier
from tests.core.sink import DROP


def committed():
    """The states that everybody else sees, by the order of the mails."""
    found = []

    def look():
        found.extend(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
        connection.close()

    other = threading.Thread(target=look)
    other.start()
    other.join(20)
    return found


def in_sql(rows):
    return rows.filter(recipient__is_active=True)


@pytest.fixture
def route(sink):
    sink.pipelining = True
    return replace(route_for("core.outgoingmail"), entitled=None, among=in_sql)


@pytest.fixture
def looking():
    """A courier that notes what is committed when a letter is offered, handed over, and answered."""
    seen = {"offer": [], "transmit": []}

    class Looking(SmtpCourier):
        def offer(self, letter):
            seen["offer"].append(committed())
            super().offer(letter)

        def transmit(self, letter):
            seen["transmit"].append(committed())
            return super().transmit(letter)

    Looking.seen = seen
    return Looking


@pytest.fixture
def three(transactional_db):
    anna = User.objects.create_user("anna@bergmann-soehne.example", language="de")
    for n in range(3):
        OutgoingMail.objects.create(key=str(n), recipient=anna, subject=str(n), language="de")


@pytest.mark.parametrize("pipelining", [True, False])
def test_at_data_the_fence_is_committed_and_so_is_the_answer_before(
    three, sink, route, looking, pipelining, monkeypatch
):
    sink.pipelining = pipelining
    if pipelining:  # the answer for the next one is here as soon as the one to the dot
        monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: courier._asked is letter)
    assert deliver(replace(route, courier=looking)) == {"sent": 3}
    assert looking.seen["transmit"] == [
        ["transmitting", "claimed", "claimed"],
        ["sent", "transmitting", "claimed"],
        ["sent", "sent", "transmitting"],
    ]
    # Only an answer that one commit will take along is held while the next letter is on offer.
    held = "transmitting" if pipelining else "sent"
    assert looking.seen["offer"][1:] == [[held, "claimed", "claimed"], ["sent", held, "claimed"]]
    assert committed() == ["sent"] * 3


def test_an_answer_is_written_down_before_anything_is_waited_for(three, sink, route, looking, monkeypatch):
    monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: False)
    assert deliver(replace(route, courier=looking)) == {"sent": 3}
    assert [states[:number] for number, states in enumerate(looking.seen["offer"])] == [
        [],
        ["sent"],
        ["sent", "sent"],
    ]


def test_one_commit_a_message(three, sink, route, monkeypatch, django_assert_max_num_queries):
    monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: courier._asked is letter)
    deliver(route)  # prepares the statements
    anna = User.objects.get()
    for n in range(40):
        OutgoingMail.objects.create(key=f"more-{n}", recipient=anna, subject=str(n), language="de")
    # PostgreSQL: one for each; SQLite: BEGIN, two updates, COMMIT. Besides, those of the batch.
    each = 1 if connection.vendor == "postgresql" else 4
    with django_assert_max_num_queries(40 * each + 12):
        assert deliver(route) == {"sent": 40}


@pytest.mark.parametrize("kind", [OperationalError, RuntimeError])
def test_a_failing_commit_loses_no_answer(three, sink, route, monkeypatch, kind):
    go, left = Passage.go, [1]

    def failing(self, row, token, answered):
        if answered is not None and left and left.pop():
            raise kind("no")
        return go(self, row, token, answered)

    monkeypatch.setattr(Passage, "go", failing)
    monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: courier._asked is letter)
    tally = deliver(route)
    # A database that fails costs nothing; whatever else fails is laid to the message that could not pass.
    assert tally == ({"sent": 3} if kind is OperationalError else {"sent": 2, "retry": 1})
    assert len(sink.mails) == tally["sent"]
    assert sink.connections == 1


class Stopped(BaseException):
    """As Celery's time limit."""


def test_a_worker_stopped_with_an_answer_in_hand_writes_it_down(three, sink, route):
    class Stopping(SmtpCourier):
        def is_answered(self, letter):
            raise Stopped

    sent = replace(route, courier=Stopping)
    with pytest.raises(Stopped):
        deliver(replace(sent, render=lambda row: route.render(row)))
    assert sorted(committed()) == ["retry", "retry", "retry"]
    Stopping.is_answered = lambda courier, letter: (_ for _ in ()).throw(Stopped) if sink.mails else False
    OutgoingMail.objects.update(due_at="2020-01-01T00:00Z")
    with pytest.raises(Stopped):
        deliver(sent)
    assert committed() == ["sent", "retry", "retry"]


@pytest.mark.row_locks
def test_a_row_that_somebody_holds_does_not_hold_up_the_answer_before(three, sink, route, monkeypatch):
    monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: courier._asked is letter)
    second = OutgoingMail.objects.order_by("pk")[1]
    let_go, held = threading.Event(), threading.Event()
    seen = []

    def hold():
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM core_outgoingmail WHERE id = %s FOR UPDATE", [second.pk])
            held.set()
            let_go.wait(20)
            cursor.execute("COMMIT")
        connection.close()

    class Holding(SmtpCourier):
        def offer(self, letter):
            super().offer(letter)
            if len(sink.mails) == 1 and not held.is_set():
                threading.Thread(target=hold).start()
                held.wait(20)
                threading.Thread(target=watch).start()

    def watch():
        while committed()[0] != "sent":
            pass
        seen.append(committed())
        let_go.set()

    assert deliver(replace(route, courier=Holding)) == {"sent": 3}
    assert seen == [["sent", "claimed", "claimed"]]


@pytest.mark.parametrize("words", ["550 no such person", "451 later", DROP])
def test_a_letter_asked_for_ahead_and_refused_disturbs_nobody(three, sink, route, words):
    sink.answer("RCPT", "250 ok", words)
    tally = deliver(route)
    assert tally["sent"] == 2
    states = committed()
    assert (states[0], states[2]) == ("sent", "sent")
    assert states[1] == ("failed" if words.startswith("550") else "retry")
    assert len(sink.mails) == 2


@pytest.mark.parametrize("words", ["550 spam", DROP])
def test_a_message_refused_after_the_dot_leaves_the_next_one_on_offer_unharmed(three, sink, route, words):
    sink.answer("DATA", words)
    tally = deliver(route)
    assert tally == {"failed" if words != DROP else "uncertain": 1, "sent": 2}
    assert len({to for to, _ in sink.mails}) == 1
    assert len(sink.mails) == (3 if words == DROP else 2)


def test_who_may_not_have_it_is_asked_in_the_fence_itself(three, sink, route):
    def leave(courier, letter):
        if sink.mails:
            User.objects.update(is_active=False)
        SmtpCourier.offer(courier, letter)

    leaving = type("Leaving", (SmtpCourier,), {"offer": leave})
    assert deliver(replace(route, courier=leaving)) == {"sent": 1, "withheld": 2}
    assert committed() == ["sent", "withheld", "withheld"]
    assert len(sink.mails) == 1


def test_a_route_that_asks_in_python_has_no_fast_lane(db):
    route = route_for("core.outgoingmail")
    by_row = replace(route, entitled=bool, among=None)
    assert not passage(by_row).is_open
    assert not passage(replace(route, entitled=None, among=lambda rows: rows.none())).is_open
    assert passage(replace(route, entitled=None, among=in_sql)).is_open
