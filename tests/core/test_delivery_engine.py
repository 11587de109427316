"""The loop of a worker against a real mail server that answers as the test says."""

import uuid
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.utils import timezone

from core.delivery import engine
from core.delivery.claiming import claim, fence
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail, RoutePause
from core.delivery.routes import Route, register_route, route_for
from core.delivery.smtp import SmtpCourier
from core.delivery.states import State
from tests.core.sink import DROP

SOON = timedelta(seconds=5)


@pytest.fixture(params=["step by step", "fast lane"])
def route(request):
    """The route of mails; on the fast lane the server takes commands together and one commit serves two."""
    found = route_for("core.outgoingmail")
    if request.param == "step by step":
        return replace(found, entitled=lambda mail: mail.recipient.is_active, among=None)
    if "sink" in request.fixturenames:
        request.getfixturevalue("sink").pipelining = True
    return replace(found, entitled=None, among=lambda rows: rows.filter(recipient__is_active=True))


def reread(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


def due_in(mail):
    """Whole minutes until the row is due, by this machine's clock (the tests' database runs on it)."""
    return round((reread(mail).due_at - timezone.now()).total_seconds() / 60, 1)


def make_due(mail):
    OutgoingMail.objects.filter(pk=mail.pk).update(due_at=timezone.now() - SOON)


def test_a_queued_mail_arrives_once(sink, route, make_mail):
    mail = make_mail()
    assert deliver(route) == {"sent": 1}
    assert deliver(route) == {}
    row = reread(mail)
    assert (row.state, row.attempt, row.failure, row.claim_token, row.lease_until) == (
        "sent",
        1,
        "",
        None,
        None,
    )
    assert abs(timezone.now() - row.sent_at) < SOON
    assert sink.recipients == [("anna@bergmann-soehne.example",)]
    (message,) = sink.messages
    assert message["Message-ID"] == row.message_id
    assert message["To"] == "Anna Müller <anna@bergmann-soehne.example>"
    assert message["Subject"] == "Grüße"


def test_many_mails_share_one_connection_and_each_has_one_recipient(sink, route, make_mail):
    for n in range(45):
        make_mail(f"m{n}")
    assert deliver(route) == {"sent": 45}
    assert sink.connections == 1
    assert sink.recipients == [("anna@bergmann-soehne.example",)] * 45
    assert len({m["Message-ID"] for m in sink.messages}) == 45


def test_what_is_not_due_yet_waits(sink, route, make_mail):
    make_mail(due_at=timezone.now() + timedelta(hours=1))
    assert deliver(route) == {}
    assert sink.mails == []


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
def test_a_temporary_refusal_is_tried_again_later_with_the_same_message_id(sink, route, make_mail, phase):
    mail = make_mail()
    sink.answer(phase, "451 come back later")
    assert deliver(route) == {"retry": 1}
    row = reread(mail)
    assert (row.state, row.attempt, row.failure) == ("retry", 1, "451 come back later")
    assert (row.claim_token, row.lease_until) == (None, None)
    assert due_in(mail) == 1.0
    assert deliver(route, repeat=True) == {}
    make_due(mail)
    assert deliver(route) == {}
    assert deliver(route, repeat=True) == {"sent": 1}
    assert reread(mail).attempt == 2
    assert [m["Message-ID"] for m in sink.messages] == [row.message_id]


@pytest.mark.parametrize("phase", ["MAIL", "RCPT", "DATA"])
def test_a_permanent_refusal_fails_with_the_servers_words(sink, route, make_mail, phase):
    mail = make_mail()
    sink.answer(phase, "550 no such person")
    assert deliver(route) == {"failed": 1}
    assert (reread(mail).state, reread(mail).failure) == ("failed", "550 no such person")
    assert deliver(route, repeat=True) == deliver(route) == {}
    assert sink.mails == []


def test_a_refusal_does_not_disturb_the_next_mail(sink, route, make_mail):
    for n in range(3):
        make_mail(f"m{n}")
    sink.answer("RCPT", "250 ok", "550 unknown", "250 ok")
    assert deliver(route) == {"sent": 2, "failed": 1}
    assert [r.state for r in OutgoingMail.objects.order_by("pk")] == ["sent", "failed", "sent"]


def test_the_eighth_refused_attempt_fails(sink, route, make_mail):
    mail = make_mail()
    waits = []
    for attempt in range(1, 9):
        make_due(mail)
        sink.answer("RCPT", f"450 try {attempt}")
        deliver(route, repeat=attempt > 1)
        waits.append(due_in(mail))
    row = reread(mail)
    assert (row.state, row.attempt, row.failure) == ("failed", 8, "450 try 8")
    assert waits[:7] == [1, 2, 4, 8, 16, 32, 64]
    assert deliver(route, repeat=True) == {}


def test_a_drop_after_the_dot_is_a_doubt_and_nothing_is_sent_again(sink, route, make_mail):
    mail = make_mail()
    sink.answer("DATA", DROP)
    assert deliver(route) == {"uncertain": 1}
    row = reread(mail)
    assert row.state == "uncertain"
    assert row.failure.startswith("No answer after DATA")
    make_due(mail)
    assert deliver(route) == deliver(route, repeat=True) == {}
    assert len(sink.mails) == 1


def test_no_answer_in_time_is_a_doubt(sink, route, make_mail, monkeypatch):
    monkeypatch.setattr("core.delivery.smtp.ANSWER_SECONDS", 0.1)
    sink.delay = 0.5
    mail = make_mail()
    assert deliver(route) == {"uncertain": 1}
    assert reread(mail).failure.endswith("timed out")


def test_after_a_drop_the_next_mail_goes_over_a_new_connection(sink, route, make_mail):
    make_mail("m1")
    make_mail("m2")
    sink.answer("DATA", DROP)
    assert deliver(route) == {"uncertain": 1, "sent": 1}
    assert sink.connections == 2


def test_a_kept_connection_that_the_server_closed_costs_no_attempt(sink, route, make_mail):
    make_mail("m1")
    second = make_mail("m2")
    sink.answer("MAIL", "250 ok", DROP)
    assert deliver(route) == {"sent": 2}
    assert reread(second).attempt == 1
    assert RoutePause.objects.count() == 0


def test_a_server_that_hangs_up_at_a_recipient_charges_only_him(sink, route, make_mail):
    mail = make_mail()
    sink.answer("RCPT", DROP)
    assert deliver(route) == {"retry": 1}
    assert reread(mail).failure.startswith("The mail server hung up at RCPT")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtp://127.0.0.1:1", "smtp://127.0.0.1:1: [Errno 111] Connection refused"),
        ("", "EMAIL_URL is not set."),
        ("http://x", "EMAIL_URL: it must start with"),
    ],
)
def test_an_unreachable_server_pauses_the_route_and_charges_nobody(route, make_mail, settings, url, said):
    settings.EMAIL_URL = url
    fresh, tried = make_mail("m1"), make_mail("m2", state="retry", attempt=7)
    due = {fresh.pk: reread(fresh).due_at, tried.pk: reread(tried).due_at}
    assert deliver(route) == {}
    RoutePause.objects.update(until=timezone.now() - SOON)
    assert deliver(route, repeat=True) == {}
    rows = OutgoingMail.objects.order_by("pk")
    assert [(r.state, r.attempt) for r in rows] == [("retry", 0), ("retry", 7)]
    assert {r.pk: r.due_at for r in rows} == due
    assert RoutePause.objects.get().reason.startswith(said)


