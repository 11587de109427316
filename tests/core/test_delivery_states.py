"""Every edge of the table, and that nothing else is an edge, for services and below them."""

import uuid

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from core.delivery.models import OutgoingMail
from core.delivery.states import EDGES, OPEN, IllegalEdge, State
from core.delivery.transitions import backoff_seconds, move

LIFECYCLE = {
    ("queued", "claimed"), ("claimed", "transmitting"), ("transmitting", "sent"),
    ("claimed", "retry"), ("claimed", "failed"),
    ("transmitting", "retry"), ("transmitting", "failed"), ("transmitting", "uncertain"),
    ("retry", "claimed"),
    ("uncertain", "closed"), ("uncertain", "sent"), ("uncertain", "retry"), ("failed", "retry"),
    ("queued", "withheld"), ("retry", "withheld"), ("withheld", "queued"),
    ("queued", "cancelled"), ("retry", "cancelled"),
}  # fmt: skip
PAIRS = [(old.value, new.value) for old in State for new in State if old != new]
FITTING = {"claim_token": uuid.UUID(int=1), "lease_until": timezone.now(), "sent_at": timezone.now()}


def test_the_table_is_the_one_of_the_lifecycle():
    assert {(o.value, n.value) for o, news in EDGES.items() for n in news} == LIFECYCLE
    assert {s.value for s in OPEN} == {
        "queued", "retry", "claimed", "transmitting", "failed", "uncertain",
    }  # fmt: skip


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_edge_by_service_and_below_it(make_mail, old, new):
    mail = make_mail(state=old, **FITTING)
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    if (old, new) in LIFECYCLE:
        assert move(mail, State(new)) is True
        assert rows.get().state == new
        return
    with pytest.raises(IllegalEdge):
        move(mail, State(new))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=new)
    assert rows.get().state == old


def test_a_move_that_comes_second_does_nothing(make_mail):
    mail = make_mail(state="queued")
    twin = OutgoingMail.objects.get(pk=mail.pk)
    assert move(mail, State.CANCELLED) is True
    assert move(twin, State.WITHHELD) is False
    assert OutgoingMail.objects.get(pk=mail.pk).state == "cancelled"


def test_a_move_with_another_token_does_nothing(make_mail):
    mail = make_mail(state="claimed", **FITTING)
    assert move(mail, State.RETRY, where=Q(claim_token=uuid.UUID(int=2))) is False
    assert OutgoingMail.objects.get(pk=mail.pk).state == "claimed"


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "somewhere"},
        {"attempt": 9},
        {"state": "retry", "attempt": 8},
        {"state": "claimed", "lease_until": timezone.now()},
        {"state": "transmitting", "claim_token": uuid.UUID(int=1)},
        {"state": "sent"},
    ],
)
def test_rows_that_make_no_sense_are_refused_by_the_database(make_mail, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_mail(**broken)
    assert OutgoingMail.objects.count() == 0


def test_an_empty_message_id_is_refused_by_the_database(make_mail):
    mail = make_mail()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMail.objects.filter(pk=mail.pk).update(message_id="")


def test_backoff_doubles_up_to_two_hours():
    assert [backoff_seconds(n) for n in range(1, 9)] == [60, 120, 240, 480, 960, 1920, 3840, 7200]


def test_the_message_id_comes_from_the_row_and_stays(make_mail, settings):
    settings.SITE_URL = "https://einklang.example"
    settings.DEFAULT_FROM_EMAIL = "Einklang <post@Bürger.example>"
    mail, other = make_mail("one"), make_mail("two")
    assert mail.message_id == "<ek-outgoingmail-d610e588c016bda14f52cd13193e72f7@xn--brger-kva.example>"
    assert other.message_id != mail.message_id
    again = OutgoingMail(key="one")
    again.fill_message_id()
    assert again.message_id == mail.message_id
    settings.DEFAULT_FROM_EMAIL = "new@elsewhere.example"
    mail.save()
    assert OutgoingMail.objects.get(pk=mail.pk).message_id == again.message_id


def test_rows_made_in_bulk_have_their_message_ids(anna):
    rows = [OutgoingMail(key=f"k{n}", recipient=anna, language="de") for n in range(3)]
    OutgoingMail.objects.bulk_create(rows)
    ids = set(OutgoingMail.objects.values_list("message_id", flat=True))
    assert len(ids) == 3
    assert all(i.startswith("<ek-outgoingmail-") for i in ids)
