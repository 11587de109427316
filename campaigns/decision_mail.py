"""Notices about decisions: who is asked, what was answered, what was decided."""

from collections.abc import Iterable
from typing import Any

from accounts.models import Department, User
from campaigns.enums import Answer
from campaigns.models import Decision, SignOff
from core.emails import absolute, queue_mails


def asked(decision: Decision, department: Department, people: Iterable[User], by: User) -> None:
    """Everybody who may answer for the department; it can wait for a digest, since it stands on Home, too."""
    _tell(decision, people, "asked", f"{decision.turn}:asked", department=department, asker=by)


def answered(decision: Decision, row: SignOff) -> None:
    """The author, when the last answer has come, and at once when somebody says no."""
    rest = decision.signoffs.filter(turn=decision.turn, answer=Answer.OPEN).count()
    if decision.by_id == row.by_id or (rest and row.answer == Answer.YES):
        return
    _tell(decision, [decision.by], "answered", f"{decision.turn}:answered:{row.pk}", row=row, rest=rest)


def decided(decision: Decision, by: User) -> None:
    """The author and those who answered."""
    answers = decision.signoffs.filter(by__isnull=False).select_related("by")
    people = {decision.by} | {row.by for row in answers}
    others = sorted(people - {by}, key=lambda one: one.pk)
    _tell(decision, others, "decided", "decided", decider=by)


def _tell(decision: Decision, people: Iterable[User], kind: str, about: str, **more: Any) -> None:
    context = {"decision": decision, "url": absolute(decision.get_absolute_url())} | more
    queue_mails(
        people,
        template=f"campaigns/email/decision_{kind}",
        key=lambda person: f"decision:{decision.pk}:{about}:{person.pk}",
        context=lambda _person: context,
        urgent=False,
    )
