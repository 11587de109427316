"""Briefings in Django's admin (serves X5)."""

import pytest
from django.urls import reverse

from accounts.enums import Role
from core.models import AuditEvent
from tests.briefings.data import bring, confirmed_by
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MODELS = ("briefing", "briefingversion", "delivery", "confirmation", "clearance")


@pytest.fixture
def boss(client):
    person = UserFactory(roles=[Role.ADMIN], is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def address(model, what="changelist", *args):
    return reverse(f"admin:briefings_{model}_{what}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_lists_open_and_search_and_nothing_is_added(client, boss, told, model):
    confirmed_by(told[3], told[1])
    assert client.get(address(model)).status_code == 200
    assert client.get(address(model), {"q": "jacket"}).status_code == 200
    assert client.get(address(model, "add")).status_code == 403


def test_a_briefing_is_looked_at_with_its_versions(client, boss, told):
    page = client.get(address("briefing", "change", told[2].pk))
    assert page.status_code == 200
    assert client.post(address("briefing", "change", told[2].pk), {"title": "x"}).status_code == 403


def decide(client, delivery, action, reason):
    data = {"action": action, "_selected_action": [delivery.pk], "reason": reason}
    return client.post(address("delivery"), data, follow=True)


def test_a_failed_mail_is_sent_again_with_a_reason(client, boss, told):
    bring(told[3].deliveries, "failed")
    delivery = told[3].deliveries.get()
    assert "Please say why." in decide(client, delivery, "send_again", "").content.decode()
    assert told[3].deliveries.get().state == "failed"
    decide(client, delivery, "send_again", "New address")
    assert told[3].deliveries.get().state == "retry"
    assert AuditEvent.objects.get(verb="briefing.sent_again").actor == boss
