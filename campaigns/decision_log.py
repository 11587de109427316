"""The log of decisions: its filters, kept in the address, and its pages."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from campaigns.enums import Answer, DecisionState
from campaigns.models import Decision, SignOff
from campaigns.models.decision import folded

PAGE = 50
MINE = "mine"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 16 else 0


@dataclass(frozen=True)
class LogFilter:
    """What the address asks for; what makes no sense counts as not asked."""

    text: str = ""
    state: str = ""
    campaign: int = 0
    department: int = 0
    person: int = 0
    older: int = 0

    @classmethod
    def from_query(cls, query: QueryDict) -> "LogFilter":
        """Read the address."""
        state = query.get("state", "")
        numbers = {
            name: _number(query.get(name, "")) for name in ("campaign", "department", "person", "older")
        }
        return cls(
            text=query.get("text", "").replace("\x00", "")[:200].strip(),
            state=state if state in (*DecisionState.values, MINE) else "",
            **numbers,
        )

    @property
    def is_set(self) -> bool:
        """Whether anything is asked."""
        return any((self.text, self.state, self.campaign, self.department, self.person))

    def query(self, **more: Any) -> str:
        """The address's query with the same filters."""
        names = ("text", "state", "campaign", "department", "person")
        said = {name: getattr(self, name) for name in names if getattr(self, name)}
        return "?" + urlencode(said | more)

    def of(self, user: User) -> QuerySet[Decision]:
        """The decisions that match and that the person may read, newest first."""
        found = Decision.objects.visible_to(user)
        for word in folded(self.text).split():
            found = found.filter(words__contains=word)
        if self.state == MINE:
            found = waiting_for(user, found)
        elif self.state:
            found = found.filter(state=self.state)
        if self.campaign:
            found = found.filter(campaign=self.campaign)
        signed = SignOff.objects.filter(decision=OuterRef("pk"))
        if self.department:
            found = found.filter(Exists(signed.filter(department=self.department)))
        if self.person:
            who = Q(by=self.person) | Q(decided_by=self.person) | Exists(signed.filter(by=self.person))
            found = found.filter(who)
        return found.order_by("-id")


def waiting_for(user: User, among: QuerySet[Decision]) -> QuerySet[Decision]:
    """Decisions that wait for the answer of the person's department."""
    open_ones = SignOff.objects.filter(
        decision=OuterRef("pk"),
        turn=OuterRef("turn"),
        answer=Answer.OPEN,
        department=user.department_id or 0,
    )
    return among.filter(Exists(open_ones), state=DecisionState.ASKED)


def with_all(found: QuerySet[Decision]) -> QuerySet[Decision]:
    """With everything that a row shows, in two queries."""
    signoffs = SignOff.objects.select_related("department", "by").order_by("department__code", "turn")
    related = ("campaign", "by", "decided_by", "channel", "superseded_by", "supersedes", "budget_round")
    return found.select_related(*related).prefetch_related(Prefetch("signoffs", signoffs))


def page_of(chosen: LogFilter, user: User) -> tuple[list[Decision], int]:
    """At most PAGE decisions and the id below which the next page begins, 0 when there is none."""
    found = chosen.of(user)
    if chosen.older:
        found = found.filter(pk__lt=chosen.older)
    rows = list(with_all(found)[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else 0
    return rows[:PAGE], more
