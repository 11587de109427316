"""What partners are asked for, contribute and ask: said once, answered once, taken up or declined.

Each step locks its row; of two people who answer at once the second one is told who was first.
"""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns import contribution_mail as mail
from campaigns.enums import ContributionKind, ContributionState
from campaigns.errors import Refused
from campaigns.models import Campaign, CampaignPartner, Contribution
from core import audit

LONGEST = 3000
# So much of a text stands in the log.
LOGGED = 80
Kind, State = ContributionKind, ContributionState


def problems_of(text: str, due_on: date | None, place: str = "text") -> dict[str, list[str]]:
    """What cannot be asked like this, by field."""
    problems: dict[str, list[str]] = {}
    if not text.strip():
        problems[place] = [_("Write what it is about.")]
    if len(text) > LONGEST:
        problems[place] = [_("This is too long.")]
    if due_on and due_on < timezone.localdate():
        problems["due_on"] = [_("This day is over.")]
    return problems


@transaction.atomic
def ask(
    *,
    to: CampaignPartner,
    text: str,
    by: User,
    due_on: date | None = None,
    submission: UUID | None = None,
) -> Contribution:
    """Ask a partner for something; he is told. The same `submission` gives the one it made."""
    campaign = to.campaign
    if not can(by, "team.invite", campaign):
        raise PermissionDenied(_("Only those who plan this campaign ask for contributions."))
    _check(text, due_on)
    _still_there(to)
    made = _known(submission, by)
    if made is None:
        made = note_asked(to, text, due_on, by, submission)
        mail.asked(made)
    return made


def note_asked(
    to: CampaignPartner, text: str, due_on: date | None, by: User, submission: UUID | None = None
) -> Contribution:
    """Write down what is asked of a partner, telling nobody: an invitation says it itself."""
    return _make(to.campaign, Kind.ASKED, text, by, to=to, due_on=due_on, submission=submission)


@transaction.atomic
def offer(*, campaign: Campaign, text: str, by: User, submission: UUID | None = None) -> Contribution:
    """Contribute without having been asked; the owner is told."""
    _may_talk(campaign, by)
    _check(text, None)
    made = _known(submission, by)
    if made is None:
        now = timezone.now()
        given = {"state": State.GIVEN, "answered_by": by, "answered_at": now}
        made = _make(campaign, Kind.OFFERED, text, by, submission=submission, **given)
        mail.offered(made)
    return made


@transaction.atomic
def question(
    *,
    campaign: Campaign,
    text: str,
    by: User,
    to: CampaignPartner | None = None,
    due_on: date | None = None,
    submission: UUID | None = None,
) -> Contribution:
    """Ask a partner or, with nobody named, the campaign's team; it is open until it is answered."""
    _may_talk(campaign, by)
    _check(text, due_on)
    if to is not None:
        _still_there(to)
    made = _known(submission, by)
    if made is None:
        made = _make(campaign, Kind.QUESTION, text, by, to=to, due_on=due_on, submission=submission)
        mail.asked(made)
    return made


def _check(text: str, due_on: date | None) -> None:
    if problems := problems_of(text, due_on):
        raise ValidationError(problems)


def _may_talk(campaign: Campaign, by: User) -> None:
    if not can(by, "team.talk", campaign):
        raise Refused(_("This campaign is closed; nothing is asked or contributed any more."))


def _still_there(to: CampaignPartner) -> None:
    if not CampaignPartner.objects.filter(pk=to.pk).exists():
        raise ValidationError({"to": [_("%(who)s is no partner any more.") % {"who": to.who}]})


def _known(submission: UUID | None, by: User) -> Contribution | None:
    return Contribution.objects.filter(submission=submission, by=by).first() if submission else None


def _make(
    campaign: Campaign, kind: Kind, text: str, by: User, *, to: CampaignPartner | None = None, **more: Any
) -> Contribution:
    more["submission"] = more.get("submission") or uuid4()
    if to is not None:
        more |= {"department": to.department, "person": to.person}
    made = Contribution(campaign=campaign, kind=kind, text=text, by=by, at=timezone.now(), **more)
    made.save()
    verb = "contribution.question_team" if kind == Kind.QUESTION and to is None else f"contribution.{kind}"
    _log(made, by, verb, to=str(made.to or ""))
    return made


