"""The index follows every change of what is in force, in its transaction (registered in AppConfig.ready)."""

import logging
from collections.abc import Collection
from typing import Any

from django.db import DatabaseError, transaction

from briefings.hooks import briefing_published
from briefings.models import BriefingVersion
from campaigns import hooks
from campaigns.models import Campaign, CampaignRegion, Release
from desk.indexing import index_rows

log = logging.getLogger(__name__)


def follow(row_ids: Collection[int]) -> None:
    """Index the rows; a fault of the index never stops a launch or a pause, and is mended by the beat."""
    try:
        with transaction.atomic():
            index_rows(row_ids)
    except DatabaseError:
        log.exception("The search index could not follow; the beat will mend it.")


def _rows(campaign: Campaign | int) -> list[int]:
    return list(CampaignRegion.objects.filter(campaign=campaign).values_list("pk", flat=True))


@hooks.release_fixed.register("desk")
def follow_release(release: Release, **_about: Any) -> None:
    """An approved release is what is coming."""
    follow(_rows(release.campaign_id))


@hooks.campaign_cancelled.register("desk")
def follow_cancelled(campaign: Campaign, **_about: Any) -> None:
    """What was cancelled is not coming any more."""
    follow(_rows(campaign))


@hooks.region_started.register("desk")
@hooks.release_replaced.register("desk")
@hooks.region_finished.register("desk")
def follow_region(region: CampaignRegion, **_about: Any) -> None:
    """A region runs from a release, changes over to another one, or is over."""
    follow([region.pk])


@briefing_published.register("desk")
def follow_briefing(version: BriefingVersion, **_about: Any) -> None:
    """Questions and answers are found as soon as they are published."""
    follow([version.briefing.campaign_region_id])