def test_a_server_without_starttls_or_sign_in_pauses_the_route(sink, route, make_mail, settings):
    mail = make_mail()
    settings.EMAIL_URL = sink.url.replace("smtp://", "smtp+tls://")
    assert deliver(route) == {}
    assert "STARTTLS extension not supported" in RoutePause.objects.get().reason
    RoutePause.objects.all().delete()
    settings.EMAIL_URL = sink.url.replace("smtp://", "smtp://user:secret@")
    assert deliver(route) == {}
    pause = RoutePause.objects.get()
    assert "AUTH" in pause.reason
    assert "secret" not in pause.reason
    assert (reread(mail).state, reread(mail).attempt) == ("retry", 0)
    assert sink.mails == []


@pytest.mark.parametrize("words", ["421 closing down", "530 sign in first"])
def test_words_about_the_server_pause_the_route(sink, route, make_mail, words):
    mail = make_mail()
    sink.answer("MAIL", words)
    assert deliver(route) == {}
    assert (reread(mail).attempt, RoutePause.objects.get().reason) == (0, words)


def test_a_paused_route_claims_nothing_until_its_time_and_success_ends_the_pause(sink, route, make_mail):
    make_mail()
    RoutePause.objects.create(route="mail", until=timezone.now() + timedelta(minutes=1), reason="down")
    assert deliver(route) == {}
    RoutePause.objects.update(until=timezone.now() - SOON)
    assert deliver(route) == {"sent": 1}
    assert RoutePause.objects.count() == 0


