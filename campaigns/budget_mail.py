"""Notices about a budget's rounds: managers hear of a proposal, the owner of their answer."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from campaigns.enums import RoundKind
from campaigns.models import Budget, BudgetRound
from campaigns.services.limits import approvers
from core.emails import absolute, queue_mails


def told(budget: Budget, made: BudgetRound) -> None:
    """Tell of a round whoever has to know of it, but not who made it; it can wait for a digest."""
    campaign = budget.campaign
    context = {
        "campaign": campaign,
        "round": made,
        "currency": budget.currency,
        "url": absolute(reverse("campaigns:budget", args=[campaign.pk])),
    }
    queue_mails(
        [person for person in _people(budget, made) if person.pk != made.by_id],
        template="campaigns/email/budget",
        key=lambda person: f"budget:{budget.pk}:{made.number}:{person.pk}",
        context=lambda _person: context,
        urgent=False,
    )


def _people(budget: Budget, made: BudgetRound) -> Iterable[User]:
    if made.kind == RoundKind.PROPOSAL:
        return approvers(budget, made.amount)
    if made.kind == RoundKind.ACCEPTANCE:
        offer = budget.rounds.filter(kind=RoundKind.COUNTER).select_related("by").order_by("-number").first()
        return [offer.by] if offer else []
    return [budget.campaign.owner]
