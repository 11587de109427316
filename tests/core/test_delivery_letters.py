"""Mails as bytes: whatever people typed, headers stay headers and text comes back as it was."""

import json
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.delivery.errors import Refused
from core.delivery.letters import ascii_address, body_text, compose, one_line
from core.delivery.server import MailServer, parse_email_url

EVIL = "Hi\r\nBcc: all@evil.example\x00\n\nbody\x1b[31m"
FIELDS = {
    "name": "Anna",
    "address": "anna@bergmann-soehne.example",
    "subject": "Hello",
    "text": "Text",
    "html": "<p>Text</p>",
    "language": "de",
    "message_id": "<ek-1@bergmann-soehne.example>",
}


def parsed(**changes):
    return message_from_bytes(compose(**FIELDS | changes).data, policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_content().replace("\r\n", "\n")


def shown_name(**changes):
    """The recipient's name by RFC 2047 (Python's newer parser keeps spaces between encoded words)."""
    raw = message_from_bytes(compose(**FIELDS | changes).data)["To"]
    phrase = raw.rpartition("<")[0].strip()
    if phrase.startswith('"'):
        return parseaddr(raw)[0]
    return str(make_header(decode_header(phrase)))


def test_a_mail_has_both_texts_and_the_headers_of_an_automatic_one(settings):
    settings.DEFAULT_FROM_EMAIL = "Einklang <post@bergmann-soehne.example>"
    mail = parsed()
    assert {k: str(v) for k, v in mail.items() if k not in ("Date", "Content-Type", "MIME-Version")} == {
        "From": "Einklang <post@bergmann-soehne.example>",
        "To": "Anna <anna@bergmann-soehne.example>",
        "Subject": "Hello",
        "Message-ID": "<ek-1@bergmann-soehne.example>",
        "Content-Language": "de",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    assert mail["Date"].datetime is not None
    assert mail.get_content_type() == "multipart/alternative"
    assert (body(mail, "plain"), body(mail, "html")) == ("Text", "<p>Text</p>")


@pytest.mark.parametrize("field", ["name", "subject"])
def test_line_ends_and_control_characters_make_no_header(field):
    data = compose(**FIELDS | {field: EVIL}).data
    head = data.split(b"\r\n\r\n")[0]
    assert not any(line.lower().startswith(b"bcc") for line in head.split(b"\r\n"))
    assert b"\x00" not in data
    assert b"\x1b" not in data
    assert message_from_bytes(data)["Bcc"] is None


@pytest.mark.parametrize("field", ["name", "subject"])
def test_what_looks_like_an_encoded_word_stays_what_it_is(field):
    tricky = "=?utf-8?q?a=0ABcc:_x@evil.example?="
    mail = parsed(**{field: tricky})
    shown = mail["Subject"] if field == "subject" else mail["To"].addresses[0].display_name
    assert str(shown) == tricky
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    "text",
    [
        "Grüße aus Österreich – 20 % auf alles 🎉",
        "a" * 240,
        "ä" * 240,
        'Quote " and \\ and, comma; (brackets) <x@y.example>',
        "名前 שלום مرحبا",
        "dot . and @ sign",
    ],
)
def test_subjects_and_names_come_back_as_they_were(text):
    mail = parsed(subject=text, name=text)
    assert mail["Subject"] == text
    assert shown_name(name=text) == text
    assert mail["To"].addresses[0].addr_spec == FIELDS["address"]


def test_a_person_without_a_name_gets_the_bare_address():
    assert parsed(name="")["To"] == "anna@bergmann-soehne.example"


@pytest.mark.parametrize(
    "text",
    [".", "..two dots", "From me", "x" * 2000, "Grüße\n\n.\nEnde", "a=3D=20\ttab", " leading", "trail "],
)
def test_bodies_come_back_as_they_were(text):
    mail = parsed(text=text, html=text)
    assert (body(mail, "plain"), body(mail, "html")) == (text, text)


def test_no_line_is_longer_than_smtp_allows():
    data = compose(
        **FIELDS | {"text": "ä" * 5000, "html": "x" * 5000, "subject": "ü" * 250, "name": "n" * 300}
    ).data
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert data.isascii()
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_naughty_strings_make_no_header_and_no_bare_line_end():
    naughty = json.loads((Path(__file__).parents[1] / "vendor/naughty-strings/blns.json").read_text())
    assert len(naughty) > 500
    for text in naughty:
        data = compose(**FIELDS | {"subject": text, "name": text, "text": text, "html": text}).data
        assert b"\n" not in data.replace(b"\r\n", b"")
        mail = message_from_bytes(data, policy=policy.default)
        assert mail["Subject"] == one_line(text)
        assert len(mail["To"].addresses) == 1
        assert body(mail, "plain") == body_text(text)


def test_cleaning():
    assert one_line(" a\r\nb\tc\x00d\u2028e\ud800f ") == "a  b c d e f"
    assert body_text("a\r\nb\rc\td\x00e\u2028f\ud83dg") == "a\nb\nc\td e\nf g"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b",
        "a b@c.example",
        "a@b.example\r\nRCPT TO:<x@y.example>",
        "ä@b.example",
        "@x.example",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Refused, match="is not an e-mail address") as refused:
        ascii_address(address)
    assert refused.value.permanent


def test_a_domain_with_umlauts_travels_in_ascii():
    assert ascii_address("anna@bäckerei.example") == "anna@xn--bckerei-5wa.example"


def test_a_sender_that_is_no_address_is_a_clear_error(settings):
    settings.DEFAULT_FROM_EMAIL = "Einklang"
    with pytest.raises(ImproperlyConfigured, match="DEFAULT_FROM_EMAIL holds no e-mail address"):
        compose(**FIELDS)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer("smtp", "localhost", 25)),
        ("smtps://mail.example", MailServer("smtps", "mail.example", 465)),
        ("smtp+tls://mail.example/", MailServer("smtp+tls", "mail.example", 587)),
        (
            "smtp://me%40x.example:p%2Fw%3A@[::1]:2525",
            MailServer("smtp", "::1", 2525, "me@x.example", "p/w:"),
        ),
    ],
)
def test_email_url(url, server):
    assert parse_email_url(url) == server


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mail.example", "it must start with smtp://"),
        ("http://mail.example", "it must start with smtp://"),
        ("smtp://", "the host is missing"),
        ("smtp://:25", "the host is missing"),
        ("smtp://mail.example:99999", "the port must be a number"),
        ("smtp://mail.example:0", "the port must be a number"),
        ("smtp://mail.example:smtp", "the port must be a number"),
        ("smtp://mail.example/inbox", "nothing may follow the port"),
        ("smtp://mail.example?tls=1", "nothing may follow the port"),
        ("smtp://me@mail.example", "user and password come together"),
        ("smtp://[::1", "this is no URL"),
    ],
)
def test_a_wrong_email_url_says_what_is_wrong(url, said):
    with pytest.raises(ImproperlyConfigured, match=said):
        parse_email_url(url)


def test_the_password_appears_in_no_error_and_no_text():
    with pytest.raises(ImproperlyConfigured) as error:
        parse_email_url("smtp://me:secret@mail.example/path")
    assert "secret" not in str(error.value)
    server = parse_email_url("smtp://me:secret@mail.example")
    assert "secret" not in f"{server} {server!r}"
