"""Digests: collected once, in the person's language, at his hour; nothing twice, nothing lost."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from accounts.models import NotificationSettings
from core.delivery import digest
from core.delivery.clock import db_now
from core.delivery.digest import last_slot, send_digests
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.delivery.states import State
from core.emails import queue_mail


@pytest.fixture
def collecting(anna):
    return NotificationSettings.objects.create(user=anna, notices="digest", digest_rhythm="hourly")


def person(rhythm="daily", hour=8, zone="Europe/Berlin"):
    wishes = NotificationSettings(digest_rhythm=rhythm, digest_hour=hour)
    return SimpleNamespace(preferences=wishes, timezone=zone)


@pytest.mark.parametrize(
    ("now", "who", "slot"),
    [
        ("2026-06-01T06:00", person(), "2026-06-01T06:00"),
        ("2026-06-01T05:59", person(), "2026-05-31T06:00"),
        ("2026-01-15T07:30", person(), "2026-01-15T07:00"),
        ("2026-06-01T02:29", person(zone="Asia/Kolkata"), "2026-05-31T02:30"),
        ("2026-06-01T02:30", person(zone="Asia/Kolkata"), "2026-06-01T02:30"),
        ("2026-06-01T09:59", person("hourly"), "2026-06-01T09:00"),
    ],
)
def test_a_digest_is_due_at_the_persons_hour(now, who, slot):
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert last_slot(moment, who) == datetime.fromisoformat(slot).replace(tzinfo=UTC)


def test_notices_come_in_one_mail_and_only_once(collecting, anna, mail_templates, sink, route):
    for number, name in enumerate(("Erste", "Zweite")):
        context = {"name": name, "link": f"https://e.example/{number}/"}
        queue_mail(key=f"n{number}", to=anna, template=mail_templates, context=context, urgent=False)
    assert send_digests() == 0  # they are younger than the last full hour
    OutgoingMail.objects.update(due_at=db_now() - timedelta(hours=1))
    assert send_digests() == 1
    assert send_digests() == 0
    made = OutgoingMail.objects.get(key__startswith="digest:")
    assert [one.key for one in made.collected.order_by("pk")] == ["n0", "n1"]
    assert set(made.collected.values_list("state", flat=True)) == {State.CANCELLED}
    assert deliver(route) == {"sent": 1}
    (message,) = sink.messages
    text = message.get_body(("plain",)).get_content()
    assert all(words in text for words in ("Ja, Erste", "https://e.example/0/", "https://e.example/1/"))
    assert message["Content-Language"] == "de"


def test_what_is_urgent_or_private_is_never_collected(collecting, anna, mail_templates):
    context = {"name": "x", "link": "y"}
    queue_mail(key="u", to=anna, template=mail_templates, context=context)
    queue_mail(key="p", to=anna, template=mail_templates, context=context, urgent=False, private=True)
    assert set(OutgoingMail.objects.values_list("route", flat=True)) == {"mail"}


def test_a_crash_between_leaves_everything_for_the_next_time(collecting, make_mail, monkeypatch):
    make_mail(route="digest", due_at=db_now() - timedelta(hours=2))

    def crash(*args, **kwargs):
        raise RuntimeError("killed")

    with monkeypatch.context() as broken:
        broken.setattr(digest, "hint_on_commit", crash)
        with pytest.raises(RuntimeError):
            send_digests()
    assert list(OutgoingMail.objects.values_list("key", "state")) == [("m1", State.QUEUED)]
    assert send_digests() == 1


def test_who_has_left_gets_none(collecting, anna, make_mail):
    make_mail(route="digest", due_at=db_now() - timedelta(hours=2))
    anna.is_active = False
    anna.save()
    assert send_digests() == 0
    assert OutgoingMail.objects.get().state == State.WITHHELD


def test_in_einklang_only_means_that_it_is_there_at_once(anna, mail_templates):
    NotificationSettings.objects.create(user=anna, notices="app")
    mail = queue_mail(
        key="a", to=anna, template=mail_templates, context={"name": "x", "link": "y"}, urgent=False
    )
    assert (mail.route, mail.state) == ("app", State.SENT)
