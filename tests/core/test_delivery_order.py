"""What is committed when: seen from a second connection at the moment a message is handed over."""

import threading
from dataclasses import replace

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from core.delivery.engine import deliver
from core.delivery.handover import Handover
from core.delivery.models import OutgoingMail
from core.delivery.passing import Passage, passage
from core.delivery.routes import route_for
from core.delivery.smtp import SmtpCourier
from core.delivery.sweeper import settle_handovers
from tests.core.sink import DROP


def committed(begun=None):
    """The states that everybody else sees, by the order of the mails; and in `begun` how many are begun."""
    begun = [] if begun is None else begun
    found = []

    def look():
        found.extend(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))
        place = Handover.objects.first()
        begun.append(OutgoingMail.objects.filter(pk__lte=place.begun).count() if place else 0)
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
    seen = {"offer": [], "transmit": [], "begun": []}

    class Looking(SmtpCourier):
        def offer(self, letter):
            seen["offer"].append(committed())
            super().offer(letter)

        def transmit(self, letter):
            seen["transmit"].append(committed(seen["begun"]))
            return super().transmit(letter)

    Looking.seen = seen
    return Looking


@pytest.fixture
def three(transactional_db, monkeypatch):
    # However slow the machine is; the test of a slow server says otherwise.
    monkeypatch.setattr("core.delivery.engine.Pace.SECONDS", 600)
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
    # Only answers that one commit will take along are held while the next letter is on offer.
    held = "transmitting" if pipelining else "sent"
    assert looking.seen["transmit"] == [
        ["transmitting"] * 3,
        [held, "transmitting", "transmitting"],
        [held, held, "transmitting"],
    ]
    assert looking.seen["offer"] == [["claimed"] * 3, *looking.seen["transmit"][1:]]
    # Who looks from outside knows of each message whether it is begun.
    assert looking.seen["begun"] == [1, 2, 3]
    assert committed() == ["sent"] * 3
    assert not Handover.objects.exists()


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
    # One for each; besides, those of four groups (on SQLite statement by statement) and of the batch.
    with django_assert_max_num_queries(40 + 4 * 8 + 12):
        assert deliver(route) == {"sent": 40}


@pytest.mark.parametrize("at", ["turn", "begin"])
@pytest.mark.parametrize("kind", [OperationalError, RuntimeError])
def test_a_failing_commit_loses_no_answer(three, sink, route, monkeypatch, kind, at):
    way, calls = getattr(Passage, at), []

    def failing(self, *args):
        calls.append(args)
        # The first turn, which fences; the second message.
        if len(calls) == (1 if at == "turn" else 2):
            raise kind("no")
        return way(self, *args)

    monkeypatch.setattr(Passage, at, failing)
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

    monkeypatch.setattr("core.delivery.engine.Pace.FIRST", 1)

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


def test_after_an_answer_that_is_none_the_next_one_goes_over_a_new_connection(three, sink, route):
    sink.answer("DATA", "OK whatever")
    assert deliver(route) == {"uncertain": 1, "sent": 2}
    # One that goes on could take a late answer for that of another message.
    assert (sink.connections, committed()) == (2, ["uncertain", "sent", "sent"])


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


def test_who_loses_the_right_after_his_group_has_passed_is_withheld_uncharged(
    three, sink, route, monkeypatch
):
    begin = Passage.begin

    def late(self, row, token):
        if sink.mails:
            User.objects.update(is_active=False)
        return begin(self, row, token)

    monkeypatch.setattr(Passage, "begin", late)
    assert deliver(route) == {"sent": 1, "withheld": 2}
    assert list(OutgoingMail.objects.order_by("pk").values_list("attempt", flat=True)) == [1, 0, 0]


def test_a_worker_whose_place_is_gone_passes_each_on_its_own(three, sink, route, looking, monkeypatch):
    """As after a crash of PostgreSQL: it knows what it has not begun, and each gets a fence of its own."""
    begin = Passage.begin

    def gone(self, row, token):
        if sink.mails:
            Handover.objects.all().delete()
        return begin(self, row, token)

    monkeypatch.setattr(Passage, "begin", gone)
    assert deliver(replace(route, courier=looking)) == {"sent": 3}
    assert looking.seen["transmit"][1:] == [
        ["sent", "transmitting", "transmitting"],
        ["sent", "sent", "transmitting"],
    ]


def test_a_worker_that_was_taken_for_dead_sends_nothing_more_of_the_group(three, sink, route, monkeypatch):
    begin = Passage.begin

    def lapsed(self, row, token):
        if sink.mails:
            for model in (OutgoingMail, Handover):
                model.objects.filter(lease_until__isnull=False).update(lease_until="2020-01-01T00:00Z")
            settle_handovers([OutgoingMail])
            OutgoingMail.objects.filter(state="retry").update(due_at="2099-01-01T00:00Z")
        return begin(self, row, token)

    monkeypatch.setattr(Passage, "begin", lapsed)
    monkeypatch.setattr(SmtpCourier, "is_answered", lambda courier, letter: courier._asked is letter)
    # The first one's answer was in hand: whoever settles it, it is sent, or in doubt until the answer comes.
    tally = deliver(route)
    assert tally == {"sent": 1, "lost": 2}
    assert committed() == ["sent", "retry", "retry"]
    assert len(sink.mails) == 1


def test_a_slow_server_makes_the_groups_small(three, sink, route, looking, monkeypatch):
    monkeypatch.setattr("core.delivery.engine.Pace.SECONDS", -1)
    monkeypatch.setattr("core.delivery.engine.Pace.FIRST", 2)
    assert deliver(replace(route, courier=looking)) == {"sent": 3}
    assert looking.seen["transmit"] == [
        ["transmitting", "transmitting", "claimed"],
        ["sent", "transmitting", "claimed"],
        ["sent", "sent", "transmitting"],
    ]


@pytest.mark.only_on("postgresql")
def test_a_crash_empties_the_places_and_the_fence_waits_for_the_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'core_handover'")
        assert cursor.fetchone() == ("u",)


@pytest.mark.only_on("sqlite")
def test_on_sqlite_only_the_fence_waits_for_the_disk(three, sink, route, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    seen = []
    for name in ("_one_by_one", "begin"):
        way = getattr(Passage, name)

        def look(self, *args, way=way, name=name):
            with connection.cursor() as cursor:
                seen.append((name, cursor.execute("PRAGMA synchronous").fetchone()[0]))
            return way(self, *args)

        monkeypatch.setattr(Passage, name, look)
    assert deliver(route) == {"sent": 3}
    normal, full = 1, 2
    assert seen == [("_one_by_one", full), *[("begin", normal)] * 3, ("_one_by_one", normal)]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
