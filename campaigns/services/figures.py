"""Planned, committed, spent, left and forecast side by side: per channel and for the whole campaign.

Forecast = spent + open commitments + what is planned and not used yet, channel by channel: a channel that has
passed its allocation counts with what it really costs. What is left of the campaign is approved - committed -
spent; the reserve (approved - allocated) is a part of it and never falls below zero.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from campaigns.models import Allocation, Budget, CampaignChannel
from campaigns.services.plan_data import ZERO


@dataclass(frozen=True)
class Figures:
    """The money of a channel, or of all of them."""

    planned: Decimal
    committed: Decimal
    spent: Decimal
    forecast: Decimal

    @property
    def left(self) -> Decimal:
        """Planned and neither committed nor spent; negative when it was passed."""
        return self.planned - self.committed - self.spent

    @property
    def unused(self) -> Decimal:
        """What the forecast counts on top of what is committed and spent."""
        return self.forecast - self.committed - self.spent

    @property
    def over(self) -> Decimal:
        """By how much more than planned is committed and spent."""
        return max(-self.left, ZERO)


def of_channel(row: CampaignChannel) -> Figures:
    """The figures of a channel whose allocation is selected along."""
    found: Allocation | None = getattr(row, "allocation", None)
    if found is None:
        return Figures(ZERO, ZERO, ZERO, ZERO)
    return Figures(found.amount, found.committed, found.spent, found.forecast)


def of_budget(budget: Budget, channels: Iterable[CampaignChannel]) -> Figures:
    """The whole campaign: planned is what its allocations draw from, its reserve included."""
    forecast = sum((of_channel(row).forecast for row in channels), ZERO)
    return Figures(budget.amount, budget.committed, budget.spent, forecast)
