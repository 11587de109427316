"""Notices about contributions and questions: who is asked, what was answered, what became of it.

Everything stands on Home, too, so that all of it may wait for a digest.
"""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from campaigns.enums import ContributionKind
from campaigns.models import CampaignPartner, Contribution
from core.emails import absolute, queue_mails


def asked(note: Contribution) -> None:
    """Everybody who may answer: the partners, or the owner of the campaign."""
    from campaigns.services.partners import people

    if note.to is None:
        _tell(note, [note.campaign.owner], "asked", but=note.by)
        return
    row = CampaignPartner(
        campaign_id=note.campaign_id, department_id=note.department_id, person_id=note.person_id
    )
    _tell(note, people(row), "asked", but=note.by)


def offered(note: Contribution) -> None:
    """The owner, of a contribution that nobody asked for."""
    _tell(note, [note.campaign.owner], "offered", but=note.by)


def answered(note: Contribution) -> None:
    """Who asked and, of a contribution, the owner who takes it up."""
    people = {note.by}
    if note.kind == ContributionKind.ASKED:
        people.add(note.campaign.owner)
    _tell(note, people, "answered", but=note.answered_by)


def closed(note: Contribution) -> None:
    """Who contributed it."""
    _tell(note, [note.answered_by], "closed", but=note.closed_by)


def _tell(note: Contribution, people: Iterable[User], kind: str, *, but: User | None) -> None:
    url = absolute(f"{reverse('campaigns:team', args=[note.campaign_id])}#note-{note.pk}")
    context = {"note": note, "campaign": note.campaign, "kind": kind, "url": url}
    others = [one for one in sorted(people, key=lambda one: one.pk) if but is None or one.pk != but.pk]
    queue_mails(
        others,
        template=f"campaigns/email/contribution_{kind}",
        key=lambda person: f"contribution:{note.pk}:{kind}:{person.pk}",
        context=lambda _person: context,
        urgent=False,
    )
