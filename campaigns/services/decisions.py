"""Writing decisions, asking the departments, deciding, superseding. What is decided stays as it is."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Department, User
from accounts.permissions import CAMPAIGN_READERS, can
from campaigns import decision_mail
from campaigns.enums import Answer, DecisionKind, DecisionState
from campaigns.errors import Refused
from campaigns.models import Decision, SignOff
from core import audit
from core.concurrency import StaleVersion

LEADERS = (Role.MANAGER, Role.TEAM_LEAD)
# A superseded or withdrawn decision is no longer a question.
OPEN = (DecisionState.DRAFT, DecisionState.ASKED)


def signers(department: Department | int) -> list[User]:
    """Who answers for a department: its managers and leads; where it has none, whoever plans or helps."""
    people = User.objects.here().filter(department=department)
    return list(people.holding(*LEADERS)) or list(people.holding(*CAMPAIGN_READERS))


def speaks_for(user: User, department_id: int) -> bool:
    """Whether this person may answer for the department."""
    if user.department_id != department_id or not user.is_active:
        return False
    return user.rights.has(*LEADERS) or user in signers(department_id)


@transaction.atomic
def write(*, by: User, values: Mapping[str, Any]) -> Decision:
    """A draft; `values` are its fields. PermissionDenied without the right to write about its campaign."""
    decision = Decision(kind=DecisionKind.GENERAL, state=DecisionState.DRAFT, by=by, **values)
    _need(by, "decision.write", decision)
    _check(decision)
    decision.save()
    _log(decision, by, "decision.written")
    return decision


@transaction.atomic
def change(*, decision: Decision, by: User, values: Mapping[str, Any], expected: int) -> Decision:
    """Save a draft over the version that the person saw; StaleVersion, Refused once it is no draft."""
    current = _locked(decision)
    _need(by, "decision.edit", current)
    if current.version != expected:
        raise StaleVersion(current)
    _must_be(current, DecisionState.DRAFT)
    for name, value in values.items():
        setattr(current, name, value)
    _need(by, "decision.write", current)
    _check(current)
    current.words = current.searchable
    current.save_versioned(expected=expected, fields=[*values, "words"])
    _log(current, by, "decision.changed")
    return current


def _check(decision: Decision) -> None:
    """ValidationError by field for what does not belong together."""
    problems: dict[str, list[str]] = {}
    if decision.budget_round and decision.budget_round.budget.campaign_id != decision.campaign_id:
        problems["budget_round"] = [_("This round belongs to another campaign.")]
    if decision.exception and decision.exception.campaign_id != decision.campaign_id:
        problems["exception"] = [_("This exception belongs to another campaign.")]
    old = decision.supersedes
    if old and (old.kind != DecisionKind.GENERAL or not old.holds):
        problems["supersedes"] = [_("Only a decision that holds can be superseded.")]
    if problems:
        raise ValidationError(problems)


@transaction.atomic
def ask(*, decision: Decision, by: User, departments: Iterable[Department], due_on: Any = None) -> Decision:
    """Ask the departments for their yes; each gets a notice. ValidationError where nobody could answer."""
    current = _locked(decision)
    _need(by, "decision.edit", current)
    _must_be(current, DecisionState.DRAFT)
    asked = {department: signers(department) for department in departments}
    mute = ", ".join(str(department) for department, people in asked.items() if not people)
    if not asked:
        raise ValidationError({"departments": [_("Choose at least one department.")]})
    if mute:
        words = _("Nobody there could answer: %(departments)s.") % {"departments": mute}
        raise ValidationError({"departments": [words]})
    _move(current, DecisionState.ASKED, turn=current.turn + 1, due_on=due_on)
    for department, people in asked.items():
        SignOff.objects.create(decision=current, turn=current.turn, department=department)
        decision_mail.asked(current, department, people, by)
    _log(current, by, "decision.asked", departments=", ".join(str(department) for department in asked))
    return current


@transaction.atomic
def answer(*, decision: Decision, department: Department, by: User, yes: bool, reason: str) -> SignOff:
    """The department's yes or no, once. A no needs a reason. PermissionDenied for anybody else."""
    current = _locked(decision)
    if not speaks_for(by, department.pk):
        raise PermissionDenied(_("Only leads and managers of this department answer for it."))
    row = current.signoffs.select_for_update().filter(turn=current.turn, department=department).first()
    if current.state != DecisionState.ASKED or row is None:
        raise Refused(_("This decision does not ask for a sign-off any more."))
    if row.answer != Answer.OPEN:
        raise Refused(_("%(name)s has answered for this department already.") % {"name": row.by})
    if not yes and not reason.strip():
        raise ValidationError({"reason": [_("Say why the department does not agree.")]})
    row.answer, row.reason, row.by, row.at = Answer.YES if yes else Answer.NO, reason, by, timezone.now()
    row.save(update_fields=["answer", "reason", "by", "at"])
    verb = "decision.agreed" if yes else "decision.refused"
    _log(current, by, verb, department=str(department))
    decision_mail.answered(current, row)
    return row


