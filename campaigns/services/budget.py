"""One budget per campaign: proposed, decided on in rounds, allocated to channels. Nothing is overdrawn."""

from collections.abc import Mapping
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import Preparation, RoundKind
from campaigns.models import Allocation, Budget, BudgetRound, Campaign, CampaignChannel
from campaigns.services.plan_data import ZERO
from campaigns.services.plan_rules import too_much
from core import audit, formats
from core.concurrency import StaleVersion

CLOSED = (Preparation.CANCELLED, Preparation.EVALUATED)
CENT = Decimal("0.01")
Amounts = Mapping[int, Decimal]


def amount_of(place: str, value: Decimal) -> Decimal:
    """`value` in cents; ValidationError at `place` if it is negative, too large or finer than a cent."""
    value = Decimal(value)
    if not value.is_finite() or value < 0:
        raise ValidationError({place: [_("An amount cannot be negative.")]})
    if value >= Decimal(10) ** 12:
        raise ValidationError({place: [_("This amount is too large.")]})
    if value != value.quantize(CENT):
        raise ValidationError({place: [_("An amount has at most two decimals.")]})
    return value.quantize(CENT)


def _locked(budget: Budget, expected: int | None) -> Budget:
    """The budget as it is now, locked; StaleVersion if it is no longer the one that was seen."""
    current = Budget.objects.select_for_update(of=("self",)).select_related("campaign").get(pk=budget.pk)
    if expected is not None and current.version != expected:
        raise StaleVersion(current)
    if current.campaign.state in CLOSED:
        raise ValidationError(_("This campaign is closed; its budget stays as it is."), code="locked")
    return current


def _need(by: User, action: str, campaign: Campaign) -> None:
    if not can(by, action, campaign):
        raise PermissionDenied


def _touch(budget: Budget, **values: object) -> None:
    """Write values and let the version grow; a refused sum becomes a ValidationError."""
    try:
        with transaction.atomic():
            Budget.objects.filter(pk=budget.pk).update(
                **values, version=F("version") + 1, changed_at=timezone.now()
            )
    except IntegrityError as error:
        raise ValidationError({"amount": [_below_allocated(budget)]}) from error
    budget.refresh_from_db()


def _below_allocated(budget: Budget) -> str:
    given = formats.money(budget.allocated, budget.currency)
    return _("%(amount)s are already allocated to channels; it cannot be less.") % {"amount": given}


def _round(budget: Budget, kind: RoundKind, amount: Decimal, reason: str, by: User) -> BudgetRound:
    last = budget.rounds.order_by("-number").values_list("number", flat=True).first() or 0
    made = BudgetRound.objects.create(
        budget=budget, number=last + 1, kind=kind, amount=amount, reason=reason, by=by
    )
    audit.record(
        by=by,
        verb=f"budget.{kind}",
        scope=budget.campaign,
        subject=budget,
        number=made.number,
        amount=f"{amount:.2f}",
        currency=budget.currency,
        reason=reason,
    )
    return made


@transaction.atomic
def open_budget(*, campaign: Campaign, by: User, currency: str, proposed: Decimal) -> Budget:
    """The one budget of a new campaign; an amount is its first round."""
    budget = Budget.objects.create(campaign=campaign, currency=currency)
    if proposed:
        first_round(budget=budget, currency=currency, amount=proposed, by=by)
    return budget


def first_round(*, budget: Budget, currency: str, amount: Decimal, by: User) -> None:
    """What whoever writes the plan proposes first; inside the caller's transaction, which holds the lock."""
    amount = amount_of("proposed", amount)
    if (budget.currency, budget.proposed) == (currency, amount):
        return
    if amount < budget.allocated:
        raise ValidationError({"proposed": [_below_allocated(budget)]})
    budget.currency = currency
    if amount:
        _round(budget, RoundKind.PROPOSAL, amount, "", by)
    _touch(budget, proposed=amount, currency=currency)


@transaction.atomic
def propose(
    *, budget: Budget, amount: Decimal, reason: str, by: User, expected: int | None = None
) -> BudgetRound:
    """A round by the owner. Only before an approval do allocations draw from what is proposed.

    PermissionDenied for anybody else, ValidationError (at "amount") if less than allocated is proposed.
    """
    current = _locked(budget, expected)
    _need(by, "budget.propose", current.campaign)
    amount = amount_of("amount", amount)
    if amount < current.allocated and current.approved is None:
        raise ValidationError({"amount": [_below_allocated(current)]})
    made = _round(current, RoundKind.PROPOSAL, amount, reason, by)
    _touch(current, proposed=amount)
    _hand_back(budget, current)
    return made


