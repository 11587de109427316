"""How messages reach me: what is taken, what follows at once, the test of the chat, my notices."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import NotificationSettings
from accounts.services import save_notifications
from core.delivery.models import OutgoingMail
from core.delivery.states import State
from core.models import AuditEvent
from tests.core.hook import running_hook
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SLACK = "https://hooks.slack.com/services/T0/B0/a-very-secret-key"


@pytest.fixture
def user(client):
    person = UserFactory(first_name="Jana", last_name="Bergmann")
    client.force_login(person)
    return person


@pytest.fixture
def hook(settings):
    with running_hook() as hook:
        settings.CHAT_TEST_HOSTS = [hook.host]
        yield hook


def entries(**changes):
    base = {"briefings": "mail", "notices": "mail", "digest_rhythm": "daily", "digest_hour": "8"}
    return base | {"quiet_from": "", "quiet_to": "", "chat_kind": "slack", "chat_secret": ""} | changes


def save(client, **changes):
    return client.post(reverse("settings_notifications"), entries(**changes))


def notice(user, key="n", **fields):
    base = {"subject": "Please confirm", "text": "Please confirm\n\nBy Friday.\n\n-- \nEinklang"}
    return OutgoingMail.objects.create(
        key=key, recipient=user, **base | {"html": "", "language": "en", "urgent": False} | fields
    )


def way(key="n"):
    return OutgoingMail.objects.values_list("route", "state").get(key=key)


def test_who_sets_nothing_has_no_row_and_gets_mail_at_once(client, user):
    assert client.get(reverse("settings")).status_code == 200
    assert not NotificationSettings.objects.exists()
    wishes = user.preferences
    assert (wishes.briefing_route, wishes.notice_route(urgent=False), wishes.quiet_from) == (
        "mail",
        "mail",
        None,
    )
    assert wishes.mail_refusal == ""


def test_wishes_are_saved_and_the_address_of_the_chat_never_comes_back(client, user):
    answer = save(
        client, briefings="chat", notices="chat", quiet_from="22:00", quiet_to="07:00", chat_secret=SLACK
    )
    assert answer.status_code == 302
    wishes = NotificationSettings.objects.get()
    assert (wishes.briefing_route, wishes.chat_url) == ("chat", SLACK)
    event = AuditEvent.objects.get()
    assert event.data == {"fields": ["briefings", "notices", "quiet_from", "quiet_to", "chat"]}
    page = client.get(reverse("settings")).content.decode()
    assert "hooks.slack.com/…-key" in page
    assert "very-secret" not in page
    assert save(client, briefings="chat").status_code == 302
    wishes.refresh_from_db()
    assert wishes.chat_url == SLACK


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"briefings": "pigeon"}, "briefings"),
        ({"digest_hour": "24"}, "digest_hour"),
        ({"quiet_from": "22:00"}, "quiet_to"),
        ({"quiet_to": "07:00"}, "quiet_from"),
        ({"quiet_from": "07:00", "quiet_to": "07:00"}, "quiet_to"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"briefings": "chat"}, "chat_secret"),
        ({"chat_secret": "http://hooks.slack.com/x"}, "chat_secret"),
        ({"chat_secret": "https://10.0.0.1/x"}, "chat_secret"),
        ({"chat_secret": "https://intranet.firm.example/x"}, "chat_secret"),
    ],
)
def test_what_does_not_go_together_is_refused_at_its_place(client, user, changes, field):
    page = save(client, **changes)
    assert page.status_code == 200
    assert field in page.context["notify_form"].errors
    assert not NotificationSettings.objects.exists()


def test_a_lost_session_keeps_the_entries_but_not_the_secret(client):
    page = save(client, chat_secret=SLACK, quiet_from="21:45")
    assert page.status_code == 401
    assert "21:45" in page.content.decode()
    assert "very-secret" not in page.content.decode()


@pytest.mark.parametrize(
    ("broken", "name"),
    [
        ({"notices": "chat"}, "notify_chat_has_address"),
        ({"quiet_from": "22:00"}, "notify_quiet_whole"),
        ({"digest_hour": 24}, "notify_hour_of_day"),
        ({"briefings": "digest"}, "notify_briefings_known"),
    ],
)
def test_the_database_keeps_it_whole_as_well(user, broken, name):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        NotificationSettings.objects.create(user=user, **broken)


def test_nobody_sets_it_for_others(user):
    with pytest.raises(PermissionDenied):
        save_notifications(user=UserFactory(), by=user, briefings="app")


def test_what_waits_takes_the_new_way_at_once(client, user):
    notice(user)
    notice(user, "urgent", urgent=True)
    notice(user, "private", private=True)
    for wish, calm in (("digest", "digest"), ("mail", "mail"), ("digest", "digest")):
        save(client, notices=wish)
        assert [way(), way("urgent"), way("private")] == [
            (calm, State.QUEUED),
            ("mail", State.QUEUED),
            ("mail", State.QUEUED),
        ]
    save(client, notices="app")
    assert way() == ("app", State.CANCELLED)
    assert "By Friday." in client.get(reverse("notices")).content.decode()


def test_what_a_worker_has_in_hand_stays_with_him(client, user):
    hand = {"claim_token": "0" * 32, "lease_until": "2030-01-01T00:00Z"}
    notice(user, state=State.TRANSMITTING, attempt=1, **hand)
    save(client, notices="digest")
    assert way() == ("mail", State.TRANSMITTING)


def test_the_test_of_the_chat_says_how_it_went_and_mends_it(client, user, hook):
    NotificationSettings.objects.create(user=user, notices="chat", chat_url=hook.url)
    NotificationSettings.objects.update(chat_failed_at="2026-01-01T00:00Z", chat_failure="410 gone")
    notice(user)
    hook.status, hook.words = 404, "no_service"
    page = client.post(reverse("settings_chat_test"), follow=True)
    assert [str(m) for m in page.context["messages"]] == ["The test did not arrive. 404 no_service"]
    assert "410 gone" in page.content.decode()
    hook.status, hook.words = 200, "ok"
    page = client.post(reverse("settings_chat_test"), follow=True)
    assert [str(m) for m in page.context["messages"]] == ["The chat took the test. It said: 200 ok"]
    assert hook.posts[-1]["text"].startswith(
        "*A test from Einklang*\n\nMessages to Jana Bergmann arrive here."
    )
    assert way() == ("chat", State.QUEUED)
    assert "very-secret" not in page.content.decode()


def test_a_test_without_a_chat_is_refused(client, user):
    page = client.post(reverse("settings_chat_test"), follow=True)
    assert [str(m) for m in page.context["messages"]] == ["Please enter the address of your chat first."]


def test_my_notices_are_mine_and_hold_no_secret_link(client, user, django_assert_num_queries):
    notice(user, "a", subject="Mine <b>")
    notice(user, "private", private=True, subject="Password")
    notice(UserFactory(), "b", subject="Theirs")
    notice(user, "c", subject="Taken back", state=State.CANCELLED)
    page = client.get(reverse("notices")).content.decode()
    assert "Mine &lt;b&gt;" in page
    assert not any(word in page for word in ("Theirs", "Password", "Taken back"))
    with django_assert_num_queries(5):
        client.get(reverse("notices"))
    for n in (1, 2):
        notice(user, f"more{n}")
    with django_assert_num_queries(5):
        client.get(reverse("notices"))


def test_admins_see_that_there_is_a_chat_but_not_where(client, user):
    NotificationSettings.objects.create(user=user, chat_url=SLACK, notices="chat")
    admin = UserFactory(roles=["admin"], is_staff=True, is_superuser=True)
    client.force_login(admin)
    for name, args in (("changelist", []), ("change", [NotificationSettings.objects.get().pk])):
        page = client.get(reverse(f"admin:accounts_notificationsettings_{name}", args=args))
        assert "hooks.slack.com/…-key" in page.content.decode()
        assert "very-secret" not in page.content.decode()
