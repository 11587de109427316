"""What waits on Home about decisions: sign-offs of one's department, decisions that all have answered."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import CAMPAIGN_READERS
from campaigns.decision_log import waiting_for
from campaigns.enums import Answer, DecisionState
from campaigns.models import CampaignRegion, Decision, SignOff
from campaigns.panels import Panel, panels
from campaigns.services.decisions import speaks_for
from campaigns.services.dossier import Dossier
from core.registry import HomeItem, home_sources

MOST = 50
SHOWN = 4


@home_sources.register("signoffs")
def signoffs_wanted(user: User, now: datetime) -> list[HomeItem]:
    """Decisions that ask for the yes of this person's department, when he answers for it."""
    if not user.department_id or not user.rights.has(*CAMPAIGN_READERS, Role.TEAM_LEAD):
        return []
    found = waiting_for(user, Decision.objects.select_related("by", "campaign")).order_by("due_on", "pk")
    rows = list(found[:MOST])
    return [_asked(row) for row in rows] if rows and speaks_for(user, user.department_id) else []


def _asked(row: Decision) -> HomeItem:
    about = {"name": row.by, "campaign": row.campaign}
    words = _("%(name)s asks, about %(campaign)s") if row.campaign else _("%(name)s asks")
    return HomeItem(
        title=_("Sign off: %(title)s") % {"title": row},
        detail=words % about,
        url=row.get_absolute_url(),
        action=pgettext("verb", "Answer"),
        icon="hand-index",
        tone="move",
        due=row.due_on,
        key=f"signoff-{row.pk}",
    )


@home_sources.register("decisions")
def ready_to_decide(user: User, now: datetime) -> list[HomeItem]:
    """Decisions in this manager's regions that every department has answered (one query)."""
    managed = user.rights.regions(Role.MANAGER)
    if managed is not None and not managed:
        return []
    waiting = SignOff.objects.filter(decision=OuterRef("pk"), turn=OuterRef("turn"), answer=Answer.OPEN)
    found = Decision.objects.filter(~Exists(waiting), state=DecisionState.ASKED).select_related("by")
    if managed is not None:
        here = CampaignRegion.objects.filter(campaign=OuterRef("campaign"), region__in=managed)
        found = found.filter(Q(campaign=None) | Exists(here))
    return [
        HomeItem(
            title=_("Decide: %(title)s") % {"title": row},
            detail=_("All departments have answered; written by %(name)s") % {"name": row.by},
            url=row.get_absolute_url(),
            action=_("Look"),
            icon="signpost-split",
            tone="accent",
            key=f"decide-{row.pk}",
        )
        for row in found.order_by("pk")[:MOST]
    ]


@panels.register("decisions")
def decisions_panel(dossier: Dossier, user: User) -> Panel | None:
    """The newest decisions about the campaign (one query); nothing while there is none."""
    found = Decision.objects.visible_to(user).filter(campaign=dossier.campaign)
    rows = list(found.select_related("superseded_by", "channel")[: SHOWN + 1])
    if not rows:
        return None
    context = {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
    return Panel("campaigns/panels/decisions.html", context, column="side", order=40)