@transaction.atomic
def approve(
    *, budget: Budget, amount: Decimal, by: User, reason: str = "", expected: int | None = None
) -> BudgetRound:
    """A manager who is not the owner answers the open proposal with an amount.

    PermissionDenied for others, ValidationError without an open proposal or below what is allocated.
    """
    current = _locked(budget, expected)
    _need(by, "budget.decide", current.campaign)
    _open_proposal(current)
    amount = amount_of("amount", amount)
    if amount < current.allocated:
        raise ValidationError({"amount": [_below_allocated(current)]})
    made = _round(current, RoundKind.APPROVAL, amount, reason, by)
    _touch(current, approved=amount, approved_by=by, approved_at=timezone.now())
    _hand_back(budget, current)
    return made


@transaction.atomic
def reject(*, budget: Budget, reason: str, by: User, expected: int | None = None) -> BudgetRound:
    """A manager who is not the owner refuses the open proposal and says why; what was approved stays."""
    current = _locked(budget, expected)
    _need(by, "budget.decide", current.campaign)
    proposal = _open_proposal(current)
    if not reason.strip():
        raise ValidationError({"reason": [_("Please say why, so that the next proposal can answer it.")]})
    made = _round(current, RoundKind.REJECTION, proposal.amount, reason, by)
    _touch(current)
    _hand_back(budget, current)
    return made


def last_round(budget: Budget) -> BudgetRound | None:
    """The newest round."""
    return budget.rounds.select_related("by").order_by("-number").first()


def _open_proposal(budget: Budget) -> BudgetRound:
    last = last_round(budget)
    if last is None or last.kind != RoundKind.PROPOSAL:
        raise ValidationError(_("There is no open proposal to decide on."), code="no_proposal")
    return last


@transaction.atomic
def allocate(*, budget: Budget, amounts: Amounts, by: User, expected: int | None = None) -> Budget:
    """Set allocations by id of the campaign's channel; channels not named keep theirs.

    All or nothing. ValidationError at "allocation.<id>" if the reserve would fall below zero, also when
    somebody else saved first; StaleVersion if `expected` is given and no longer the version.
    """
    current = _locked(budget, expected)
    _need(by, "campaign.edit", current.campaign)
    write_allocations(current, amounts, by)
    _hand_back(budget, current)
    return budget


def write_allocations(budget: Budget, amounts: Amounts, by: User | None) -> None:
    """The writing part of `allocate`, for callers that hold the lock and have asked for the right."""
    channels = {row.pk: row for row in _own_channels(budget, amounts)}
    wanted = {pk: amount_of(f"allocation.{pk}", amounts[pk]) for pk in amounts}
    before = dict(budget.allocations.values_list("campaign_channel", "amount"))
    problem = too_much(budget.amount, before | wanted, before, budget.currency)
    if problem:
        raise ValidationError({f"allocation.{problem[0]}": [problem[1]]})
    changed = [pk for pk in wanted if wanted[pk] != before.get(pk, ZERO)]
    try:
        with transaction.atomic():
            # What shrinks goes first: the database looks at the sum after every row.
            for pk in sorted(changed, key=lambda key: wanted[key] - before.get(key, ZERO)):
                _write(budget, channels[pk], wanted[pk])
    except IntegrityError as error:
        raise ValidationError({f"allocation.{changed[-1]}": [_("The reserve does not suffice.")]}) from error
    for pk in changed:
        _tell(budget, channels[pk], wanted[pk], by)
    if changed:
        _touch(budget)


def _own_channels(budget: Budget, amounts: Amounts) -> list[CampaignChannel]:
    found = list(
        CampaignChannel.objects.filter(campaign=budget.campaign_id, pk__in=amounts).select_related("channel")
    )
    strangers = set(amounts) - {row.pk for row in found}
    if strangers:
        raise ValidationError(
            {f"allocation.{pk}": [_("Not a channel of this campaign.")] for pk in strangers}
        )
    return found


def _write(budget: Budget, channel: CampaignChannel, amount: Decimal) -> None:
    Allocation.objects.update_or_create(
        campaign_channel=channel,
        defaults={"amount": amount},
        create_defaults={"budget": budget, "amount": amount},
    )


def _tell(budget: Budget, channel: CampaignChannel, amount: Decimal, by: User | None) -> None:
    audit.record(
        by=by,
        verb="allocation.changed",
        scope=budget.campaign,
        subject=channel,
        channel=str(channel.channel),
        amount=f"{amount:.2f}",
        currency=budget.currency,
    )


def _hand_back(budget: Budget, current: Budget) -> None:
    """Bring the caller's copy up to date."""
    current.refresh_from_db()
    if budget is not current:
        budget.__dict__.update({k: v for k, v in current.__dict__.items() if k != "_state"})