def test_the_pause_doubles_up_to_five_minutes(db):
    from core.delivery.pauses import pause

    waits = []
    for _ in range(8):
        pause("mail", "down")
        row = RoutePause.objects.get()
        waits.append(round((row.until - timezone.now()).total_seconds()))
        RoutePause.objects.update(until=timezone.now() - SOON)
    assert waits == [5, 10, 20, 40, 80, 160, 300, 300]


def test_two_workers_at_the_same_wall_pause_it_once(db):
    from core.delivery.pauses import pause

    pause("mail", "down")
    pause("mail", "down")
    assert RoutePause.objects.get().failures == 1


def test_somebody_who_left_between_claim_and_fence_gets_nothing(sink, route, make_mail, anna):
    mail = make_mail()

    def leave():
        type(anna).objects.filter(pk=anna.pk).update(is_active=False)

    leaving = replace(route, render=lambda row: (leave(), route.render(row))[1])
    assert deliver(leaving) == {"withheld": 1}
    row = reread(mail)
    assert (row.state, row.attempt, row.claim_token) == ("withheld", 0, None)
    assert sink.mails == []


def test_a_lost_claim_is_not_transmitted(sink, route, make_mail):
    mail = make_mail()

    def taken_over(row):
        OutgoingMail.objects.filter(pk=row.pk).update(claim_token=uuid.UUID(int=7))
        return route.render(row)

    assert deliver(replace(route, render=taken_over)) == {"lost": 1}
    assert reread(mail).state == "claimed"
    assert sink.mails == []


def test_the_fence_lets_each_claim_pass_once(route, make_mail):
    make_mail()
    batch = claim(route)
    assert fence(route, batch.rows[0], uuid.UUID(int=7)) is False
    assert fence(route, batch.rows[0], batch.token) is True
    assert fence(route, batch.rows[0], batch.token) is False


def test_claims_do_not_overlap(route, make_mail):
    for n in range(5):
        make_mail(f"m{n}")
    first, second, third = claim(route, limit=3), claim(route, limit=3), claim(route, limit=3)
    keys = [[r.key for r in batch.rows] for batch in (first, second, third)]
    assert keys == [["m0", "m1", "m2"], ["m3", "m4"], []]


def test_repeated_attempts_are_claimed_singly(route, make_mail):
    for n in range(3):
        make_mail(f"m{n}", state="retry", attempt=1)
    assert [r.key for r in claim(route, repeat=True).rows] == ["m0"]
    assert [(r.key, r.attempt) for r in claim(route, repeat=True).rows] == [("m1", 2)]


def test_a_mail_that_cannot_be_made_stops_nobody_and_is_not_tried_for_ever(sink, route, make_mail):
    poison, good = make_mail("poison"), make_mail("good")

    def render(row):
        if row.key == "poison":
            raise ZeroDivisionError("cannot count")
        return route.render(row)

    assert deliver(replace(route, render=render)) == {"retry": 1, "sent": 1}
    assert (reread(poison).attempt, reread(poison).failure) == (1, "ZeroDivisionError: cannot count")
    assert reread(good).state == "sent"


def test_an_address_that_is_none_fails_with_a_clear_word(sink, route, make_mail, anna):
    type(anna).objects.filter(pk=anna.pk).update(email="no address")
    mail = make_mail()
    assert deliver(route) == {"failed": 1}
    assert reread(mail).failure == "'no address' is not an e-mail address."


class Stopped(BaseException):
    """As SystemExit, or Celery's time limit: not an error of the message."""


class StoppingCourier(SmtpCourier):
    phase = "transmit"

    def transmit(self, letter):
        super().transmit(letter)
        raise Stopped


