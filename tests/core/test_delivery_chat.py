"""Webhooks: which addresses are allowed, what each chat gets, and what its answers mean."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import NotificationSettings
from core.delivery import chat
from core.delivery.chat import ChatCourier, ChatMessage, checked, masked
from core.delivery.engine import deliver
from core.delivery.errors import InDoubt, Refused
from core.delivery.fallback import fall_back_all
from core.delivery.models import OutgoingMail
from core.delivery.routes import route_for
from core.delivery.states import State
from core.models import AuditEvent

SLACK = "https://hooks.slack.com/services/T0/B0/a-very-secret-key"


def message(url, kind="slack", **how):
    return ChatMessage(kind, url, "Title", "Words", **how)


def reread(mail):
    return OutgoingMail.objects.get(pk=mail.pk)


@pytest.fixture
def chatting(anna, hook):
    """Anna is told in her chat."""
    return NotificationSettings.objects.create(user=anna, notices="chat", briefings="chat", chat_url=hook.url)


@pytest.fixture
def by_chat():
    return route_for("core.outgoingmail", "chat")


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/services/x",
        "https://hooks.slack.com.evil.example/services/x",
        "https://hooks.slack.com:8443/x",
        "https://user@hooks.slack.com/x",
        "https://hooks.slack.com/a b",
        "https://hooks.slack.com/a\r\nHost: other",
        "https://logic.azure.com.evil.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[bad/",
        "ftp://hooks.slack.com/",
        "hooks.slack.com/x",
        "",
    ],
)
def test_only_https_to_listed_hosts_is_allowed(url):
    with pytest.raises(Refused) as refused:
        checked(url)
    assert refused.value.permanent
    assert "secret" not in str(refused.value)


def test_listed_hosts_are_allowed(settings):
    settings.CHAT_HOSTS = ["hooks.slack.com", ".logic.azure.com", "Chat.Firm.example:8443"]
    for url in (SLACK, "https://prod-1.logic.azure.com/x?sig=y", "https://chat.firm.example:8443/hooks/z"):
        assert checked(url).geturl() == url


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1"),
        *("::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::"),
    ],
)
def test_no_name_leads_into_a_private_network(monkeypatch, address):
    found = [(0, 0, 0, "", ("93.184.216.34", 443)), (0, 0, 0, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(socket, "create_connection", lambda *a, **k: pytest.fail("connected"))
    with pytest.raises(Refused, match=r"hooks\.slack\.com leads into a private network") as refused:
        ChatCourier().offer(message(SLACK))
    assert refused.value.permanent


def test_the_address_that_was_checked_is_the_one_that_is_called(monkeypatch):
    called = []
    found = [(0, 0, 0, "", ("93.184.216.34", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)

    def refuse(address, timeout):
        called.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(
        Refused, match=r"^hooks\.slack\.com cannot be reached: Connection refused$"
    ) as refused:
        ChatCourier().offer(message(SLACK))
    assert called == [("93.184.216.34", 443)]
    assert not refused.value.permanent


def test_a_server_without_tls_is_refused_before_anything_is_said(settings, hook):
    url = hook.url.replace("http:", "https:")
    with pytest.raises(Refused, match="cannot be reached") as refused:
        ChatCourier().offer(message(url))
    assert not refused.value.permanent
    assert (hook.posts, "secret" in str(refused.value)) == ([], False)


def test_each_chat_gets_its_own_form_and_words_of_people_mean_nothing(hook):
    words = "<!channel> @all *bold* [x](http://evil.example)"
    for kind in ("slack", "mattermost", "teams"):
        courier, one = (
            ChatCourier(),
            ChatMessage(kind, hook.url, "T & <T>", words, "https://e.example/1/", "Open"),
        )
        courier.offer(one)
        assert courier.transmit(one) == "200 ok"
    slack, mattermost, teams = hook.posts
    assert slack["text"].startswith("*T &amp; &lt;T&gt;*\n\n&lt;!channel&gt; @all")
    assert slack["text"].endswith("<https://e.example/1/|Open>")
    assert mattermost["text"].split("\n\n")[1].startswith("\\<\\!channel\\> @\u200ball \\*bold\\* \\[x\\]\\(")
    (card,) = teams["attachments"]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert card["content"]["actions"] == [
        {"type": "Action.OpenUrl", "title": "Open", "url": "https://e.example/1/"}
    ]


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (403, True),
        (404, True),
        (410, True),
        (302, True),
        (429, False),
        (500, False),
        (503, False),
    ],
)
def test_an_answer_in_words_settles_it_and_hides_the_key(hook, status, permanent):
    hook.status, hook.words = status, "no a-very-secret-key\r\nhere"
    courier = ChatCourier()
    courier.offer(message(hook.url))
    with pytest.raises(Refused) as refused:
        courier.transmit(message(hook.url))
    assert refused.value.permanent is permanent
    assert str(refused.value) == f"{status} no …  here"


@pytest.mark.parametrize("status", [None, 502, 504])
def test_no_answer_is_a_doubt(hook, status):
    hook.status = status
    courier = ChatCourier()
    courier.offer(message(hook.url))
    with pytest.raises(InDoubt) as doubt:
        courier.transmit(message(hook.url))
    assert "secret" not in str(doubt.value)


def test_a_chat_that_answers_too_late_is_a_doubt(hook):
    hook.delay = 0.5
    courier = ChatCourier(answer_seconds=0.1)
    courier.offer(message(hook.url))
    with pytest.raises(InDoubt, match="TimeoutError"):
        courier.transmit(message(hook.url))


def test_retry_after_is_read_in_seconds_and_as_a_date():
    soon = datetime.now(UTC) + timedelta(seconds=90)
    assert chat._wait_seconds("30") == 30
    assert chat._wait_seconds("99999999") == 3600
    assert 80 < chat._wait_seconds(soon.strftime("%a, %d %b %Y %H:%M:%S GMT")) <= 90
    assert [chat._wait_seconds(odd) for odd in ("", "soon", "-5", "Mon, 99")] == [0, 0, 0, 0]


def test_the_key_is_shown_nowhere():
    assert masked(SLACK) == "hooks.slack.com/…-key"
    assert "very-secret" not in repr(message(SLACK))


def test_a_notice_arrives_in_the_chat(chatting, hook, by_chat, make_mail):
    mail = make_mail(route="chat", subject="Grüße", text="Grüße\n\nLies es.\n\n-- \nEinklang")
    assert deliver(by_chat) == {"sent": 1}
    assert hook.posts == [{"text": "*Grüße*\n\nLies es."}]
    assert (reread(mail).state, reread(mail).failure) == (State.SENT, "")


def test_too_many_requests_wait_as_long_as_the_chat_says(chatting, hook, by_chat, make_mail):
    mail = make_mail(route="chat")
    hook.status, hook.headers = 429, {"Retry-After": "600"}
    assert deliver(by_chat) == {"retry": 1}
    wait = reread(mail).due_at.timestamp() - time.time()
    assert 590 < wait <= 601


def test_what_a_chat_refuses_for_good_goes_by_mail(chatting, hook, by_chat, route, sink, make_mail):
    lost, waiting = make_mail(route="chat"), make_mail("m2", route="chat", urgent=False)
    hook.status, hook.words = 410, "channel_is_archived"
    assert deliver(by_chat)["failed"] == 2
    assert fall_back_all() == 2
    assert fall_back_all() == 0
    chatting.refresh_from_db()
    assert chatting.chat_failure == "410 channel_is_archived"
    assert not chatting.chat_works
    assert {reread(mail).route for mail in (lost, waiting)} == {"mail"}
    assert deliver(route) == {"sent": 2}
    assert len(sink.mails) == 2
    verbs = sorted(AuditEvent.objects.values_list("verb", flat=True))
    assert verbs == ["delivery.fell_back", "delivery.fell_back", "person.chat_failed"]
    assert "secret" not in str(list(AuditEvent.objects.values_list("data", flat=True)))


def test_a_chat_that_was_taken_away_is_no_dead_end(anna, by_chat, make_mail):
    mail = make_mail(route="chat")
    assert deliver(by_chat) == {"failed": 1}
    assert fall_back_all() == 1
    assert (reread(mail).route, reread(mail).state) == ("mail", State.RETRY)
