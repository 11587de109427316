"""What the clock does: regions start and finish by their own zone, held ones tell whom it concerns.

May run twice at the same time and may be killed anywhere: each region is one transaction that reads the
state again under its lock, and a held start is claimed by a conditional update before anybody is told.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache, partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import RoleGrant, User
from campaigns.enums import Phase, Preparation, Running
from campaigns.models import Campaign, CampaignRegion, Release
from campaigns.readiness import Line
from campaigns.services import replacement
from campaigns.services.dossier import Dossier
from campaigns.services.launch import finish, gate, go_live, is_past_end, replace_release
from campaigns.services.replacement import reason_hash
from campaigns.services.snapshot import ends_at, region_entry, starts_at
from campaigns.services.transitions import (
    ANYONE_RUNNING,
    CLOSED,
    TransitionRefused,
    lock_campaign,
    sync_phase,
)
from core.audit import record
from core.emails import absolute, queue_mails

Waiting = dict[int, dict[CampaignRegion, list[Line]]]
log = logging.getLogger(__name__)
# A draft beside the release may have moved the days of its rows; then only the release itself can tell.
_CHANGING = Q(campaign__state__in=[Preparation.DRAFT, Preparation.IN_REVIEW])


def run_due() -> Counter:
    """One turn of beat: what was started, replaced, held, finished; a region that fails stops no other."""
    tally: Counter = Counter()
    for job, regions in ((_finish, _running_out()), (_start, _waiting())):
        for region in regions:
            tally[_guarded(job, region)] += 1
    tally.update(_change_over())
    _settle()
    tally.pop("", None)
    return tally


def _change_over() -> Iterable[str]:
    """Releases that are due to replace another one; what cannot is told, by campaign."""
    waiting: Waiting = {}
    for region in _superseded():
        yield _guarded(partial(_replace, waiting=waiting), region)
    for regions in waiting.values():
        yield _guarded(partial(replacement.tell, waiting=regions), next(iter(regions)))


def _guarded(job: Callable[[CampaignRegion], str], region: CampaignRegion) -> str:
    try:
        return job(region)
    except TransitionRefused:
        # Somebody was faster, or took something back in between; the next turn sees it as it is then.
        return ""
    except Exception:
        log.exception("Region %s of campaign %s could not be moved", region.pk, region.campaign_id)
        return "failed"


def _regions() -> QuerySet[CampaignRegion]:
    related = ("region", "release", "campaign__release", "campaign__owner")
    return CampaignRegion.objects.select_related(*related).exclude(campaign__state__in=CLOSED).order_by("pk")


def _running_out() -> Iterable[CampaignRegion]:
    tomorrow = timezone.now().date() + timedelta(days=1)
    running = CampaignRegion.objects.filter(running__in=ANYONE_RUNNING)
    due = running.filter(Q(ends_on__lt=tomorrow) | _CHANGING)
    return [
        region for region in due.select_related("region", "release").order_by("pk") if is_past_end(region)
    ]


def _waiting() -> Iterable[CampaignRegion]:
    today = timezone.now().date()
    day = timedelta(days=1)
    due = Q(starts_on__lte=today + day, ends_on__gte=today - day) | _CHANGING
    waiting = _regions().filter(running=Running.WAITING, campaign__release__isnull=False)
    return [region for region in waiting.filter(due) if _is_due(region)]


def _superseded() -> Iterable[CampaignRegion]:
    live = _regions().filter(running=Running.LIVE, campaign__release__isnull=False)
    return [region for region in live.exclude(release=F("campaign__release")) if _is_due(region)]


def _is_due(region: CampaignRegion) -> bool:
    """True between the first and the last day of the campaign's release, in the region's zone."""
    entry = region_entry(region.campaign.release, region)
    return entry is not None and starts_at(entry) <= timezone.now() < ends_at(entry)


def _finish(region: CampaignRegion) -> str:
    finish(region=region)
    return "finished"


def _replace(region: CampaignRegion, *, waiting: Waiting) -> str:
    # Looked at without a lock first: what is not clear must not stop the writers of the whole database.
    found = gate(Dossier(region.campaign), region)
    if not found.is_clear:
        waiting.setdefault(region.campaign_id, {})[region] = found.blocking
        return ""
    replace_release(region=region)
    return "replaced"


def _start(region: CampaignRegion) -> str:
    found = gate(Dossier(region.campaign), region)
    if found.is_clear:
        try:
            go_live(region=region)
            return "started"
        except TransitionRefused as refused:
            if refused.already or not refused.lines:
                raise
            return _tell(region, refused.lines)
    return _tell(region, found.blocking)


@transaction.atomic
def _tell(region: CampaignRegion, lines: list[Line]) -> str:
    """Tell owner, managers and experts that the start is held, once per changed reason."""
    release = region.campaign.release
    reason = reason_hash(release, lines)
    if region.held_told == reason:
        return "held"
    claimed = CampaignRegion.objects.filter(
        pk=region.pk, running=Running.WAITING, held_told=region.held_told
    ).update(held_told=reason)
    if not claimed:
        return ""
    keys = [line.key for line in lines]
    record(by=None, verb="region.held", scope=region.campaign, region=region.region.code, lines=keys)
    _mail(region, concerned(region, release), reason)
    return "held"


def concerned(region: CampaignRegion, release: Release) -> dict[User, bool]:
    """The owner, the region's managers and the experts of the channels that carry it, each once.

    True for whom it cannot wait: those who decide. Experts read it as they wish, such as in their digest.
    """
    experts = {
        channel["expert"]["id"]
        for channel in release.content["channels"]
        if channel["expert"] and region.region.code in channel["region_codes"]
    }
    grants = RoleGrant.objects.filter(Q(region=region.region_id) | Q(region=None), role=Role.MANAGER)
    deciding = {region.campaign.owner_id, *grants.values_list("user", flat=True)}
    people = User.objects.filter(pk__in=experts | deciding, is_active=True).order_by("pk")
    return {user: user.pk in deciding for user in people}


def _mail(region: CampaignRegion, people: dict[User, bool], reason: str) -> None:
    url = absolute(reverse("campaigns:gate", args=[region.campaign_id]))

    @cache
    def context(language: str) -> dict[str, Any]:
        # Asked again, so that the lines stand in the reader's language.
        with translation.override(language):
            lines = gate(Dossier(region.campaign), region).blocking
        return {"region": region, "campaign": region.campaign, "lines": lines, "url": url}

    for urgent in (True, False):
        queue_mails(
            [user for user, at_once in people.items() if at_once == urgent],
            template="campaigns/email/held",
            key=lambda user: f"held:{region.pk}:{reason[:32]}:{user.pk}",
            context=lambda user: context(user.language),
            urgent=urgent,
        )


def _settle() -> None:
    """Campaigns whose last waiting region passed its end unstarted, after others ran, are finished."""
    yesterday = timezone.now().date() - timedelta(days=1)
    open_phases = [Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED]
    waiting = CampaignRegion.objects.filter(running=Running.WAITING, ends_on__lt=yesterday)
    ran = CampaignRegion.objects.filter(running=Running.FINISHED)
    found = Campaign.objects.filter(phase__in=open_phases, release__isnull=False)
    found = found.filter(pk__in=ran.values("campaign")).filter(pk__in=waiting.values("campaign"))
    for pk in found.values_list("pk", flat=True):
        with transaction.atomic():
            sync_phase(lock_campaign(pk))
