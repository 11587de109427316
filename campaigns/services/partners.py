"""Partner departments are told of what changed in the plan they see: one mail per person, campaign and hour.

What is worth telling stands in the log already, so that every way of changing a campaign is heard of. An
event marks the campaign's partners; the clock waits until the change is complete, then sends what came in.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import Department, User
from campaigns.models import Campaign, CampaignPartner
from campaigns.services.transitions import lock_campaign
from core import audit
from core.emails import absolute, queue_mail
from core.models import AuditEvent

log = logging.getLogger(__name__)
VERBS = (
    "campaign.moved",
    "campaign.handed_over",
    "region.added",
    "region.moved",
    "region.removed",
    "channel.added",
    "channel.removed",
    "flights.changed",
    "flight.added",
    "flight.moved",
    "flight.removed",
    "flight.hours",
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
)
SCOPE = f"{Campaign._meta.label_lower}:"
# One step of a change writes several events; what follows within the hour waits for the next mail.
SETTLED, PAUSE = timedelta(minutes=1), timedelta(hours=1)
MOST_LINES, MOST_ROWS = 20, 200


def invite(*, campaign: Campaign, department: Department) -> CampaignPartner:
    """Take a department in; it is told of what happens from now on, and first of all that it was invited."""
    last = AuditEvent.objects.aggregate(last=Max("pk"))["last"] or 0
    now = timezone.now()
    return CampaignPartner.objects.create(
        campaign=campaign, department=department, told_event=last, changed_at=now
    )


@receiver(post_save, sender=AuditEvent, dispatch_uid="campaigns.partners")
def note(instance: AuditEvent, **_kwargs: object) -> None:
    """Mark the partners of a campaign in the transaction of the change itself."""
    if instance.verb in VERBS and instance.scope.startswith(SCOPE):
        rows = CampaignPartner.objects.filter(campaign=int(instance.scope.removeprefix(SCOPE)))
        rows.filter(changed_at=None).update(changed_at=timezone.now())


def tell_partners() -> int:
    """Tell every department for which something is due; how many were told. One that fails stops no other."""
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
    events = AuditEvent.objects.filter(scope=audit.scope_of(campaign), pk__gt=row.told_event, verb__in=VERBS)
    found = list(events.select_related("actor").order_by("pk"))
    invited = row.told_at is None
    for person in people(row):
        news = [event for event in found if event.actor_id != person.pk]
        if news or invited:
            _mail(campaign, row, person, news, invited=invited)
    row.told_event = found[-1].pk if found else row.told_event
    row.told_at, row.changed_at = timezone.now(), None
    row.save(update_fields=["told_event", "told_at", "changed_at"])
    return True


def people(row: CampaignPartner) -> QuerySet[User]:
    """Who of the department sees the plan as a partner."""
    there = User.objects.filter(department=row.department_id, is_active=True)
    return there.filter(grants__role=Role.PARTNER).distinct().order_by("pk")


def _mail(
    campaign: Campaign, row: CampaignPartner, person: User, news: list[AuditEvent], *, invited: bool
) -> None:
    with translation.override(person.language):
        lines = [(event.actor, audit.sentence(event)) for event in news]
        queue_mail(
            key=f"partner:{row.pk}:{person.pk}:{timezone.now():%Y%m%d%H%M%S}",
            to=person,
            template="campaigns/email/partner",
            context={
                "campaign": campaign,
                "invited": invited,
                "lines": lines[-MOST_LINES:],
                "more": max(len(lines) - MOST_LINES, 0),
                "url": absolute(reverse("campaigns:detail", args=[campaign.pk])),
            },
            # Collected already; to a department nothing of it is due at once.
            urgent=False,
        )
