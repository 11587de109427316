"""Outgoing mails in the admin: found, decided with a reason, never read."""

import pytest
from django.urls import reverse

from core.delivery.models import OutgoingMail, RoutePause
from core.delivery.states import State
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SECRET = "https://einklang.example/reset/the-secret-key/"


@pytest.fixture
def mail(admin):
    return OutgoingMail.objects.create(
        key="reset-1",
        recipient=UserFactory(),
        subject="Set a new password",
        text=SECRET,
        html=f"<a href='{SECRET}'>",
        language="en",
        state=State.FAILED,
    )


@pytest.fixture
def admin(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("admin@firm.example", "x"))
    return client


def decide(admin, mail, action: str, reason: str) -> str:
    data = {"action": action, "reason": reason, "_selected_action": [mail.pk]}
    answer = admin.post(reverse("admin:core_outgoingmail_changelist"), data, follow=True)
    return answer.content.decode()


@pytest.mark.parametrize("name", ["changelist", "change"])
def test_nobody_reads_the_link_in_a_mail(admin, mail, name):
    args = [mail.pk] if name == "change" else []
    page = admin.get(reverse(f"admin:core_outgoingmail_{name}", args=args)).content.decode()
    assert "Set a new password" in page
    assert "the-secret-key" not in page


def test_sending_again_needs_a_reason(admin, mail):
    assert "Please say why." in decide(admin, mail, "send_again", " ")
    mail.refresh_from_db()
    assert mail.state == State.FAILED


def test_a_failed_mail_is_queued_again(admin, mail):
    assert "1 mail is decided." in decide(admin, mail, "send_again", "Mailbox was full")
    mail.refresh_from_db()
    assert (mail.state, mail.attempt) == (State.RETRY, 0)


def test_what_failed_was_not_found_in_the_log(admin, mail):
    assert "1 mail is decided." not in decide(admin, mail, "found_in_log", "Seen")
    mail.refresh_from_db()
    assert mail.state == State.FAILED


def test_mails_and_pauses_are_only_looked_at(admin, mail):
    RoutePause.objects.create(route="mail", until=mail.created_at, reason="Connection refused")
    page = admin.get(reverse("admin:core_routepause_changelist")).content.decode()
    assert "Connection refused" in page
    for model in ("outgoingmail", "routepause"):
        assert admin.get(reverse(f"admin:core_{model}_add")).status_code == 403
