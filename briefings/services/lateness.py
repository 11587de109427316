"""Which briefings are still to be published, over many campaigns at once: for lists and for Home."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from briefings.models import Briefing
from briefings.services.due import Due, due_of
from campaigns.enums import Running
from campaigns.models import CampaignRegion
from campaigns.querysets import IDLE

# No region may ask for more than 60 working days before the start: twelve weeks, and holidays.
FARTHEST_DAYS = 7 * 12 + 21
_CALENDAR = ("code", "country", "subdivision", "closed_days", "open_days", "briefing_days", "timezone")


def lacking(regions: QuerySet[CampaignRegion], within: int = FARTHEST_DAYS) -> QuerySet[CampaignRegion]:
    """Those of `regions` that wait for their start within so many days and lack a current briefing.

    One row per audience that has a team there. From the first draft of a campaign on: a briefing can be late
    before a message is shared. Of campaign and region only what `due_of` and a line about them need is read.
    """
    today = timezone.now().date()
    waiting = regions.filter(
        running=Running.WAITING,
        starts_on__lte=today + timedelta(days=within),
        ends_on__gte=today,
        region__teams__active=True,
    ).exclude(campaign__state__in=IDLE)
    waiting = waiting.annotate(audience=F("region__teams__audience"), release_now=F("campaign__release"))
    written = Briefing.objects.filter(
        campaign_region=OuterRef("pk"),
        audience=OuterRef("audience"),
        current__release=OuterRef("release_now"),
    )
    found = waiting.filter(~Exists(written)).select_related("region", "campaign").distinct()
    return found.only("starts_on", "campaign__name", *(f"region__{name}" for name in _CALENDAR))


def late_campaigns(ids: Collection[int]) -> dict[int, Due]:
    """How late the latest briefing is, by campaign; without those in which none is late (one query)."""
    rows = lacking(CampaignRegion.objects.filter(campaign__in=ids)).order_by("pk")
    due = sorted(((due_of(one), one.campaign_id) for one in rows), key=lambda found: found[0].on)
    worst: dict[int, Due] = {}
    for when, campaign in due:
        if when.late:
            worst.setdefault(campaign, when)
    return worst
