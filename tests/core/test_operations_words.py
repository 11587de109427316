"""What people read of mail servers that are absent, refuse TLS or are silent; from real dialogues."""

import socket

import pytest

from core.delivery import smtp
from core.delivery.errors import InDoubt, RouteDown
from core.delivery.letters import Letter
from core.delivery.server import parse_email_url
from core.delivery.smtp import SmtpCourier
from core.operations.words import in_words
from tests.core.sink import DROP, running_sink
from tests.services.ports import spare_port

pytestmark = pytest.mark.once

LETTER = Letter("anna@firm.example", b"Subject: Hello\r\n\r\nHello\r\n")


def told_of(url, error=RouteDown):
    courier = SmtpCourier(parse_email_url(url))
    with pytest.raises(error) as said:
        send(courier)
    courier.close()
    return in_words(str(said.value))


def send(courier):
    courier.offer(LETTER)
    courier.transmit(LETTER)


def test_an_absent_server():
    assert told_of(f"smtp://127.0.0.1:{spare_port()}") == "The mail server cannot be reached."


def test_a_server_that_speaks_no_tls():
    words = "The mail server refuses an encrypted connection, or its certificate is not valid."
    with running_sink() as sink:
        port = sink.url.rpartition(":")[2]
        assert told_of(f"smtp+tls://127.0.0.1:{port}") == words
        assert told_of(f"smtps://127.0.0.1:{port}") == words


def test_a_server_that_greets_too_late(monkeypatch):
    monkeypatch.setattr(smtp, "COMMAND_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        words = told_of(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
    assert words == "The mail server does not answer in time."


def test_a_server_that_is_gone_after_the_dot():
    with running_sink() as sink:
        sink.answer("DATA", DROP)
        words = told_of(sink.url, InDoubt)
    assert words == "The mail server took it and did not answer in time: it may have arrived."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("", ""),
        ("Weekend", ""),
        ("550 5.1.1 no such user, refused", "The mail server refuses this message or this address."),
        ("451 4.7.1 greylisted", "The mail server puts this message off for now."),
        ("535 5.7.8 no", "The mail server does not accept the sign-in."),
        ("smtp://m:25: (535, b'5.7.8 no')", "The mail server does not accept the sign-in."),
        ("EMAIL_URL is not set.", "No mail server is set up, or its address is wrong (EMAIL_URL)."),
    ],
)
def test_what_else_is_noted_down(said, words):
    assert in_words(said) == words
