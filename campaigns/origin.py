"""Where a copied campaign shows what it came from, what is to be checked, and what was decided then."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.permissions import can, rule
from campaigns.actions import Action, head_actions
from campaigns.checks.plan import DAYS_PLAN, first_start, state_of, working_days_before
from campaigns.enums import Preparation
from campaigns.models import Campaign, CampaignOrigin, CampaignTemplate, Decision, Fact
from campaigns.panels import Panel, panels
from campaigns.permissions import MANAGING
from campaigns.readiness import Line, approval_checks
from campaigns.services import content
from campaigns.services.dossier import Dossier

DECISIONS = 5


@dataclass(frozen=True)
class ToCheck:
    """A fact that came along as it was, with its value in words."""

    fact: Fact
    text: str = field(default="")


@rule("template.drop")
def may_drop(user: User, template: CampaignTemplate) -> bool:
    """Who kept it, managers and admins."""
    return template.by_id == user.pk or user.rights.has(*MANAGING)


def origin_of(dossier: Dossier) -> CampaignOrigin | None:
    """Where the campaign came from (one query per dossier)."""
    found = CampaignOrigin.objects.filter(campaign=dossier.campaign).select_related("source")
    return dossier.once("origin", found.first)


def to_check(dossier: Dossier) -> list[ToCheck]:
    """Facts that came along and that nobody has changed or called right since."""
    origin = origin_of(dossier)
    if origin is None or not origin.unchecked:
        return []
    core = dossier.core
    texts = content.fact_texts(dossier, None, core.language if core else "de")
    open_ones = [fact for fact in dossier.facts if fact.key in origin.unchecked and fact.version == 1]
    return [ToCheck(fact, texts.get(fact.key, "")) for fact in open_ones]


@approval_checks.register("copied facts")
def facts_are_checked(dossier: Dossier) -> Iterator[Line]:
    """Prices and dates of an earlier campaign are looked at before they are said again."""
    facts = to_check(dossier)
    if not facts:
        return
    due = working_days_before(first_start(dossier), DAYS_PLAN)
    owner = dossier.campaign.owner
    number = len(facts)
    words = ngettext("Check %(number)d copied fact", "Check %(number)d copied facts", number)
    yield Line(
        key="facts.copied",
        title=words % {"number": number},
        progress=state_of(owner, due),
        detail=", ".join(row.fact.name for row in facts),
        who=owner,
        due=due,
        url=f"{dossier.campaign.get_absolute_url()}?all=1#origin",
        action=_("Check facts"),
    )


@panels.register("origin")
def origin_panel(dossier: Dossier, user: User) -> Panel | None:
    """Shown until the copy is approved, and as long as there are decisions to read."""
    origin = origin_of(dossier)
    if origin is None:
        return None
    source = origin.source
    seen = source and Campaign.objects.visible_to(user).filter(pk=source.pk).exists()
    decisions: list[Decision] = []
    if seen:
        found = Decision.objects.visible_to(user).filter(campaign=source).select_related("by")
        decisions = list(found.order_by("-pk")[:DECISIONS])
    context = {
        "origin": origin,
        "source": source if seen else None,
        "facts": to_check(dossier),
        "decisions": decisions,
        "may_check": can(user, "message.edit", dossier.campaign)
        and dossier.campaign.state in (Preparation.DRAFT, Preparation.IN_REVIEW),
    }
    return Panel("campaigns/panels/origin.html", context, column="main", order=30)


@head_actions.register("copy")
def copy_actions(dossier: Dossier, user: User) -> list[Action]:
    """Copy it, by whoever plans campaigns."""
    if not can(user, "campaign.create"):
        return []
    return [Action(_("Copy"), reverse("campaigns:copy", args=[dossier.campaign.pk]), "copy", order=5)]
