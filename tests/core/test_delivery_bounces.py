"""Reports of mail services: signed, kept once, matched by our Message-ID, and what follows from them."""

import base64
from datetime import UTC, datetime

import pytest
from anymail.signals import AnymailTrackingEvent
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import NotificationSettings, User
from accounts.services import allow_address
from core.delivery.bounces import take_event
from core.delivery.engine import deliver
from core.delivery.models import DeliveryEvent, OutgoingMail
from core.delivery.states import State
from core.models import AuditEvent

URL = "/hooks/mail/postmark/"


def event(mail, kind="bounced", **how):
    given = {"reject_reason": "bounced", "recipient": mail.recipient.email, "mta_response": "550 unknown"}
    given |= {"message_id": mail.message_id, "event_id": "e1", "timestamp": datetime(2026, 5, 1, tzinfo=UTC)}
    return AnymailTrackingEvent(event_type=kind, **given | how)


@pytest.fixture
def mail(make_mail):
    made = make_mail(state="sent", sent_at=datetime(2026, 5, 1, tzinfo=UTC))
    return OutgoingMail.objects.select_related("recipient").get(pk=made.pk)


def signed(secret="mail:secret"):
    return {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(secret.encode()).decode()}


def bounce_of(mail):
    return {
        "RecordType": "Bounce",
        "Type": "HardBounce",
        "ID": 42,
        "MessageID": "postmarks-own-id",
        "Email": mail.recipient.email,
        "BouncedAt": "2026-05-01T10:00:00Z",
        "Details": "550 no such user",
        "Metadata": {"message": mail.message_id.strip("<>")},
    }


def test_a_service_without_a_secret_has_no_address(client, db):
    assert client.post(URL, {}, content_type="application/json").status_code == 404
    assert client.post("/hooks/mail/pigeon/", {}, content_type="application/json").status_code == 404


def test_only_signed_reports_are_taken_and_twice_is_once(client, settings, mail):
    settings.ANYMAIL = {"WEBHOOK_SECRET": "mail:secret"}
    body = bounce_of(mail)
    assert client.post(URL, body, "application/json", **signed("mail:wrong")).status_code == 400
    assert not DeliveryEvent.objects.exists()
    for broken in ("{no json", "7", "[" * 9000):
        assert client.post(URL, broken, "application/json", **signed()).status_code == 400
    for _turn in range(2):
        assert client.post(URL, body, "application/json", **signed()).status_code == 200
    kept = DeliveryEvent.objects.get()
    assert (kept.kind, kept.permanent, kept.message_id) == ("bounced", True, mail.message_id)
    assert (kept.row_label, kept.row_pk, kept.source) == ("core.outgoingmail", mail.pk, "Postmark")
    assert "550 no such user" in kept.detail


@pytest.mark.parametrize("shape", ["<{}>", "{}", " <{}> "])
def test_our_message_id_is_found_with_and_without_brackets(mail, shape):
    take_event(None, event(mail, message_id=shape.format(mail.message_id.strip("<>"))), "Mailgun")
    assert DeliveryEvent.objects.get().row_pk == mail.pk


def test_a_message_that_nobody_knows_is_kept_for_operators(mail):
    take_event(None, event(mail, message_id="foreign@elsewhere.example"), "Mailgun")
    kept = DeliveryEvent.objects.get()
    assert (kept.row_label, kept.row_pk, kept.message_id) == ("", None, "<foreign@elsewhere.example>")
    assert not NotificationSettings.objects.exists()


def test_what_is_nobodys_business_is_not_kept(mail):
    for kind in ("delivered", "opened", "clicked", "deferred", "unknown"):
        take_event(None, event(mail, kind), "Mailgun")
    assert not DeliveryEvent.objects.exists()


@pytest.mark.parametrize(
    ("kind", "reason", "stops"),
    [
        ("bounced", "bounced", True),
        ("bounced", "invalid", True),
        ("bounced", "timed_out", False),
        ("rejected", "spam", True),
        ("failed", None, False),
        ("complained", None, True),
    ],
)
def test_an_address_that_takes_no_mail_gets_none(mail, make_mail, route, sink, kind, reason, stops):
    take_event(None, event(mail, kind, reject_reason=reason), "Mailgun")
    following = make_mail("m2")
    assert deliver(route) == ({"failed": 1} if stops else {"sent": 1})
    following = OutgoingMail.objects.get(pk=following.pk)
    assert following.failure.startswith("anna@bergmann-soehne.example does not take mail any more:") is stops


def test_an_admin_allows_it_again_or_the_address_changes(mail, make_mail, route, sink):
    admin = User.objects.create_superuser("admin@firm.example", "x")
    take_event(None, event(mail), "Mailgun")
    anna = mail.recipient
    anna.email = "anna.neu@bergmann-soehne.example"
    anna.save()
    make_mail("m2")
    assert deliver(route) == {"sent": 1}
    anna.email = "anna@bergmann-soehne.example"
    anna.save()
    allow_address(wishes=NotificationSettings.objects.get(), by=admin)
    make_mail("m3")
    assert deliver(route) == {"sent": 1}
    log = list(AuditEvent.objects.order_by("pk").values_list("verb", "actor"))
    assert log == [("person.address_refused", None), ("person.address_allowed", admin.pk)]


def test_an_old_address_does_not_stop_the_new_one(mail):
    late = event(mail)
    mail.recipient.email = "new@bergmann-soehne.example"
    mail.recipient.save()
    take_event(None, late, "Mailgun")
    assert not NotificationSettings.objects.exists()


def test_reports_are_never_changed(mail):
    take_event(None, event(mail), "Mailgun")
    for write in (
        lambda: DeliveryEvent.objects.update(kind="failed"),
        lambda: DeliveryEvent.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_sent_stays_sent_and_operators_see_that_it_came_back(client, mail):
    client.force_login(User.objects.create_superuser("admin@firm.example", "x"))
    take_event(None, event(mail), "Mailgun")
    assert OutgoingMail.objects.get(pk=mail.pk).state == State.SENT
    page = client.get(reverse("operations:list"), {"trouble": "returned"})
    (line,) = page.context["lines"]
    assert (line.row, line.returned) == (mail, True)
    assert line.why == "Came back: 550 unknown · bounced"
