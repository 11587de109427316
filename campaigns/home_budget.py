"""What waits for a manager on Home about money: proposals to decide on."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import User
from campaigns.checks.plan import DAYS_BUDGET, working_days_before
from campaigns.enums import Phase, RoundKind
from campaigns.models import Budget, BudgetRound, CampaignRegion
from core import formats
from core.registry import HomeItem, home_sources

MOST = 50


@home_sources.register("budgets")
def budgets_to_decide(user: User, now: datetime) -> list[HomeItem]:
    """Proposals in the regions of this manager that nobody has answered, earliest start first (one query)."""
    managed = user.rights.regions(Role.MANAGER)
    if managed is not None and not managed:
        return []
    last = BudgetRound.objects.filter(budget=OuterRef("pk")).order_by("-number")
    open_ones = Budget.objects.filter(campaign__phase__in=(Phase.DRAFT, Phase.IN_REVIEW))
    waiting = open_ones.exclude(campaign__owner=user).alias(kind=Subquery(last.values("kind")[:1]))
    waiting = waiting.filter(kind=RoundKind.PROPOSAL).filter(_reached(managed))
    rows = waiting.select_related("campaign__owner").order_by("campaign__starts_on", "pk")
    return [_item(budget) for budget in rows[:MOST]]


def _reached(managed: frozenset[int] | None) -> Q:
    """Campaigns with one of these regions; all campaigns for None."""
    if managed is None:
        return Q()
    return Q(Exists(CampaignRegion.objects.filter(campaign=OuterRef("campaign"), region__in=managed)))


def _item(budget: Budget) -> HomeItem:
    campaign = budget.campaign
    amount = formats.money(budget.proposed, budget.currency)
    return HomeItem(
        title=_("Decide on the budget: %(campaign)s") % {"campaign": campaign.name},
        detail=_("%(owner)s proposes %(amount)s") % {"owner": campaign.owner, "amount": amount},
        url=reverse("campaigns:budget", args=[campaign.pk]),
        action=_("Decide"),
        icon="cash-stack",
        tone="accent",
        due=working_days_before(campaign.starts_on, DAYS_BUDGET),
        key=f"budget-{budget.pk}",
    )
