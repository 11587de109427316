"""Partners are told of what changed in the plan they see: one mail per person, campaign and hour, and only
of the topics that the person chose, or that were ticked for him when he was invited.

What is worth telling stands in the log already, so that every way of changing a campaign is heard of. An
event marks the campaign's partners; the clock waits until the change is complete, then sends what came in.
"""

import logging
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import Department, User
from campaigns.enums import ContributionState, Topic
from campaigns.models import Campaign, CampaignPartner, Contribution, PartnerReader
from campaigns.models.partner import usual_topics
from campaigns.services.transitions import lock_campaign
from core import audit
from core.emails import absolute, queue_mails
from core.models import AuditEvent

log = logging.getLogger(__name__)
# Which events of the log belong to a topic.
BY_TOPIC: dict[Topic, tuple[str, ...]] = {
    Topic.TIME: (
        "campaign.moved",
        "region.moved",
        "flights.changed",
        "flight.added",
        "flight.moved",
        "flight.removed",
        "flight.hours",
    ),
    Topic.REACH: ("region.added", "region.removed", "channel.added", "channel.removed"),
    Topic.MESSAGE: ("core.saved", "fact.saved", "fact.deleted"),
    Topic.BUDGET: ("budget.approval", "budget.acceptance"),
    Topic.STATES: (
        "campaign.handed_over",
        "campaign.submitted",
        "campaign.returned",
        "campaign.approved",
        "campaign.release_given_up",
        "campaign.change_started",
        "campaign.change_discarded",
        "campaign.cancelled",
        "campaign.evaluated",
        "region.started",
        "region.resumed",
        "region.replaced",
        "region.paused",
        "region.finished",
    ),
}
TOPIC_OF = {verb: topic.value for topic, verbs in BY_TOPIC.items() for verb in verbs}
SCOPE = f"{Campaign._meta.label_lower}:"
# One step of a change writes several events; what follows within the hour waits for the next mail.
SETTLED, PAUSE = timedelta(minutes=1), timedelta(hours=1)
MOST_LINES, MOST_ROWS = 20, 200


def invite(
    *,
    campaign: Campaign,
    by: User,
    department: Department | None = None,
    person: User | None = None,
    topics: Collection[str] | None = None,
) -> CampaignPartner:
    """Take a department or a person in (exactly one of them), and write it down; asks for no right.

    They are told of what happens from now on, and first of all that they were invited.
    """
    last = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    row = CampaignPartner.objects.create(
        campaign=campaign,
        department=department,
        person=person,
        topics=usual_topics() if topics is None else sorted(topics),
        invited_by=by,
        invited_at=timezone.now(),
        told_event=last,
        changed_at=timezone.now(),
    )
    if person is None:
        audit.record(by=by, verb="partner.invited", scope=campaign, department=str(department))
    else:
        audit.record(by=by, verb="partner.person_invited", scope=campaign, person=str(person))
    return row


def end(*, row: CampaignPartner, by: User) -> None:
    """Take leave of a partner: what is still open for him is withdrawn; all that was said stays."""
    campaign, now = row.campaign, timezone.now()
    open_ones = Contribution.objects.filter(campaign=campaign, state=ContributionState.OPEN)
    open_ones = open_ones.filter(department=row.department_id, person=row.person_id)
    open_ones.update(state=ContributionState.WITHDRAWN, closed_by=by, closed_at=now)
    CampaignPartner.objects.filter(pk=row.pk).update(ended_by=by, ended_at=now, changed_at=None)
    if row.person_id is None:
        audit.record(by=by, verb="partner.removed", scope=campaign, department=str(row.department))
    else:
        audit.record(by=by, verb="partner.person_removed", scope=campaign, person=str(row.person))


@receiver(post_save, sender=AuditEvent, dispatch_uid="campaigns.partners")
def note(instance: AuditEvent, **_kwargs: object) -> None:
    """Mark the partners of a campaign in the transaction of the change itself."""
    if instance.verb in TOPIC_OF and instance.scope.startswith(SCOPE):
        rows = CampaignPartner.objects.filter(campaign=int(instance.scope.removeprefix(SCOPE)))
        rows.filter(changed_at=None).update(changed_at=timezone.now())


