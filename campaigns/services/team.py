"""The team of a campaign: inviting partners, taking leave of them, who has looked, what each is told of."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.permissions import can
from campaigns.enums import Topic
from campaigns.models import Campaign, CampaignPartner, PartnerReader
from campaigns.services import contributions, partners
from campaigns.services.transitions import lock_campaign
from campaigns.team import stands_for

# A look counts once an hour; nobody needs it more exactly.
LOOK = timedelta(hours=1)


@dataclass(frozen=True)
class Wanted:
    """What is asked of those who are invited: a sentence and, if wanted, a day."""

    text: str
    due_on: date | None = None


@transaction.atomic
def invite_partners(
    *,
    campaign: Campaign,
    by: User,
    departments: Iterable[Department] = (),
    people: Iterable[User] = (),
    topics: Collection[str],
    wanted: Wanted | None = None,
) -> list[CampaignPartner]:
    """Take departments and people in; those who are partners already stay as they are.

    Everybody is told by one mail, which also says what is `wanted` of him. PermissionDenied without the
    right to plan; ValidationError by field. Gives the new partners.
    """
    current = lock_campaign(campaign)
    if not can(by, "team.invite", current):
        raise PermissionDenied(_("Only those who plan this campaign invite partners, until it is closed."))
    departments, people = list(departments), list(people)
    _check(departments, people, topics, wanted)
    known = {row.key for row in current.partners.all()}
    new = [CampaignPartner(department=one) for one in departments]
    new += [CampaignPartner(person=one) for one in people]
    made = [
        partners.invite(campaign=current, by=by, department=row.department, person=row.person, topics=topics)
        for row in new
        if row.key not in known
    ]
    for row in made if wanted else ():
        contributions.note_asked(row, wanted.text, wanted.due_on, by)
    if any(row.department_id for row in made):
        _plan_changed(current)
    return made


def _check(
    departments: list[Department], people: list[User], topics: Collection[str], wanted: Wanted | None
) -> None:
    problems: dict[str, list[str]] = {}
    if not departments and not people:
        problems["departments"] = [_("Choose a department or a person.")]
    gone = [str(one) for one in people if not one.rights.roles]
    if gone:
        words = _("%(names)s cannot sign in to anything here: he or she has left, or has no role yet.")
        problems["people"] = [words % {"names": ", ".join(gone)}]
    if not set(topics) <= set(Topic.values):
        problems["topics"] = [_("There is no such topic.")]
    if wanted:
        problems |= contributions.problems_of(wanted.text, wanted.due_on, place="wanted")
    if problems:
        raise ValidationError(problems)


def _plan_changed(campaign: Campaign) -> None:
    """Departments stand in the form of the plan, too: who has it open learns that they have changed."""
    Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1, changed_at=timezone.now())


@transaction.atomic
def take_leave(*, row: CampaignPartner, by: User) -> bool:
    """End a partnership; False if it has ended before. What was said stays, open requests are withdrawn."""
    campaign = lock_campaign(row.campaign_id)
    if not can(by, "team.invite", campaign):
        raise PermissionDenied(_("Only those who plan this campaign take leave of partners."))
    current = CampaignPartner.objects.select_related("campaign", "department", "person").filter(pk=row.pk)
    found = current.first()
    if found is None:
        return False
    partners.end(row=found, by=by)
    if found.department_id:
        _plan_changed(campaign)
    return True


def looked(*, campaign: Campaign, by: User, rows: Iterable[CampaignPartner]) -> None:
    """Note that a partner has looked at the plan; `rows` are the partners of the campaign."""
    if not any(stands_for(by, row) for row in rows):
        return
    now = timezone.now()
    reader, made = PartnerReader.objects.get_or_create(
        campaign=campaign, person=by, defaults={"looked_at": now}
    )
    if not made and (reader.looked_at is None or reader.looked_at < now - LOOK):
        PartnerReader.objects.filter(pk=reader.pk).update(looked_at=now)


def topics_of(*, campaign: Campaign, person: User) -> tuple[list[str], list[str], bool]:
    """What the person is told of, what was ticked for him, and whether he has chosen himself."""
    rows = [row for row in campaign.partners.all() if stands_for(person, row)]
    own = [row for row in rows if row.person_id] or rows
    ticked = sorted({topic for row in own for topic in row.topics})
    reader = PartnerReader.objects.filter(campaign=campaign, person=person).first()
    chosen = reader.topics if reader else None
    return (ticked if chosen is None else chosen), ticked, chosen is not None


@transaction.atomic
def choose_topics(*, campaign: Campaign, by: User, topics: Collection[str] | None) -> None:
    """What the person wants to be told of in this campaign; none: nothing; None: as he was invited."""
    if not can(by, "team.topics", campaign):
        raise PermissionDenied(_("Only partners of this campaign choose what they are told of."))
    kept = None if topics is None else sorted(set(topics))
    if kept and not set(kept) <= set(Topic.values):
        raise ValidationError({"topics": [_("There is no such topic.")]})
    PartnerReader.objects.update_or_create(campaign=campaign, person=by, defaults={"topics": kept})
