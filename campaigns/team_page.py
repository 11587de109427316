"""What the Team page and its card show of a campaign; a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import can
from campaigns.actions import Action
from campaigns.enums import ContributionKind, ContributionState, Topic
from campaigns.forms.team import NoteForm
from campaigns.models import CampaignChannel, CampaignPartner, Contribution, PartnerReader, Review
from campaigns.permissions import may_edit
from campaigns.services.dossier import Dossier
from campaigns.team import WAITING, is_over, stands_for

Kind, State = ContributionKind, ContributionState


def partners_of(dossier: Dossier) -> list[CampaignPartner]:
    """The partners of now (one query per dossier)."""
    found = dossier.campaign.partners.select_related("department", "person", "invited_by")
    return dossier.once(
        "partners", lambda: list(found.order_by("department__code", "person__last_name", "pk"))
    )


def waiting_notes(dossier: Dossier) -> list[Contribution]:
    """What still waits for somebody (one query per dossier)."""
    found = dossier.campaign.contributions.filter(state__in=WAITING)
    return dossier.once("waiting notes", lambda: list(found.select_related("department", "person", "by")))


@dataclass
class PartnerLine:
    """A partner with his people, when one of them has looked last, and what he is asked and has given."""

    row: CampaignPartner
    people: list[User]
    reader: PartnerReader | None
    notes: list[Contribution] = field(default_factory=list)

    @property
    def has_left(self) -> bool:
        """The person is with the company no more."""
        return self.row.person is not None and not self.row.person.is_active

    @property
    def topics(self) -> list[Any]:
        """What was ticked for them, in words."""
        return [topic.label for topic in Topic if topic.value in self.row.topics]

    def _count(self, kind: Kind, *states: State) -> int:
        return sum(note.kind == kind and note.state in states for note in self.notes)

    @property
    def asked_open(self) -> int:
        return self._count(Kind.ASKED, State.OPEN)

    @property
    def given(self) -> int:
        """Contributions, asked for or not, that were given; also those taken up or declined since."""
        done = (State.GIVEN, State.TAKEN, State.DECLINED)
        return self._count(Kind.ASKED, *done) + self._count(Kind.OFFERED, *done)

    @property
    def questions_open(self) -> int:
        return self._count(Kind.QUESTION, State.OPEN)

    @property
    def questions_answered(self) -> int:
        return self._count(Kind.QUESTION, State.ANSWERED)


@dataclass(frozen=True)
class NoteLine:
    """A contribution or question with what the reader may do about it; `form` keeps what he wrote."""

    note: Contribution
    may_answer: bool
    may_close: bool
    may_withdraw: bool
    form: Any = None

    @property
    def is_mine(self) -> bool:
        """Whether it waits for the reader."""
        return self.may_answer or self.may_close

    @property
    def fields(self) -> NoteForm:
        """The form as it was sent, else an empty one."""
        return self.form or NoteForm(note=self.note)

    @property
    def is_overdue(self) -> bool:
        due = self.note.due_on
        return self.note.state == State.OPEN and due is not None and due < timezone.localdate()


@dataclass(frozen=True)
class ExpertLine:
    """A channel with its expert, or why there is none."""

    row: CampaignChannel

    @property
    def missing(self) -> bool:
        return self.row.expert is None or not self.row.expert.is_active


class TeamPage:
    """The page for one reader."""

    def __init__(self, dossier: Dossier, user: User, form: Any = None) -> None:
        self.dossier, self.campaign, self.user, self.form = dossier, dossier.campaign, user, form
        self.is_over = is_over(self.campaign)
        self.edits = may_edit(user, self.campaign)
        self.may_invite = can(user, "team.invite", self.campaign)
        self.may_talk = can(user, "team.talk", self.campaign)

    @cached_property
    def partners(self) -> list[PartnerLine]:
        rows = partners_of(self.dossier)
        people = self._people(rows)
        lines = []
        for row in rows:
            group = [row.person] if row.person else people.get(row.department_id, [])
            ids = {one.pk for one in group}
            looks = [one for one in self.readers if one.person_id in ids and one.looked_at]
            last = max(looks, key=_looked_at, default=None)
            lines.append(PartnerLine(row, group, last, [n for n in self.notes if _of(row, n, ids)]))
        return lines

    def _people(self, rows: Iterable[CampaignPartner]) -> dict[int, list[User]]:
        """Partners of the departments, by department."""
        wanted = [row.department_id for row in rows if row.department_id]
        found: dict[int, list[User]] = {}
        there = User.objects.here().filter(department__in=wanted).holding(Role.PARTNER)
        for person in there.order_by("last_name", "first_name", "pk"):
            found.setdefault(person.department_id, []).append(person)
        return found

    @cached_property
    def readers(self) -> list[PartnerReader]:
        return list(self.campaign.partner_readers.select_related("person"))

    @cached_property
    def former(self) -> list[CampaignPartner]:
        """Those who were partners once, last first."""
        found = CampaignPartner.everyone.filter(campaign=self.campaign, ended_at__isnull=False)
        found = found.select_related("department", "person", "invited_by", "ended_by")
        return list(found.order_by("-ended_at", "-pk"))

    @cached_property
    def notes(self) -> list[Contribution]:
        found = self.campaign.contributions.select_related(
            "by", "department", "person", "answered_by", "closed_by"
        )
        notes = list(found.order_by("pk"))
        for note in notes:
            note.campaign = self.campaign
        return notes

    @cached_property
    def lines(self) -> list[NoteLine]:
        return [self._line(note) for note in self.notes]

    def _line(self, note: Contribution) -> NoteLine:
        open_, given = note.state == State.OPEN, note.state == State.GIVEN
        asked = stands_for(self.user, note) if note.to else self.is_of_team
        back = note.by_id == self.user.pk or (self.edits and note.kind == Kind.ASKED)
        return NoteLine(
            note,
            may_answer=self.may_talk and open_ and asked,
            may_close=self.may_invite and given,
            may_withdraw=self.may_talk and back and (open_ or (given and note.kind == Kind.OFFERED)),
            form=self.form if self.form is not None and self.form.note == note else None,
        )

    @cached_property
    def is_of_team(self) -> bool:
        return self.edits or any(row.expert_id == self.user.pk for row in self.dossier.channels)

    @cached_property
    def waiting(self) -> list[NoteLine]:
        """What waits: the reader's own first, then by the day on which it is due."""
        found = [line for line in self.lines if line.note.state in WAITING]
        return sorted(found, key=lambda line: (not line.is_mine, line.note.due_on is None, line.note.due_on))

    @cached_property
    def done(self) -> list[NoteLine]:
        """What is settled, the newest first."""
        return [line for line in reversed(self.lines) if line.note.state not in WAITING]

    @property
    def actions(self) -> list[Action]:
        """The buttons in the head; inviting is filled unless something waits for the reader."""
        pk, found = self.campaign.pk, []
        if self.may_talk:
            url = reverse("campaigns:team_say", args=[pk, "question"])
            found.append(Action(_("Ask a question"), url, "question-lg"))
        if self.may_talk and not self.edits:
            url = reverse("campaigns:team_say", args=[pk, "offer"])
            found.append(Action(_("Contribute"), url, "lightbulb"))
        if self.may_invite and self.partners:
            url = reverse("campaigns:team_say", args=[pk, "ask"])
            found.append(Action(_("Ask for a contribution"), url, "hand-index"))
        if self.may_invite:
            url, calm = (
                reverse("campaigns:team_invite", args=[pk]),
                not any(one.is_mine for one in self.waiting),
            )
            found.append(
                Action(_("Invite partners"), url, "person-plus", primary=calm and bool(self.partners))
            )
        return found

    @property
    def experts(self) -> list[ExpertLine]:
        return [ExpertLine(row) for row in self.dossier.channels]

    @property
    def lacks_experts(self) -> bool:
        """Whether a channel has nobody; the launch waits for it."""
        return any(line.missing for line in self.experts)

    @property
    def reviews(self) -> list[Review]:
        return self.dossier.reviews

    @cached_property
    def is_partner(self) -> bool:
        return any(stands_for(self.user, line.row) for line in self.partners)


def _looked_at(reader: PartnerReader) -> datetime:
    return reader.looked_at


def _of(row: CampaignPartner, note: Contribution, ids: set[int]) -> bool:
    """Whether it is addressed to this partner, or one of his people contributed it without being asked."""
    if note.kind == Kind.OFFERED:
        return note.by_id in ids
    if row.person_id:
        return note.person_id == row.person_id
    return note.department_id == row.department_id
