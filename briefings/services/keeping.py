"""Keeping inboxes true whoever changes teams: newcomers get what is in force, leavers get nothing more."""

from accounts.querysets import entitled
from django.db import transaction
from django.db.models import F

from accounts.enums import Audience
from briefings.models import Briefing, Delivery, InboxItem
from briefings.services.publishing import hand_out
from briefings.services.recipients import recipients
from campaigns.enums import Preparation, Running
from core.delivery.decisions import queue_again, withhold


def in_force() -> "list[Briefing]":
    """Briefings of campaigns that are live or coming."""
    return list(
        Briefing.objects.filter(current__isnull=False)
        .exclude(campaign__state__in=[Preparation.CANCELLED, Preparation.EVALUATED])
        .exclude(campaign_region__running=Running.FINISHED)
        .select_related("current", "campaign_region__region", "campaign")
    )


@transaction.atomic
def keep(briefing: Briefing) -> tuple[int, int]:
    """Bring the current version's inboxes in line with who is entitled now; (added, withdrawn) people."""
    locked = Briefing.objects.select_for_update(of=("self",)).get(pk=briefing.pk)
    version = locked.current
    if version is None:
        return 0, 0
    serving = set(
        entitled(Audience(locked.audience), locked.campaign_region.region).values_list("pk", flat=True)
    )
    items = InboxItem.objects.filter(version=version)
    gone = items.filter(withdrawn=False).exclude(user__in=serving)
    left = list(gone.values_list("user", flat=True))
    if left:
        withhold(Delivery.objects.filter(version=version, user__in=left))
        items.filter(user__in=left).update(withdrawn=True)
    back = list(items.filter(withdrawn=True, user__in=serving).values_list("user", flat=True))
    if back:
        items.filter(user__in=back).update(withdrawn=False)
        queue_again(Delivery.objects.filter(version=version, user__in=back))
    return hand_out(version, recipients(locked)) + len(back), len(left)


def keep_all() -> int:
    """`keep` for every briefing in force whose inboxes may differ; number of people affected."""
    return sum(sum(keep(briefing)) for briefing in in_force())


def keep_person(user_id: int) -> None:
    """`keep` for the briefings of the audiences and regions a person serves or has items of."""
    for briefing in in_force():
        serves = entitled(Audience(briefing.audience), briefing.campaign_region.region)
        has = InboxItem.objects.filter(user=user_id, version=F("version__briefing__current"))
        if has.filter(version=briefing.current_id).exists() or serves.filter(pk=user_id).exists():
            keep(briefing)