def test_a_worker_stopped_while_transmitting_leaves_a_doubt_and_gives_the_rest_back(sink, route, make_mail):
    mail, other = make_mail("m1"), make_mail("m2")
    with pytest.raises(Stopped):
        deliver(replace(route, courier=StoppingCourier))
    assert (reread(mail).state, reread(mail).failure) == ("uncertain", "Stopped while transmitting: Stopped")
    assert (reread(other).state, reread(other).attempt) == ("retry", 0)
    assert deliver(route) == {"sent": 1}


def test_an_answer_that_comes_after_the_lease_ends_its_own_doubt_only(sink, route, make_mail):
    mail = make_mail()

    def lapse(**fields):
        return lambda: OutgoingMail.objects.filter(pk=mail.pk).update(state=State.UNCERTAIN, **fields)

    class Late(SmtpCourier):
        def transmit(self, letter):
            answer = super().transmit(letter)
            lapse()()
            return answer

    assert deliver(replace(route, courier=Late)) == {"sent": 1}
    assert reread(mail).state == "sent"


def test_a_late_answer_does_not_overrule_what_a_person_decided(sink, route, make_mail):
    mail = make_mail()

    class Late(SmtpCourier):
        def transmit(self, letter):
            rows = OutgoingMail.objects.filter(pk=mail.pk)
            rows.update(state="uncertain")
            rows.update(state="closed", claim_token=None)
            return super().transmit(letter)

    assert deliver(replace(route, courier=Late)) == {"lost": 1}
    assert reread(mail).state == "closed"


def test_an_answer_is_written_down_although_the_database_was_away(monkeypatch):
    monkeypatch.setattr(engine, "_INSIST_SECONDS", (0, 0, 0))
    tries = []

    class Connection:
        in_atomic_block = False
        close = staticmethod(lambda: tries.append("closed"))

    def write():
        tries.append("write")
        if len(tries) < 4:
            raise OperationalError("gone")
        return True

    monkeypatch.setattr(engine, "connection", Connection)
    assert engine._insist(write) is True
    assert tries == ["write", "closed", "write", "closed", "write"]


def test_a_slow_batch_renews_its_lease(sink, route, make_mail, monkeypatch):
    make_mail("m1")
    make_mail("m2")
    monkeypatch.setattr("core.delivery.claiming.RENEW_AFTER_SECONDS", -1)
    monkeypatch.setattr("core.delivery.engine.Pace.FIRST", 1)
    seen = []

    class Looking(SmtpCourier):
        def offer(self, letter):
            row = OutgoingMail.objects.filter(state="claimed").earliest("pk")
            seen.append(round((row.lease_until - timezone.now()).total_seconds(), -1))
            OutgoingMail.objects.filter(state="claimed").update(lease_until=timezone.now() + SOON)
            super().offer(letter)

    assert deliver(replace(route, courier=Looking)) == {"sent": 2}
    assert seen == [120, 120]


def test_when_its_time_is_over_a_worker_gives_the_rest_back(sink, route, make_mail):
    for n in range(3):
        make_mail(f"m{n}")

    class Slow(SmtpCourier):
        def transmit(self, letter):
            spent.append(1)
            return super().transmit(letter)

    spent = []
    assert deliver(replace(route, courier=Slow), seconds=1e-9) == {}
    with patch("core.delivery.engine.time.monotonic", lambda: float(len(spent))):
        assert deliver(replace(route, courier=Slow), seconds=0.5) == {"sent": 1}
    rows = OutgoingMail.objects.order_by("pk").values_list("state", "attempt")
    assert list(rows) == [("sent", 1), ("retry", 0), ("retry", 0)]


def test_a_database_that_fails_charges_no_message(sink, route, make_mail):
    mail = make_mail()

    def away(row):
        raise OperationalError("gone")

    with pytest.raises(OperationalError):
        deliver(replace(route, render=away))
    assert (reread(mail).state, reread(mail).attempt) == ("retry", 0)


def test_routes_are_found_by_label_and_registered_once():
    route = route_for("core.outgoingmail")
    with pytest.raises(LookupError, match=r"No route pigeon is registered for core\.outgoingmail"):
        route_for("core.outgoingmail", "pigeon")
    with pytest.raises(ValueError, match="already has a route mail"):
        register_route(OutgoingMail, render=str, entitled=bool)
    assert isinstance(route, Route)
    for both in ({}, {"entitled": bool, "among": bool}):
        with pytest.raises(ImproperlyConfigured, match="give either"):
            Route(OutgoingMail, render=str, **both)