@transaction.atomic
def answer(*, note: Contribution, text: str, by: User) -> Contribution:
    """Give what was asked for, or answer the question; once. Whoever asked is told."""
    current = _open_one(note, by)
    if not text.strip():
        raise ValidationError({"text": [_("Write your answer.")]})
    state = State.ANSWERED if current.kind == Kind.QUESTION else State.GIVEN
    _answered(current, state, text, by)
    _log(current, by, f"contribution.{state}")
    mail.answered(current)
    return current


@transaction.atomic
def unable(*, note: Contribution, text: str, by: User) -> Contribution:
    """Say that it is not possible, and why; whoever asked is told."""
    current = _open_one(note, by)
    if current.kind != Kind.ASKED:
        raise Refused(_("A question is answered, even if the answer is that nobody knows."))
    if not text.strip():
        raise ValidationError({"text": [_("Say why it is not possible.")]})
    _answered(current, State.UNABLE, text, by)
    _log(current, by, "contribution.unable", reason=_brief(text))
    mail.answered(current)
    return current


def _open_one(note: Contribution, by: User) -> Contribution:
    current = _locked(note)
    if not can(by, "contribution.answer", current):
        raise PermissionDenied(_("Only those who are asked answer here."))
    _must_be(current, State.OPEN)
    if current.kind == Kind.OFFERED:
        raise Refused(_("This was not asked for."))
    return current


def _answered(current: Contribution, state: State, text: str, by: User) -> None:
    values = {"state": state, "answer": text, "answered_by": by, "answered_at": timezone.now()}
    _save(current, **values)


@transaction.atomic
def take(*, note: Contribution, by: User, text: str = "") -> Contribution:
    """Take up what was contributed, with a word if one is given; whoever contributed it is told."""
    return _close(note, State.TAKEN, text, by)


@transaction.atomic
def decline(*, note: Contribution, text: str, by: User) -> Contribution:
    """Leave out what was contributed, with the reason; whoever contributed it is told."""
    if not text.strip():
        raise ValidationError({"text": [_("Say why it is not taken up.")]})
    return _close(note, State.DECLINED, text, by)


def _close(note: Contribution, state: State, reason: str, by: User) -> Contribution:
    current = _locked(note)
    if not can(by, "contribution.close", current):
        raise PermissionDenied(_("Only those who plan this campaign take up or decline contributions."))
    _must_be(current, State.GIVEN)
    _save(current, state=state, reason=reason, closed_by=by, closed_at=timezone.now())
    _log(current, by, f"contribution.{state}", name=str(current.answered_by), reason=_brief(reason))
    mail.closed(current)
    return current


@transaction.atomic
def withdraw(*, note: Contribution, by: User, text: str = "") -> Contribution:
    """Give it up: what is still open, or a contribution that nobody has taken up yet. It stays readable."""
    current = _locked(note)
    if not can(by, "contribution.withdraw", current):
        words = _("Only who said it takes it back, or who plans the campaign what was asked for.")
        raise PermissionDenied(words)
    if current.kind == Kind.ASKED:
        _must_be(current, State.OPEN)
    else:
        _must_be(current, State.OPEN, State.GIVEN)
    _save(current, state=State.WITHDRAWN, closed_by=by, closed_at=timezone.now())
    _log(current, by, "contribution.withdrawn")
    return current


def _locked(note: Contribution) -> Contribution:
    """The row as it stands once nobody else changes it; what it names is read after the wait, not before."""
    Contribution.objects.select_for_update().get(pk=note.pk)
    found = Contribution.objects.select_related(
        "campaign__owner", "by", "answered_by", "department", "person"
    )
    return found.get(pk=note.pk)


def _must_be(current: Contribution, *states: State) -> None:
    if current.state in states:
        return
    who = current.closed_by or current.answered_by
    words = {"state": State(current.state).label, "name": who}
    if who is None:
        raise Refused(_("This is “%(state)s” by now. Please look again.") % words)
    raise Refused(_("%(name)s was faster: this is “%(state)s” by now.") % words)


def _save(current: Contribution, **values: Any) -> None:
    for name, value in values.items():
        setattr(current, name, value)
    current.save_versioned(expected=current.version, fields=list(values))


def _log(note: Contribution, by: User, verb: str, **data: Any) -> None:
    audit.record(by=by, verb=verb, scope=note.campaign, subject=note, text=_brief(note.text), **data)


def _brief(text: str) -> str:
    """The beginning in one line, for the log."""
    flat = " ".join(text.split())
    return flat if len(flat) <= LOGGED else f"{flat[: LOGGED - 1]}…"
