"""One budget per campaign. The reserve is what is not allocated; triggers keep the sums (triggers.py)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.enums import RoundKind
from campaigns.models.campaign import Campaign, CampaignChannel
from channels.models import Channel
from core.concurrency import VersionedModel

ZERO = Decimal("0.00")


class Budget(VersionedModel):
    """The campaign's money in one currency.

    Until a manager approves, allocations are planned against `proposed`, from then on they draw from
    `approved`. `allocated` is the sum of the allocations, `committed` of open commitments, `spent` of
    expenses: kept by triggers and never written by hand.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.CASCADE, related_name="budget")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    proposed = models.DecimalField(_("proposed"), max_digits=14, decimal_places=2, default=ZERO)
    approved = models.DecimalField(_("approved"), max_digits=14, decimal_places=2, null=True, blank=True)
    approved_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    allocated = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO, editable=False)
    committed = models.DecimalField(
        max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO, editable=False
    )
    spent = models.DecimalField(
        max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO, editable=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(committed__gte=0, spent__gte=0), name="budget_used_not_negative"
            ),
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
    kind = models.CharField(max_length=10, choices=RoundKind)
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
    """The part of the campaign budget that a channel may draw, with what is promised and paid of it.

    `committed` and `spent` are kept by triggers. `spent` may pass the amount (an invoice is an invoice), a
    commitment may not. Who changes the amount writes `by`, `at`, `reason` and `move` and lets `turn` grow in
    the same UPDATE: a trigger copies them into the history (AllocationChange).
    """

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="allocations")
    campaign_channel = models.OneToOneField(
        CampaignChannel, on_delete=models.CASCADE, related_name="allocation"
    )
    amount = models.DecimalField(_("allocation"), max_digits=14, decimal_places=2, default=ZERO)
    committed = models.DecimalField(
        max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO, editable=False
    )
    spent = models.DecimalField(
        max_digits=14, decimal_places=2, default=ZERO, db_default=ZERO, editable=False
    )
    by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    at = models.DateTimeField(null=True, blank=True, editable=False)
    reason = models.TextField(blank=True, default="", db_default="", editable=False)
    move = models.UUIDField(null=True, blank=True, editable=False)
    turn = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="allocation_not_negative"),
            models.CheckConstraint(
                condition=Q(committed__gte=0, spent__gte=0), name="allocation_used_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_channel}: {self.amount}"

    @property
    def used(self) -> Decimal:
        """What is promised or paid."""
        return self.committed + self.spent

    @property
    def left(self) -> Decimal:
        """What may still be promised; negative when invoices passed the allocation."""
        return self.amount - self.used

    @property
    def forecast(self) -> Decimal:
        """What it will have cost: all of the allocation, or more where more is promised and paid already."""
        return max(self.amount, self.used)


class AllocationChange(models.Model):
    """By how much an allocation changed; written by triggers only, append-only.

    `by` is empty for what was written past the services. It names the channel itself, which stays when the
    campaign gives it up.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="allocation_changes")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)
    move = models.UUIDField(null=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.channel}: {self.amount}"


class ApprovalLimit(models.Model):
    """Up to how much a manager may approve for one campaign, in one currency.

    A manager without any limit may approve everything; with limits only in their currencies.
    """

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="approval_limits", verbose_name=_("manager")
    )
    amount = models.DecimalField(_("up to"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, help_text=_("ISO 4217, such as CHF"))

    class Meta:
        ordering = ["user", "currency"]
        verbose_name = _("approval limit")
        verbose_name_plural = _("approval limits")
        constraints = [
            models.UniqueConstraint(fields=["user", "currency"], name="limit_once_per_currency"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="limit_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.amount} {self.currency}"
