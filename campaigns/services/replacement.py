"""A release that is approved and due, but waits to replace the one in force: who is told, and of what.

The mark is `CampaignRegion.held_told`, as for a start that is held; going live wipes it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from accounts.models import RoleGrant, User
from campaigns.enums import Running
from campaigns.models import Campaign, CampaignRegion, Release
from campaigns.readiness import Line
from campaigns.services.dossier import Dossier
from campaigns.services.launch import gate
from core.audit import record
from core.emails import absolute, queue_mails

VERB = "campaign.replacement_waits"


def reason_hash(release: Release, lines: Iterable[Line]) -> str:
    """What holds a start: which conditions are open for which release, not how far each of them is."""
    keys = ",".join(sorted(line.key for line in lines))
    return hashlib.sha256(f"{release.pk}:{keys}".encode()).hexdigest()


@transaction.atomic
def tell(region: CampaignRegion, *, waiting: Mapping[CampaignRegion, list[Line]]) -> str:
    """Tell owner and managers, once per changed reason, what the campaign's release waits for in `waiting`.

    `region` is one of them. "told", or nothing when they know already or another worker tells them.
    """
    campaign = region.campaign
    lines = [line for found in waiting.values() for line in found]
    reason = reason_hash(campaign.release, lines)
    if all(one.held_told == reason for one in waiting):
        return ""
    live = CampaignRegion.objects.filter(pk__in=[one.pk for one in waiting], running=Running.LIVE)
    if not live.exclude(held_told=reason).update(held_told=reason):
        return ""
    keys = sorted({line.key for line in lines})
    codes = ", ".join(sorted(one.region.code for one in waiting))
    number = campaign.release.number
    record(by=None, verb=VERB, scope=campaign, regions=codes, number=number, lines=keys)
    _mail(campaign, waiting, reason)
    return "told"


def concerned(campaign: Campaign, regions: Iterable[CampaignRegion]) -> list[User]:
    """The owner and the managers of these regions, each once."""
    here = Q(region__in=[one.region_id for one in regions]) | Q(region=None)
    managers = RoleGrant.objects.filter(here, role=Role.MANAGER)
    wanted = Q(pk=campaign.owner_id) | Q(pk__in=managers.values("user"))
    return list(User.objects.filter(wanted, is_active=True).order_by("pk"))


def _mail(campaign: Campaign, regions: Iterable[CampaignRegion], reason: str) -> None:
    about = {
        "campaign": campaign,
        "release": campaign.release,
        "url": absolute(reverse("campaigns:gate", args=[campaign.pk])),
    }

    @cache
    def context(language: str) -> dict[str, Any]:
        # Asked again, so that the lines stand in the reader's language.
        with translation.override(language):
            dossier = Dossier(campaign)
            open_lines = {line.key: line for one in regions for line in gate(dossier, one).blocking}
            names = ", ".join(one.region.name for one in regions)
        return about | {"regions": names, "lines": list(open_lines.values())}

    queue_mails(
        concerned(campaign, regions),
        template="campaigns/email/replacement",
        key=lambda user: f"replacement:{campaign.pk}:{reason[:32]}:{user.pk}",
        context=lambda user: context(user.language),
    )
