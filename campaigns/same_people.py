"""Campaigns that reach the same people at the same time, told while planning from the groups' definitions."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from campaigns.enums import Phase
from campaigns.models import Campaign, CampaignRegion
from campaigns.services.dossier import Dossier
from customers.enums import Closeness
from customers.models import TargetGroup
from customers.overlap import Overlap, Ranges

OVER = (Phase.FINISHED, Phase.EVALUATED, Phase.CANCELLED)
MOST = 6


@dataclass(frozen=True)
class Neighbour:
    """Another campaign of the same days and regions, and its group that is closest to one of ours."""

    campaign: Campaign
    overlap: Overlap

    @property
    def same_group(self) -> bool:
        """Whether both campaigns chose the very same group."""
        return self.overlap.first.pk == self.overlap.second.pk


@dataclass(frozen=True)
class Neighbours:
    """What is shown: campaigns (`more`: there are others), and how the chosen groups overlap."""

    campaigns: list[Neighbour]
    pairs: list[Overlap]
    more: bool = False


def neighbours(dossier: Dossier, user: User) -> Neighbours | None:
    """What the person may see of it; None for a campaign that is over or names no group.

    At most eight queries, however many groups there are.
    """
    campaign = dossier.campaign
    if campaign.phase in OVER:
        return None
    groups = {group.pk: group for group in TargetGroup.objects.active().defined()}
    own = [groups.get(one.pk, one) for one in campaign.target_groups.all()]
    if not own:
        return None
    ranges = Ranges()
    close = _close(ranges, own, groups.values())
    pairs = [ranges.compare(one, other) for place, one in enumerate(own) for other in own[place + 1 :]]
    rows = list(_at_the_same_time(dossier, user, close)[: MOST + 1])
    more, rows = len(rows) > MOST, rows[:MOST]
    links = Campaign.target_groups.through.objects.filter(campaign__in=rows, targetgroup__in=close)
    theirs: dict[int, list[int]] = {}
    for number, group in links.values_list("campaign_id", "targetgroup_id"):
        theirs.setdefault(number, []).append(group)
    found = [Neighbour(row, max((close[pk] for pk in theirs[row.pk]), key=_share)) for row in rows]
    return Neighbours(found, [pair for pair in pairs if pair.closeness != Closeness.APART], more)


def _share(overlap: Overlap) -> object:
    return overlap.share


def _close(ranges: Ranges, own: list[TargetGroup], groups: Iterable[TargetGroup]) -> dict[int, Overlap]:
    """By id of a group that shares people with one of ours: the closest overlap."""
    best = {group.pk: max((ranges.compare(one, group) for one in own), key=_share) for group in groups}
    best |= {one.pk: ranges.compare(one, one) for one in own}
    return {pk: overlap for pk, overlap in best.items() if not overlap.apart}


def _at_the_same_time(dossier: Dossier, user: User, groups: Iterable[int]) -> QuerySet[Campaign]:
    campaign = dossier.campaign
    theirs = Campaign.target_groups.through.objects.filter(
        campaign=OuterRef("pk"), targetgroup__in=list(groups)
    )
    here = CampaignRegion.objects.filter(
        campaign=OuterRef("pk"), region__in=[row.region_id for row in dossier.regions]
    )
    found = Campaign.objects.visible_to(user).exclude(pk=campaign.pk).exclude(phase__in=OVER)
    found = found.filter(starts_on__lte=campaign.ends_on, ends_on__gte=campaign.starts_on)
    return found.filter(Exists(theirs), Exists(here)).order_by("-starts_on", "-pk")
