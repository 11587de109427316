"""What people and other apps decide about deliveries."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.audit import sentence
from core.delivery import decisions
from core.delivery.engine import deliver
from core.delivery.models import OutgoingMail
from core.delivery.states import IllegalEdge, State
from core.models import AuditEvent


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_user("boss@bergmann-soehne.example")


@pytest.mark.parametrize("state", ["uncertain", "failed"])
def test_a_person_has_it_sent_again(sink, route, make_mail, boss, state):
    mail = make_mail(state=state, attempt=8)
    decided = decisions.resolve(mail, to=State.RETRY, by=boss, reason=" She called. ")
    assert (decided.state, decided.attempt, decided.claim_token) == ("retry", 0, None)
    event = AuditEvent.objects.get()
    assert (event.actor, event.scope) == (boss, f"core.outgoingmail:{mail.pk}")
    assert sentence(event) == "had the message sent again: She called."
    assert deliver(route) == {"sent": 1}
    assert sink.messages[0]["Message-ID"] == mail.message_id


def test_a_person_found_it_in_the_mail_log(make_mail, boss):
    mail = make_mail(state="uncertain")
    decided = decisions.resolve(mail, to=State.SENT, by=boss, reason="Log of 9:14")
    assert decided.state == "sent"
    assert decided.sent_at is not None
    assert sentence(AuditEvent.objects.get()) == "found the message in the mail log: Log of 9:14"


@pytest.mark.parametrize(
    ("state", "to"),
    [
        ("failed", "sent"),
        ("sent", "retry"),
        ("queued", "retry"),
        ("claimed", "retry"),
        ("uncertain", "queued"),
    ],
)
def test_nothing_else_can_be_decided(make_mail, boss, state, to):
    mail = make_mail(state=state, sent_at=timezone.now(), claim_token="0" * 32, lease_until=timezone.now())
    with pytest.raises(IllegalEdge):
        decisions.resolve(mail, to=State(to), by=boss, reason="x")
    assert OutgoingMail.objects.get().state == state
    assert AuditEvent.objects.count() == 0


def test_a_decision_needs_a_reason(make_mail, boss):
    with pytest.raises(ValidationError, match="Please say why"):
        decisions.resolve(make_mail(state="failed"), to=State.RETRY, by=boss, reason="  ")
    assert OutgoingMail.objects.get().state == "failed"


def test_a_decision_that_comes_second_is_told_so(make_mail, boss):
    mail = make_mail(state="uncertain")
    OutgoingMail.objects.update(state="closed")
    with pytest.raises(ValidationError, match="changed meanwhile"):
        decisions.resolve(mail, to=State.RETRY, by=boss, reason="x")
    assert AuditEvent.objects.count() == 0


@pytest.mark.parametrize(
    ("act", "old", "new"),
    [
        (decisions.close_confirmed, {"uncertain"}, "closed"),
        (decisions.withhold, {"queued", "retry"}, "withheld"),
        (decisions.cancel, {"queued", "retry"}, "cancelled"),
        (decisions.queue_again, {"withheld"}, "queued"),
    ],
)
def test_decisions_on_many_rows_touch_only_the_states_they_may(make_mail, act, old, new):
    for state in State:
        make_mail(
            state.value, state=state, sent_at=timezone.now(), claim_token="0" * 32, lease_until=timezone.now()
        )
    assert act(OutgoingMail.objects.all()) == len(old)
    for mail in OutgoingMail.objects.all():
        assert mail.state == (new if mail.key in old else mail.key)


def test_who_is_entitled_again_gets_what_was_withheld(sink, route, make_mail, anna):
    make_mail(state="withheld")
    assert decisions.queue_again(OutgoingMail.objects.filter(recipient=anna)) == 1
    assert deliver(route) == {"sent": 1}


def test_deciding_on_rows_found_by_their_people_changes_only_theirs(make_mail, boss):
    make_mail("hers")
    make_mail("his", recipient=boss)
    assert decisions.cancel(OutgoingMail.objects.filter(recipient__email__startswith="boss")) == 1
    assert OutgoingMail.objects.get(key="hers").state == "queued"
