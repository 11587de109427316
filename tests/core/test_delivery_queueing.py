"""Rows for many people are the same whether models or lists make them."""

import pytest
from django.db import IntegrityError, transaction

from core.delivery.models import OutgoingMail
from core.delivery.queueing import insert_many, queue_many
from tests.factories import UserFactory

SAME = {"subject": "Größe", "text": "a'b\n%s", "html": "<p>", "language": "de"}
OWN = ("id", "key", "message_id", "recipient_id", "due_at", "created_at", "changed_at")


def _shared(mail):
    return {name: value for name, value in mail.__dict__.items() if name not in (*OWN, "_state")}


def test_rows_from_lists_are_what_models_would_have_been(db, django_assert_num_queries):
    people = UserFactory.create_batch(3)
    with django_assert_num_queries(1):
        queue_many(
            OutgoingMail,
            {"recipient_id": [person.pk for person in people], "key": ["k1", "k2", "k'3"]},
            **SAME,
            urgent=False,
        )
    made = OutgoingMail.objects.order_by("pk")
    assert [(mail.recipient, mail.key) for mail in made] == list(
        zip(people, ["k1", "k2", "k'3"], strict=True)
    )
    OutgoingMail.objects.bulk_create([OutgoingMail(key="k4", recipient=people[0], **SAME, urgent=False)])
    model = OutgoingMail.objects.get(key="k4")
    for mail in made[:3]:
        assert _shared(mail) == _shared(model)
        assert mail.due_at <= model.due_at
        assert mail.created_at <= model.created_at
        said, mail.message_id = mail.message_id, ""
        mail.fill_message_id()
        assert said == mail.message_id
    assert OutgoingMail.objects.due().count() == 4


def test_what_is_there_stays_and_what_is_wrong_is_refused(db):
    person = UserFactory()
    for text in ("first", "second"):
        lists = {"recipient_id": [person.pk, person.pk], "key": ["k1", "k1"]}
        queue_many(OutgoingMail, lists, **SAME | {"text": text})
    assert [mail.text for mail in OutgoingMail.objects.all()] == ["first"]
    with pytest.raises(IntegrityError), transaction.atomic():
        queue_many(OutgoingMail, {"recipient_id": [person.pk], "key": ["k2"]}, **SAME, state="lost")
    insert_many(OutgoingMail, {"recipient_id": [], "key": []}, **SAME)
    assert OutgoingMail.objects.count() == 1