def tell_partners() -> int:
    """Tell every partner for whom something is due; how many were told. One that fails stops no other."""
    now = timezone.now()
    due = CampaignPartner.objects.filter(changed_at__lte=now - SETTLED)
    due = due.filter(Q(told_at=None) | Q(told_at__lte=now - PAUSE)).order_by("changed_at", "pk")
    told = 0
    for pk, campaign_id in list(due.values_list("pk", "campaign")[:MOST_ROWS]):
        try:
            told += _tell(pk, campaign_id)
        except Exception:
            log.exception("Partner %s could not be told", pk)
    return told


@transaction.atomic
def _tell(pk: int, campaign_id: int) -> bool:
    # With the campaign locked no event is on its way that a mail would pass by.
    campaign = lock_campaign(campaign_id)
    row = CampaignPartner.objects.filter(pk=pk, changed_at__isnull=False).first()
    if row is None:
        return False
    events = AuditEvent.objects.filter(
        scope=audit.scope_of(campaign), pk__gt=row.told_event, verb__in=TOPIC_OF
    )
    found = list(events.select_related("actor").order_by("pk"))
    invited = row.told_at is None
    news = {
        person: [one for one in found if one.actor_id != person.pk and TOPIC_OF[one.verb] in topics]
        for person, topics in audience(row)
    }
    told = {person: events for person, events in news.items() if events or invited}
    _mail(campaign, row, told, invited=invited)
    row.told_event = found[-1].pk if found else row.told_event
    # Nobody's hour begins with what nobody wanted to know.
    row.told_at, row.changed_at = timezone.now() if told else row.told_at, None
    row.save(update_fields=["told_event", "told_at", "changed_at"])
    return bool(told)


def people(row: CampaignPartner) -> QuerySet[User]:
    """Who sees the plan through this invitation: the person, or who of the department is a partner."""
    here = User.objects.filter(is_active=True)
    if row.person_id is not None:
        return here.filter(pk=row.person_id)
    there = here.filter(department=row.department_id, grants__role=Role.PARTNER)
    return there.distinct().order_by("pk")


def audience(row: CampaignPartner) -> list[tuple[User, frozenset[str]]]:
    """Each of them with the topics that he wants to hear of; one who is invited himself counts there only."""
    found = people(row)
    if row.person_id is None:
        alone = CampaignPartner.objects.filter(campaign=row.campaign_id, person__isnull=False)
        found = found.exclude(pk__in=alone.values("person"))
    chosen = dict(
        PartnerReader.objects.filter(campaign=row.campaign_id, topics__isnull=False).values_list(
            "person", "topics"
        )
    )
    return [(person, frozenset(chosen.get(person.pk, row.topics))) for person in found]


def _mail(
    campaign: Campaign, row: CampaignPartner, told: dict[User, list[AuditEvent]], *, invited: bool
) -> None:
    """One mail to each of them, with what is new to him."""
    moment = f"{timezone.now():%Y%m%d%H%M%S}"
    common = {
        "campaign": campaign,
        "invited": invited,
        "row": row,
        "wanted": _wanted(row) if invited else [],
        "url": absolute(reverse("campaigns:detail", args=[campaign.pk])),
        "team_url": absolute(reverse("campaigns:team", args=[campaign.pk])),
        "topics_url": absolute(reverse("campaigns:team_topics", args=[campaign.pk])),
    }

    def context(person: User) -> dict[str, Any]:
        with translation.override(person.language):
            lines = [(event.actor, audit.sentence(event)) for event in told[person]]
        return common | {"lines": lines[-MOST_LINES:], "more": max(len(lines) - MOST_LINES, 0)}

    queue_mails(
        told,
        template="campaigns/email/partner",
        key=lambda person: f"partner:{row.pk}:{person.pk}:{moment}",
        context=context,
        # Collected already; to a department nothing of it is due at once.
        urgent=False,
    )


def _wanted(row: CampaignPartner) -> list[Contribution]:
    """What they were asked for when they were invited: the invitation says it."""
    found = Contribution.objects.filter(campaign=row.campaign_id, state=ContributionState.OPEN)
    return list(found.filter(department=row.department_id, person=row.person_id).order_by("pk"))
