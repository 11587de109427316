"""The throwaway services do what the suites rely on."""

import smtplib

import psycopg
import pytest
import redis

from tests.services import smtp_catcher, throwaway_redis

LETTER = "Subject: Hello\r\n\r\nText\r\n"


def send(port, *recipients):
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        return client.sendmail("a@shop.example", recipients, LETTER)


def test_postgres_is_empty_and_writable(postgres_url):
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("einklang",)
        assert connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ).fetchone() == (0,)


def test_redis_is_empty_writable_and_gone_afterwards():
    with throwaway_redis() as url, redis.Redis.from_url(url, decode_responses=True) as client:
        assert client.dbsize() == 0
        client.set("a", "b")
        assert client.get("a") == "b"
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_catcher_keeps_envelope_and_message(smtp):
    send(smtp.port, "b@shop.example", "c@shop.example")

    assert [(mail.sender, mail.recipients) for mail in smtp.mails] == [
        ("a@shop.example", ["b@shop.example", "c@shop.example"])
    ]
    assert smtp.mails[0].message["Subject"] == "Hello"
    assert smtp.connections == 1


def test_catcher_refuses_one_recipient(smtp):
    smtp.rcpt_answers["b@shop.example"] = "550 no such person"

    refused = send(smtp.port, "b@shop.example", "c@shop.example")

    assert refused == {"b@shop.example": (550, b"no such person")}
    assert smtp.recipients() == ["c@shop.example"]


def test_catcher_answers_the_dot_as_told(smtp):
    smtp.data_answer = "451 come back later"

    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(smtp.port, "b@shop.example")

    assert caught.value.smtp_code == 451
    assert smtp.mails == []


@pytest.mark.parametrize(("kept", "count"), [(False, 0), (True, 1)])
def test_catcher_hangs_up_after_the_dot(smtp, kept, count):
    smtp.drop_after_dot, smtp.keep_dropped = True, kept

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp.port, "b@shop.example")

    assert len(smtp.mails) == count
    assert smtp.dot_seen.is_set()


def test_catcher_hangs_up_before_the_data(smtp):
    smtp.drop_before_data = True

    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(smtp.port, "b@shop.example")

    assert not smtp.dot_seen.is_set()


def test_catcher_behaves_again(smtp):
    smtp.mail_answer = "421 closing"
    with pytest.raises(smtplib.SMTPException):
        send(smtp.port, "b@shop.example")
    smtp.behave()

    assert send(smtp.port, "b@shop.example") == {}


def test_catcher_comes_back_on_its_port():
    with smtp_catcher() as first:
        port = first.port
    with pytest.raises(OSError):
        send(port, "b@shop.example")
    with smtp_catcher(port) as second:
        send(port, "b@shop.example")
        assert second.recipients() == ["b@shop.example"]
