"""The trial's mailbox: only in a trial, only from this machine, and harmless whatever a mail holds."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse

from config.supervisor.catcher import keep
from core.mailbox import store

pytestmark = pytest.mark.once

PLAIN = b"From: a@shop.example\r\nSubject: %s\r\n\r\n%s\r\n"
HTML = (
    b"From: Jana <jana@shop.example>\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
    b'Content-Type: multipart/alternative; boundary="x"\r\n\r\n'
    b"--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHallo https://shop.example/a\r\n"
    b"--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<b>Hallo</b><script>alert(1)</script>\r\n--x--\r\n"
    b"--m\r\nContent-Type: application/pdf\r\n"
    b"Content-Disposition: attachment; filename=plan.pdf\r\n\r\nx\r\n--m--\r\n"
)


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.EMBEDDED = True
    settings.VAR_DIR = tmp_path
    return tmp_path / "mail"


def catch(folder, content, *recipients):
    envelope = SimpleNamespace(
        mail_from="a@shop.example", rcpt_tos=recipients or ["b@shop.example"], original_content=content
    )
    return keep(folder, envelope).stem


def page(client, name, *args, **extra):
    return client.get(reverse(f"mailbox:{name}", args=args), **extra)


def main_of(response):
    return re.search(r"<main.*</main>", response.content.decode(), re.S)[0]


@pytest.mark.django_db
def test_empty_mailbox_says_what_to_do(client, mailbox):
    response = page(client, "list")

    assert response.status_code == 200
    assert "No mail yet" in main_of(response)


@pytest.mark.django_db
def test_newest_first_with_subject_and_recipients(client, mailbox):
    catch(mailbox, PLAIN % (b"First", b"one"))
    catch(mailbox, PLAIN % (b"", b"two"), "c@shop.example", "d@shop.example")

    html = main_of(page(client, "list"))

    assert html.index("(no subject)") < html.index("First")
    assert "to c@shop.example, d@shop.example" in html


@pytest.mark.django_db
def test_pages_of_25(client, mailbox):
    for number in range(26):
        catch(mailbox, PLAIN % (b"Mail %d." % number, b"x"))

    first, second = page(client, "list"), page(client, "list", data={"page": 2})

    assert main_of(first).count("ek-row__title") == 25
    assert "26 mails" in main_of(first)
    assert "Mail 0." in main_of(second)
    assert main_of(second).count("ek-row__title") == 1


@pytest.mark.django_db
def test_one_mail_with_text_and_attachments(client, mailbox):
    key = catch(mailbox, HTML)

    html = main_of(page(client, "mail", key))

    assert "Grüße" in html
    assert "plan.pdf" in html
    assert 'href="https://shop.example/a"' in html
    assert "<script>" not in html
    assert f'src="{reverse("mailbox:html", args=[key])}"' in html
    assert 'sandbox="allow-popups' in html
    assert "allow-scripts" not in html


@pytest.mark.django_db
def test_html_comes_in_a_sandbox_without_scripts(client, mailbox):
    response = page(client, "html", catch(mailbox, HTML))
    policy = response["Content-Security-Policy"]

    assert "<b>Hallo</b>" in response.content.decode()
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: =?utf-8?b?broken\r\n\r\nx",
        b"Content-Type: text/plain; charset=klingon\r\n\r\nqapla'\r\n",
        b"From: <<<>>> ;;\r\nSubject: \xe4\xf6\r\nContent-Type: multipart/mixed\r\n\r\nno boundary",
        b"Subject: <script>alert(1)</script>\r\n\r\n<script>alert(2)</script>\r\n",
    ],
)
def test_any_content_is_shown_without_harm(client, mailbox, raw):
    key = catch(mailbox, raw)

    for response in (page(client, "list"), page(client, "mail", key), page(client, "html", key)):
        assert response.status_code == 200
    assert "<script>alert" not in main_of(page(client, "list")) + main_of(page(client, "mail", key))


@pytest.mark.django_db
def test_delete_all(mailbox):
    catch(mailbox, PLAIN % (b"First", b"one"))
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("mailbox:delete")).status_code == 403
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page(client, "list").content.decode())[1]

    response = client.post(reverse("mailbox:delete"), {"csrfmiddlewaretoken": token})

    assert response.status_code == 302
    assert store.all_mails() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "stranger",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": ""},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
    ],
)
def test_strangers_find_nothing(client, mailbox, stranger):
    key = catch(mailbox, PLAIN % (b"First", b"one"))

    assert page(client, "list", **stranger).status_code == 404
    assert page(client, "mail", key, **stranger).status_code == 404
    assert page(client, "html", key, **stranger).status_code == 404
    assert client.post(reverse("mailbox:delete"), **stranger).status_code == 404
    assert len(store.all_mails()) == 1


@pytest.mark.django_db
def test_nothing_is_found_outside_a_trial(client, mailbox, settings):
    settings.EMBEDDED = False

    assert page(client, "list").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["..", "secret_key", "00000000000000000000-00000000", "..%2Fsecret_key"])
def test_keys_that_are_none_find_nothing(client, mailbox, key):
    (mailbox.parent / "secret_key.eml").write_text("secret")

    assert client.get(f"/mailbox/{key}/").status_code in (301, 404)


@pytest.mark.django_db
def test_a_half_written_mail_is_not_shown(mailbox):
    mailbox.mkdir()
    (mailbox / ".01795288369885568126-e968b498.eml.new").write_bytes(b"Subject: half")

    assert store.all_mails() == []
