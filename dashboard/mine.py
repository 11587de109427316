"""My campaigns and what changed lately, for Home."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import CAMPAIGN_READERS, INVITED
from campaigns.enums import Phase
from campaigns.models import Campaign, CampaignChannel
from campaigns.team import partnerships
from campaigns.views.detail import budget_bar
from core import audit
from core.models import AuditEvent

SHOWN = 6
CHANGES = 8
# Among so many of the newest events the ones are sought that the person may see.
LOOKED_AT = 300
OVER = (Phase.CANCELLED, Phase.EVALUATED)
PREPARING = (Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED, Phase.PAUSED)
SCOPE = "campaigns.campaign:"


@dataclass(frozen=True)
class Mine:
    """A campaign of mine. `asks_readiness`: whether something still lies before it."""

    campaign: Campaign

    @property
    def phase(self) -> Phase:
        return Phase(self.campaign.phase)

    @property
    def bar(self) -> dict[str, Any] | None:
        return budget_bar(getattr(self.campaign, "budget", None))

    @property
    def asks_readiness(self) -> bool:
        return self.phase in PREPARING


def campaigns_of(user: User) -> list[Mine]:
    """Owned ones, then those in which he is an expert or a partner, each newest start first: at most SHOWN
    (two queries).
    """
    if not user.rights.has(*INVITED):
        return []
    newest = Campaign.objects.exclude(phase__in=OVER).select_related("budget").order_by("-starts_on", "-pk")
    found = list(newest.filter(owner=user)[:SHOWN])
    along = Q(pk__in=partnerships(user).order_by().values("campaign"))
    if user.rights.has(Role.EXPERT):
        along |= Q(pk__in=CampaignChannel.objects.filter(expert=user).order_by().values("campaign"))
    found += newest.filter(along).exclude(owner=user)[:SHOWN]
    return [Mine(campaign) for campaign in found[:SHOWN]]


@dataclass(frozen=True)
class Change:
    """Something that happened in a campaign."""

    actor: User | None
    text: str
    at: datetime
    campaign: Campaign


def changes_for(user: User) -> list[Change]:
    """The newest events of campaigns that the person may open (three queries)."""
    if not user.rights.has(*CAMPAIGN_READERS):
        return []
    newest = AuditEvent.objects.filter(scope__startswith=SCOPE).order_by("-pk")
    scopes = dict(newest.values_list("pk", "scope")[:LOOKED_AT])
    ids = {pk: int(scope.removeprefix(SCOPE)) for pk, scope in scopes.items()}
    seen = Campaign.objects.visible_to(user).only("pk", "name").in_bulk(set(ids.values()))
    shown = [pk for pk in ids if ids[pk] in seen][:CHANGES]
    events = AuditEvent.objects.filter(pk__in=shown).select_related("actor").order_by("-pk")
    return [Change(event.actor, audit.sentence(event), event.at, seen[ids[event.pk]]) for event in events]