@transaction.atomic
def take_back(*, decision: Decision, by: User) -> Decision:
    """Make it a draft again, to change it; the answers so far stay readable, all are asked again."""
    current = _locked(decision)
    _need(by, "decision.edit", current)
    _must_be(current, DecisionState.ASKED)
    _move(current, DecisionState.DRAFT)
    _log(current, by, "decision.taken_back")
    return current


@transaction.atomic
def withdraw(*, decision: Decision, by: User) -> Decision:
    """Give it up undecided; it stays readable."""
    current = _locked(decision)
    _need(by, "decision.edit", current)
    _must_be(current, *OPEN)
    _move(current, DecisionState.WITHDRAWN)
    _log(current, by, "decision.withdrawn")
    return current


@transaction.atomic
def decide(*, decision: Decision, by: User, despite: str = "", expected: int | None = None) -> Decision:
    """Make it bind; the one that it supersedes ends in the same step.

    ValidationError at "despite" if a department has not said yes and no reason is given; Refused if it is
    decided already, or what it supersedes does not hold any more; StaleVersion if it was changed meanwhile.
    """
    current = _locked(decision)
    _need(by, "decision.decide", current)
    _must_be(current, *OPEN)
    if expected is not None and current.version != expected:
        raise StaleVersion(current)
    missing = current.signoffs.filter(turn=current.turn).exclude(answer=Answer.YES)
    if current.state == DecisionState.ASKED and missing.exists() and not despite.strip():
        words = _("Not every department has agreed. Say why it is decided all the same.")
        raise ValidationError({"despite": [words]})
    old = _locked(current.supersedes) if current.supersedes else None
    if old and not old.holds:
        raise Refused(_("The decision that this one supersedes does not hold any more."))
    _move(current, DecisionState.DECIDED, decided_by=by, decided_at=timezone.now(), despite=despite.strip())
    _log(current, by, "decision.decided")
    if old:
        _move(old, DecisionState.SUPERSEDED, superseded_by=current)
        _log(old, by, "decision.superseded")
    decision_mail.decided(current, by)
    return current


def _locked(decision: Decision) -> Decision:
    found = Decision.objects.select_for_update(of=("self",)).select_related("campaign", "by", "supersedes")
    return found.get(pk=decision.pk)


def _need(by: User, action: str, decision: Decision) -> None:
    if not can(by, action, decision):
        raise PermissionDenied(_REFUSALS[action]())


_REFUSALS = {
    "decision.write": lambda: _("You do not plan this campaign, so you cannot write a decision about it."),
    "decision.edit": lambda: _("Only its author and managers change a decision."),
    "decision.decide": lambda: _("Only a manager decides."),
}


def _must_be(decision: Decision, *states: DecisionState) -> None:
    if decision.state not in states:
        state = DecisionState(decision.state).label
        raise Refused(_("This decision is “%(state)s” by now. Please look again.") % {"state": state})


def _move(decision: Decision, state: DecisionState, **values: Any) -> None:
    for name, value in values.items():
        setattr(decision, name, value)
    decision.state = state
    decision.save_versioned(expected=decision.version, fields=["state", *values])


def _log(decision: Decision, by: User, verb: str, **data: Any) -> None:
    """In the log of the campaign, if there is one, and in the decision's own."""
    about = {"title": str(decision)[:200]} | data
    audit.record(by=by, verb=verb, scope=decision.campaign or decision, subject=decision, **about)
