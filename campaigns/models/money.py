"""One budget per campaign. The reserve is what is not allocated; triggers keep the sums (triggers.py)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.enums import RoundKind
from campaigns.models.campaign import Campaign, CampaignChannel
from core.concurrency import VersionedModel

ZERO = Decimal("0.00")


class Budget(VersionedModel):
    """The campaign's money in one currency.

    Until a manager approves, allocations are planned against `proposed`, from then on they draw from
    `approved`. `allocated` is the sum of the allocations, kept by triggers and never written by hand.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="budget")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    proposed = models.DecimalField(_("proposed"), max_digits=14, decimal_places=2, default=ZERO)
    approved = models.DecimalField(_("approved"), max_digits=14, decimal_places=2, null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    allocated = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(proposed__gte=0), name="budget_proposed_not_negative"),
            models.CheckConstraint(
                condition=Q(approved__isnull=True) | Q(approved__gte=0), name="budget_approved_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(allocated__lte=Coalesce(F("approved"), F("proposed"))),
                name="budget_reserve_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(approved__isnull=True, approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved__isnull=False, approved_by__isnull=False, approved_at__isnull=False),
                name="budget_approval_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.amount} {self.currency}"

    @property
    def amount(self) -> Decimal:
        """The amount that allocations draw from: approved, or proposed while nothing is approved."""
        return self.proposed if self.approved is None else self.approved

    @property
    def reserve(self) -> Decimal:
        """What is not allocated."""
        return self.amount - self.allocated


class BudgetRound(models.Model):
    """One proposal or answer in the negotiation; append-only."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="rounds")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=9, choices=RoundKind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="round_number_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="round_amount_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=RoundKind.values), name="round_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.budget} #{self.number}"


class Allocation(models.Model):
    """The part of the campaign budget that a channel may draw."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="allocations")
    campaign_channel = models.OneToOneField(
        CampaignChannel, on_delete=models.CASCADE, related_name="allocation"
    )
    amount = models.DecimalField(_("allocation"), max_digits=14, decimal_places=2, default=ZERO)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="allocation_not_negative")]

    def __str__(self) -> str:
        return f"{self.campaign_channel}: {self.amount}"
