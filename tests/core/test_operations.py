"""The operators' page: what waits, what is stuck, and decisions about one or many."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import User
from core.delivery.clock import db_now
from core.delivery.models import DeliveryEvent, OutgoingMail, RoutePause
from core.delivery.states import State
from core.delivery.watchdog import beat_seen
from core.models import AuditEvent

PAGE = "/operations/"


@pytest.fixture
def admin(client, db):
    person = User.objects.create_superuser("admin@firm.example", "x", first_name="Simon", last_name="Adler")
    client.force_login(person)
    return person


def decide(client, decision, *mails, reason="Seen", query=""):
    rows = [f"core.outgoingmail:{mail.pk}" for mail in mails]
    data = {"decision": decision, "reason": reason, "row": rows}
    return client.post(reverse("operations:decide") + query, data)


def states():
    return dict(OutgoingMail.objects.values_list("key", "state"))


def test_ways_out_say_what_waits_since_when_and_why_not(client, admin, make_mail):
    make_mail("late", due_at=db_now() - timedelta(minutes=125))
    make_mail("again", state=State.RETRY, attempt=1, due_at=db_now() + timedelta(hours=1))
    make_mail("chat", route="chat")
    RoutePause.objects.create(
        route="mail", reason="smtp://mail.firm.example:25: refused", until=db_now() + timedelta(minutes=5)
    )
    page = client.get(PAGE)
    mail, chat = (way for way in page.context["routes"] if way.name in ("mail", "chat"))
    if mail.name == "chat":
        mail, chat = chat, mail
    assert (mail.waiting, mail.minutes, mail.is_paused) == (2, 125, True)
    assert (chat.waiting, chat.minutes, chat.is_paused) == (1, 0, False)
    text = page.content.decode()
    assert "The mail server cannot be reached." in text
    assert "smtp://mail.firm.example:25: refused" in text
    assert "have never been seen at work" in text
    beat_seen()
    assert "Clock and workers last seen" in client.get(PAGE).content.decode()


def test_the_list_has_what_waits_for_a_decision_and_can_be_narrowed(client, admin, make_mail):
    for state in ("failed", "uncertain", "withheld", "queued"):
        make_mail(state, state=state, failure=f"why {state}")
    make_mail("chat", state="uncertain", route="chat")

    def shown(**query):
        return [line.row.key for line in client.get(PAGE, query).context["lines"]]

    assert shown() == ["failed", "uncertain", "chat"]
    assert shown(trouble="withheld") == ["withheld"]
    assert shown(trouble="uncertain") == ["uncertain", "chat"]
    assert shown(route="chat") == ["chat"]
    assert shown(trouble="rubbish", route="pigeon", page="x") == ["failed", "uncertain", "chat"]
    text = client.get(PAGE).content.decode()
    message_id = OutgoingMail.objects.get(key="failed").message_id.strip("<>")
    assert all(words in text for words in ("Grüße", "Anna Müller", "why failed", message_id))


def test_many_are_sent_again_at_once_with_a_reason(client, admin, make_mail):
    mails = [make_mail(str(n), state="failed", attempt=8) for n in range(3)]
    answer = decide(client, "again", *mails, reason="Server is back", query="?trouble=failed")
    assert answer.headers["Location"] == f"{PAGE}?trouble=failed"
    assert states() == {"0": "retry", "1": "retry", "2": "retry"}
    log = AuditEvent.objects.filter(verb="delivery.resent", actor=admin)
    assert [event.data["reason"] for event in log] == ["Server is back"] * 3


def test_found_in_the_mail_log_counts_as_sent(client, admin, make_mail):
    doubt, failed = make_mail("doubt", state="uncertain"), make_mail("failed", state="failed")
    page = client.post(
        reverse("operations:decide"),
        {
            "decision": "found",
            "reason": "Seen",
            "row": [f"core.outgoingmail:{doubt.pk}", f"core.outgoingmail:{failed.pk}"],
        },
        follow=True,
    )
    assert states() == {"doubt": "sent", "failed": "failed"}
    said = [str(message) for message in page.context["messages"]]
    assert "1 message is decided." in said
    assert "Grüße, Anna Müller: This message is “Failed”; that cannot be decided about it." in said


def test_what_is_left_at_that_is_gone_from_the_list_and_stays_as_it_is(client, admin, make_mail):
    mail = make_mail(state="failed")
    for _turn in range(2):
        assert decide(client, "aside", mail, reason="Told by phone").status_code == 302
    assert states() == {"m1": "failed"}
    assert client.get(PAGE).context["lines"] == []
    assert DeliveryEvent.objects.get().detail == "Told by phone"
    assert AuditEvent.objects.filter(verb="delivery.set_aside").count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"reason": " "}, "Please say why."),
        ({"row": []}, "Please choose at least one message."),
        ({"row": ["core.auditevent:1"]}, "Please choose messages of the list."),
        ({"row": ["core.outgoingmail:1;drop"]}, "Please choose messages of the list."),
        ({"row": ["x"] * 201}, "Please choose at most 200 messages."),
    ],
)
def test_a_wrong_entry_decides_nothing_and_is_kept(client, admin, make_mail, data, words):
    mail = make_mail(state="failed")
    given = {"decision": "again", "reason": "Because", "row": [f"core.outgoingmail:{mail.pk}"]}
    page = client.post(reverse("operations:decide"), given | data)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert states() == {"m1": "failed"}


def test_the_page_costs_the_same_for_one_and_for_three(
    client, admin, anna, make_mail, django_assert_num_queries
):
    make_mail("0", state="failed")
    with django_assert_num_queries(13):
        client.get(PAGE)
    for n in (1, 2):
        make_mail(str(n), state="failed", recipient=User.objects.create_user(f"p{n}@firm.example"))
    with django_assert_num_queries(13):
        client.get(PAGE)
