"""What every change of money shares: the lock on the budget, exact amounts, the version."""

from decimal import ROUND_HALF_UP, Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Preparation
from campaigns.models import Budget, Campaign
from core import formats
from core.concurrency import StaleVersion

CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)
CENT = Decimal("0.01")
TOO_LARGE = Decimal(10) ** 12


def amount_of(place: str, value: Decimal, currency: str = "") -> Decimal:
    """`value` in cents; ValidationError at `place` if it is negative, too large or finer than a cent.

    With a currency also if it is finer than that currency's smallest unit (JPY has no decimals).
    """
    value = Decimal(value)
    if not value.is_finite() or value < 0:
        raise ValidationError({place: [_("An amount cannot be negative.")]})
    if value >= TOO_LARGE:
        raise ValidationError({place: [_("This amount is too large.")]})
    if value != value.quantize(CENT):
        raise ValidationError({place: [_("An amount has at most two decimals.")]})
    if currency and value != value.quantize(unit_of(currency)):
        words = _("Amounts in %(currency)s have no decimals.") % {"currency": currency}
        raise ValidationError({place: [words]})
    return value.quantize(CENT)


def unit_of(currency: str) -> Decimal:
    """The smallest unit of a currency that is kept, at most a cent: 0.01 for EUR, 1 for JPY."""
    return Decimal(1).scaleb(-min(formats.money_digits(currency), 2))


def converted(amount: Decimal, rate: Decimal, currency: str) -> Decimal:
    """An amount at a rate in `currency`, rounded half up (commercially) to its smallest unit."""
    return (amount * rate).quantize(unit_of(currency), ROUND_HALF_UP).quantize(CENT)


def locked(budget: Budget, expected: int | None = None, *, also_closed: bool = False) -> Budget:
    """The budget as it is now, locked; StaleVersion if it is no longer the one that was seen.

    ValidationError once the campaign is closed, unless `also_closed`: invoices come late.
    """
    current = Budget.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=budget.pk)
    if expected is not None and current.version != expected:
        raise StaleVersion(current)
    if current.campaign.state in CLOSED and not also_closed:
        raise ValidationError(_("This campaign is closed; its budget stays as it is."), code="locked")
    return current


def need(by: User, action: str, campaign: Campaign) -> None:
    """PermissionDenied without the right."""
    if not can(by, action, campaign):
        raise PermissionDenied


def touch(budget: Budget, **values: object) -> None:
    """Write values and let the version grow; a refused sum becomes a ValidationError."""
    try:
        with transaction.atomic():
            Budget.objects.filter(pk=budget.pk).update(
                **values, version=F("version") + 1, changed_at=timezone.now()
            )
    except IntegrityError as error:
        raise ValidationError({"amount": [below_allocated(budget)]}) from error
    budget.refresh_from_db()


def below_allocated(budget: Budget) -> str:
    """Why the amount cannot be less."""
    given = formats.money(budget.allocated, budget.currency)
    return _("%(amount)s are already allocated to channels; it cannot be less.") % {"amount": given}


def hand_back(budget: Budget, current: Budget) -> None:
    """Bring the caller's copy up to date."""
    current.refresh_from_db()
    if budget is not current:
        budget.__dict__.update({k: v for k, v in current.__dict__.items() if k != "_state"})
