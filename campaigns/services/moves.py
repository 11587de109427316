"""Moving money between channels, or between a channel and the reserve: one step, with a reason."""

from decimal import Decimal
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Budget, CampaignChannel
from campaigns.services.budget import write_allocations
from campaigns.services.money_base import amount_of, hand_back, locked, need
from campaigns.services.plan_data import ZERO
from core import audit, formats


@transaction.atomic
def move(
    *,
    budget: Budget,
    source: CampaignChannel | None,
    target: CampaignChannel | None,
    amount: Decimal,
    reason: str,
    by: User,
    expected: int | None = None,
) -> Budget:
    """Take money from one channel and give it to another one; None stands for the reserve.

    PermissionDenied without the right to plan, StaleVersion, ValidationError at "source", "target", "amount"
    (not more than is neither committed nor spent) or "reason". Also while the campaign runs.
    """
    current = locked(budget, expected)
    need(by, "campaign.edit", current.campaign)
    amount = amount_of("amount", amount, current.currency)
    _check(source, target, amount, reason)
    now = dict(current.allocations.values_list("campaign_channel", "amount"))
    _check_source(current, source, amount)
    amounts = {}
    for channel, change in ((source, -amount), (target, amount)):
        if channel is not None:
            amounts[channel.pk] = now.get(channel.pk, ZERO) + change
    write_allocations(current, amounts, by, reason=reason, move=uuid4())
    names = {"source": str(source.channel) if source else "", "target": str(target.channel) if target else ""}
    audit.record(
        by=by,
        verb=_verb(source, target),
        scope=current.campaign,
        subject=current,
        amount=f"{amount:.2f}",
        currency=current.currency,
        reason=reason,
        **names,
    )
    hand_back(budget, current)
    return budget


def _verb(source: CampaignChannel | None, target: CampaignChannel | None) -> str:
    if source and target:
        return "allocation.moved"
    return "allocation.to_reserve" if source else "allocation.from_reserve"


def _check(
    source: CampaignChannel | None, target: CampaignChannel | None, amount: Decimal, reason: str
) -> None:
    problems = {}
    if source == target:
        problems["target"] = [_("Please choose two different places.")]
    if not amount:
        problems["amount"] = [_("Please say how much.")]
    if not reason.strip():
        problems["reason"] = [_("Please say why the money moves.")]
    if problems:
        raise ValidationError(problems)


def _check_source(budget: Budget, source: CampaignChannel | None, amount: Decimal) -> None:
    """ValidationError at "amount" if it is more than the source can spare."""
    if source is None:
        free = budget.reserve
    else:
        found = budget.allocations.filter(campaign_channel=source).first()
        free = max(found.left, ZERO) if found else ZERO
    if amount > free:
        words = _("At most %(amount)s are free there: neither committed nor spent.")
        raise ValidationError({"amount": [words % {"amount": formats.money(free, budget.currency)}]})
