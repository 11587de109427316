"""What waits on Home about money: proposals for managers, answers for owners."""

from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import Role
from accounts.models import User
from campaigns.checks.plan import DAYS_BUDGET, working_days_before
from campaigns.enums import Phase, RoundKind
from campaigns.models import Budget, BudgetRound, Campaign, CampaignRegion
from campaigns.services.budget import ANSWERED
from campaigns.services.limits import within_limit
from core import formats
from core.registry import HomeItem, home_sources

MOST = 50
# A proposal is also made while the campaign runs, when more is needed.
ASKING = (Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED, Phase.LIVE, Phase.PAUSED)
BEFORE_START = (Phase.DRAFT, Phase.IN_REVIEW, Phase.APPROVED)


@home_sources.register("budgets")
def budgets_to_decide(user: User, now: datetime) -> list[HomeItem]:
    """Proposals in the regions of this manager that nobody has answered, earliest start first (one query).

    Those above his limit wait for somebody else.
    """
    managed = user.rights.regions(Role.MANAGER)
    if managed is not None and not managed:
        return []
    waiting = _last_was(RoundKind.PROPOSAL).exclude(campaign__owner=user).filter(_reached(managed))
    waiting = waiting.filter(within_limit(OuterRef("currency"), OuterRef("proposed"), user))
    rows = waiting.select_related("campaign__owner").order_by("campaign__starts_on", "pk")
    return [_item(budget) for budget in rows[:MOST]]


@home_sources.register("budget_answers")
def answers_for_owner(user: User, now: datetime) -> list[HomeItem]:
    """Counter-proposals and refusals of this owner's budgets that wait for his answer (one query)."""
    rows = _last_was(*ANSWERED).filter(campaign__owner=user).select_related("campaign")
    return [_answer(budget) for budget in rows.order_by("campaign__starts_on", "pk")[:MOST]]


def _last_was(*kinds: RoundKind) -> QuerySet[Budget]:
    """Budgets of open campaigns whose last round is of one of these kinds; its amount is `last_amount`."""
    last = BudgetRound.objects.filter(budget=OuterRef("pk")).order_by("-number")
    found = Budget.objects.filter(campaign__phase__in=ASKING)
    found = found.annotate(
        kind=Subquery(last.values("kind")[:1]), last_amount=Subquery(last.values("amount")[:1])
    )
    return found.filter(kind__in=kinds)


def _answer(budget: Budget) -> HomeItem:
    campaign, offered = budget.campaign, budget.kind == RoundKind.COUNTER
    amount = {"amount": formats.money(budget.last_amount, budget.currency)}
    title = _("Answer the counter-proposal: %(campaign)s") if offered else _("Propose again: %(campaign)s")
    detail = _("You are offered %(amount)s") if offered else _("%(amount)s were rejected")
    return HomeItem(
        title=title % {"campaign": campaign.name},
        detail=detail % amount,
        url=reverse("campaigns:budget", args=[campaign.pk]),
        action=pgettext("verb", "Answer"),
        icon="cash-stack",
        tone="care",
        due=_due(campaign),
        key=f"budget-answer-{budget.pk}",
    )


def _due(campaign: Campaign) -> date | None:
    """Some working days before the start; what comes later has no date of its own."""
    before = campaign.phase in BEFORE_START
    return working_days_before(campaign.starts_on, DAYS_BUDGET) if before else None


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
        due=_due(campaign),
        key=f"budget-{budget.pk}",
    )
