"""Money promised and money paid. Nothing here is ever changed: a correction is a row of its own."""

import uuid
from decimal import Decimal

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from campaigns.enums import CommitmentState, CostKind, EndKind
from campaigns.models.money import ZERO, Allocation, Budget

CENT = Decimal("0.01")
MONEY = models.DecimalField(max_digits=14, decimal_places=2)


class Cost(models.Model):
    """What a commitment and an expense have in common.

    `amount` is in `currency`; `rate` is what one unit of it costs in the campaign's currency (1 for its own)
    on `rate_on`; `value` is amount x rate, rounded half up to the smallest unit of the campaign's currency.
    `supplier_key` and `number_key` are what is compared; `slot` numbers the rows with the same keys of which
    only the last one counts, and is empty for a reversal.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="%(class)ss")
    allocation = models.ForeignKey(Allocation, on_delete=models.PROTECT, related_name="%(class)ss")
    supplier = models.CharField(pgettext_lazy("money", "supplier"), max_length=200)
    supplier_key = models.CharField(max_length=200, editable=False)
    number_key = models.CharField(max_length=80, editable=False)
    slot = models.PositiveIntegerField(null=True, default=0, editable=False)
    description = models.CharField(_("what for"), max_length=300, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8, default=Decimal(1))
    rate_on = models.DateField(_("rate of"))
    value = models.DecimalField(_("in the campaign's currency"), max_digits=14, decimal_places=2)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    # One form, one row: a double click or a reload finds the first one.
    submission = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        abstract = True


class CommitmentQuerySet(models.QuerySet):
    """Commitments with what has become of them."""

    def with_rest(self) -> "CommitmentQuerySet":
        """Adds `settled` (by expenses), `released` and `end_kind` (by an end)."""
        settled = Expense.objects.filter(commitment=OuterRef("pk")).values("commitment")
        ends = CommitmentEnd.objects.filter(commitment=OuterRef("pk"))
        return self.annotate(
            settled=Coalesce(
                Subquery(settled.annotate(sum=Sum("settles")).values("sum")), ZERO, output_field=MONEY
            ),
            released=Coalesce(Subquery(ends.values("value")), ZERO, output_field=MONEY),
            end_kind=Subquery(ends.values("kind")),
        )

    def still_open(self) -> "CommitmentQuerySet":
        """Those of which something is left."""
        return self.with_rest().filter(end_kind=None).filter(settled__lt=F("value"))


class Commitment(Cost):
    """Money promised to a supplier: an order."""

    reference = models.CharField(_("reference"), max_length=80)
    ordered_on = models.DateField(_("date"))
    expected_on = models.DateField(_("invoice expected"), null=True, blank=True)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        ordering = ["-ordered_on", "-id"]
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        constraints = [
            models.UniqueConstraint(fields=["supplier_key", "number_key", "slot"], name="commitment_once"),
            models.CheckConstraint(condition=Q(amount__gt=0, value__gte=0), name="commitment_positive"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="commitment_rate_positive"),
            models.CheckConstraint(
                condition=Q(expected_on__isnull=True) | Q(expected_on__gte=F("ordered_on")),
                name="commitment_expected_after_order",
            ),
        ]
        indexes = [models.Index(fields=["budget", "-ordered_on", "-id"], name="commitment_newest")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.reference}"

    @property
    def number(self) -> str:
        """Its number, as for an expense."""
        return self.reference

    @property
    def rest(self) -> Decimal:
        """What is still committed; only with `with_rest`."""
        return (self.value - self.settled - self.released).quantize(CENT)

    @property
    def state(self) -> CommitmentState:
        """What has become of it; only with `with_rest`."""
        if self.end_kind:
            return CommitmentState(self.end_kind)
        return CommitmentState.OPEN if self.rest > 0 else CommitmentState.SETTLED


class CommitmentEnd(models.Model):
    """What was left of a commitment is free again: it is closed, or another one takes its place."""

    commitment = models.OneToOneField(Commitment, on_delete=models.PROTECT, related_name="end")
    kind = models.CharField(max_length=9, choices=EndKind)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(value__gte=0), name="commitment_end_not_negative"),
            models.CheckConstraint(condition=Q(kind__in=EndKind.values), name="commitment_end_known"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment}: {self.kind}"


class Expense(Cost):
    """Money paid or owed by an invoice. A reversal is an expense with the opposite amount.

    `settles` is how much of its commitment it uses up, in the campaign's currency.
    """

    invoice = models.CharField(_("invoice number"), max_length=80)
    invoiced_on = models.DateField(_("invoice date"))
    commitment = models.ForeignKey(
        Commitment, null=True, blank=True, on_delete=models.PROTECT, related_name="expenses"
    )
    settles = models.DecimalField(max_digits=14, decimal_places=2, default=ZERO)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-invoiced_on", "-id"]
        verbose_name = _("expense")
        verbose_name_plural = _("expenses")
        constraints = [
            models.UniqueConstraint(fields=["supplier_key", "number_key", "slot"], name="expense_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="expense_rate_positive"),
            models.CheckConstraint(
                condition=Q(
                    reverses__isnull=True, slot__isnull=False, amount__gt=0, value__gte=0, settles__gte=0
                )
                | Q(reverses__isnull=False, slot__isnull=True, amount__lt=0, value__lte=0, settles__lte=0),
                name="expense_sign",
            ),
            models.CheckConstraint(
                condition=Q(commitment__isnull=False) | Q(settles=0), name="expense_settles_a_commitment"
            ),
        ]
        indexes = [models.Index(fields=["budget", "-invoiced_on", "-id"], name="expense_newest")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.invoice}"

    @property
    def number(self) -> str:
        """Its number, as for a commitment."""
        return self.invoice


class SpendingImport(models.Model):
    """A file of commitments or expenses between preview and confirmation; deleted once it is done."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=11, choices=CostKind)
    name = models.CharField(max_length=200)
    rows = models.JSONField()
    by = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CostKind.values), name="spending_import_known")
        ]

    def __str__(self) -> str:
        return self.name
