"""Which way a briefing goes: as its person wishes, never both ways, and what came back counts as failed."""

from datetime import UTC, datetime

import pytest
from anymail.signals import AnymailTrackingEvent
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import NotificationSettings, User
from accounts.services import save_notifications
from briefings.models import Delivery, InboxItem
from briefings.services import deciding
from briefings.services.keeping import keep_all
from briefings.services.status import campaign_status, undecided
from core.delivery.bounces import take_event
from core.delivery.engine import deliver
from core.delivery.fallback import fall_back_all
from core.delivery.routes import route_for
from core.delivery.states import State
from tests.briefings.data import bring, confirmed_by, leave, put_out, staff, written
from tests.core.hook import running_hook
from tests.core.sink import running_sink

pytestmark = pytest.mark.django_db


@pytest.fixture
def hook(settings):
    with running_hook() as hook:
        settings.CHAT_TEST_HOSTS = [hook.host]
        yield hook


@pytest.fixture
def sink(settings):
    with running_sink() as sink:
        settings.EMAIL_URL = sink.url
        yield sink


def wish(user, briefings, url=""):
    save_notifications(user=user, by=user, briefings=briefings, chat_url=url)


def ways():
    return list(Delivery.objects.order_by("user").values_list("route", "state"))


def send(name):
    return deliver(route_for("briefings.delivery", name))


def unsettled(region):
    (service,) = (s for s in campaign_status(region.campaign, [region]) if s.audience == "service")
    return service.unsettled


def came_back(delivery, kind="bounced", reason="timed_out"):
    event = AnymailTrackingEvent(
        event_type=kind,
        message_id=delivery.message_id,
        recipient=delivery.user.email,
        reject_reason=reason,
        event_id="e1",
        timestamp=datetime(2026, 5, 1, tzinfo=UTC),
        mta_response="550 no such user",
    )
    take_event(None, event, "Mailgun")


def test_each_person_is_told_as_he_wishes_and_has_it_in_his_inbox(region, hook, sink):
    _team, (by_mail, by_chat, in_app) = staff(region, 3)
    wish(by_chat, "chat", hook.url)
    wish(in_app, "app")
    put_out(written(region))
    assert ways() == [("mail", "queued"), ("chat", "queued")]
    assert InboxItem.objects.count() == 3
    assert (send("mail"), send("chat")) == ({"sent": 1}, {"sent": 1})
    assert [mail["To"] for mail in sink.messages] == [f"{by_mail} <{by_mail.email}>"]
    (post,) = hook.posts
    assert "Jacket: what you need to know" in post["text"]
    assert "/briefings/" in post["text"]
    assert unsettled(region) == {}


def test_a_changed_mind_moves_what_waits_and_sends_it_once(told, hook, sink):
    _team, anna, _briefing, _version = told
    for briefings, url, way in (
        ("chat", hook.url, "chat"),
        ("mail", hook.url, "mail"),
        ("chat", hook.url, "chat"),
    ):
        wish(anna, briefings, url)
        assert ways() == [(way, "queued")]
    assert (send("mail"), send("chat"), send("mail")) == ({}, {"sent": 1}, {})
    wish(anna, "mail")
    assert ways() == [("chat", "sent")]
    assert (len(hook.posts), sink.mails) == (1, [])


def test_who_no_longer_wants_messages_is_told_by_the_inbox(told, region):
    _team, anna, _briefing, _version = told
    wish(anna, "app")
    assert ways() == [("mail", "cancelled")]
    assert unsettled(region) == {}
    (service,) = (s for s in campaign_status(region.campaign, [region]) if s.audience == "service")
    assert (service.present, service.confirmed) == (1, 0)


def test_a_chat_that_is_gone_falls_back_to_mail(told, region, hook, sink):
    _team, anna, _briefing, _version = told
    wish(anna, "chat", hook.url)
    hook.status, hook.words = 404, "no_team"
    assert send("chat") == {"failed": 1}
    assert unsettled(region) == {"failed": 1}
    assert fall_back_all() == 1
    assert ways() == [("mail", "retry")]
    assert send("mail") == {"sent": 1}
    assert len(sink.mails) == 1
    assert unsettled(region) == {}


def test_who_comes_back_is_told_the_way_he_wishes_now(told, hook):
    team, anna, _briefing, _version = told
    leave(team, anna)
    keep_all()
    assert ways() == [("mail", "withheld")]
    wish(anna, "chat", hook.url)
    team.members.add(anna)
    keep_all()
    assert ways() == [("chat", "queued")]


def test_what_came_back_has_failed_for_gate_author_and_operators(told, region, client):
    _team, anna, briefing, version = told
    bring(Delivery.objects.all(), "sent")
    assert unsettled(region) == {}
    came_back(Delivery.objects.get())
    assert unsettled(region) == {"failed": 1}
    assert undecided(Delivery.objects.all()).count() == 1
    client.force_login(region.campaign.owner)
    page = client.get(reverse("briefings:deliveries", args=[briefing.pk, version.number]))
    text = page.content.decode()
    assert "Came back" in text
    assert "550 no such user" in text
    assert 'value="again"' not in text
    client.force_login(User.objects.create_superuser("admin@firm.example", "x"))
    (line,) = client.get(reverse("operations:list")).context["lines"]
    assert (line.person, line.returned) == (anna, True)


@pytest.mark.parametrize("ending", ["confirmed", "cleared"])
def test_it_no_longer_counts_once_the_person_has_been_told(told, region, ending):
    _team, anna, _briefing, version = told
    bring(Delivery.objects.all(), "sent")
    came_back(Delivery.objects.get())
    if ending == "confirmed":
        confirmed_by(version, anna)
    else:
        owner = region.campaign.owner
        deciding.clear_by_name(version=version, user=anna, by=owner, reason="Told by phone")
    assert unsettled(region) == {}
    assert not undecided(Delivery.objects.all()).exists()
    assert Delivery.objects.get().state == State.SENT


def test_what_came_back_is_not_sent_again(told, region):
    bring(Delivery.objects.all(), "sent")
    came_back(Delivery.objects.get())
    with pytest.raises(ValidationError):
        deciding.send_again(delivery=Delivery.objects.get(), by=region.campaign.owner, reason="Again")


def test_a_briefing_to_a_refused_address_fails_at_once_with_the_reason(told, region, sink):
    _team, anna, _briefing, _version = told
    NotificationSettings.objects.create(
        user=anna,
        refused_address=anna.email,
        refused_at=datetime(2026, 5, 1, tzinfo=UTC),
        refused_reason="550",
    )
    assert send("mail") == {"failed": 1}
    assert sink.mails == []
    assert "does not take mail any more: 550" in Delivery.objects.get().failure


def test_a_spam_complaint_is_no_failed_delivery(told, region):
    bring(Delivery.objects.all(), "sent")
    came_back(Delivery.objects.get(), kind="complained", reason="spam")
    assert unsettled(region) == {}
