"""One budget per campaign: proposed, decided on in rounds, allocated to channels. Nothing is overdrawn."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns import budget_mail
from campaigns.enums import RoundKind
from campaigns.models import Allocation, Budget, BudgetRound, Campaign, CampaignChannel
from campaigns.services.limits import check_limit
from campaigns.services.money_base import amount_of, below_allocated, hand_back, locked, need, touch
from campaigns.services.plan_data import ZERO
from campaigns.services.plan_rules import too_much
from core import audit, formats

Amounts = Mapping[int, Decimal]
# After these it is the owner's turn.
ANSWERED = (RoundKind.COUNTER, RoundKind.REJECTION)


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
    budget_mail.told(budget, made)
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
        raise ValidationError({"proposed": [below_allocated(budget)]})
    if currency != budget.currency and (budget.commitments.exists() or budget.expenses.exists()):
        words = _("Money was already promised or paid in %(currency)s; the currency stays.")
        raise ValidationError({"currency": [words % {"currency": budget.currency}]})
    budget.currency = currency
    if amount:
        _round(budget, RoundKind.PROPOSAL, amount, "", by)
    touch(budget, proposed=amount, currency=currency)


@transaction.atomic
def propose(
    *, budget: Budget, amount: Decimal, reason: str, by: User, expected: int | None = None
) -> BudgetRound:
    """A round by the owner. Only before an approval do allocations draw from what is proposed.

    PermissionDenied for anybody else, ValidationError (at "amount") if less than allocated is proposed.
    """
    current = locked(budget, expected)
    need(by, "budget.propose", current.campaign)
    amount = amount_of("amount", amount, current.currency)
    if amount < current.allocated and current.approved is None:
        raise ValidationError({"amount": [below_allocated(current)]})
    made = _round(current, RoundKind.PROPOSAL, amount, reason, by)
    touch(current, proposed=amount)
    hand_back(budget, current)
    return made


@transaction.atomic
def approve(
    *, budget: Budget, by: User, amount: Decimal | None = None, reason: str = "", expected: int | None = None
) -> BudgetRound:
    """A manager who is not the owner agrees to the open proposal, of exactly `amount` if it is named.

    PermissionDenied for others; ValidationError without an open proposal, for another amount (that is a
    counter-proposal), below what is allocated and above the manager's limit.
    """
    current = locked(budget, expected)
    need(by, "budget.decide", current.campaign)
    proposal = _open_proposal(current)
    if amount is not None and amount_of("amount", amount) != proposal.amount:
        words = _("%(amount)s were proposed. Another amount is a counter-proposal.")
        proposed = formats.money(proposal.amount, current.currency)
        raise ValidationError({"amount": [words % {"amount": proposed}]})
    _check_approval(current, proposal.amount, by)
    made = _round(current, RoundKind.APPROVAL, proposal.amount, reason, by)
    touch(current, approved=proposal.amount, approved_by=by, approved_at=timezone.now())
    hand_back(budget, current)
    return made


def _check_approval(budget: Budget, amount: Decimal, manager: User) -> None:
    if amount < budget.allocated:
        raise ValidationError({"amount": [below_allocated(budget)]})
    check_limit(budget, amount, manager)


@transaction.atomic
def counter(
    *, budget: Budget, amount: Decimal, reason: str, by: User, expected: int | None = None
) -> BudgetRound:
    """A manager answers the open proposal with another amount, which holds as soon as the owner accepts it.

    PermissionDenied for others; ValidationError without a reason, for the same amount, above the limit.
    """
    current = locked(budget, expected)
    need(by, "budget.decide", current.campaign)
    proposal = _open_proposal(current)
    amount = amount_of("amount", amount, current.currency)
    if amount == proposal.amount:
        raise ValidationError({"amount": [_("This is what was proposed. You can approve it as it is.")]})
    _need_reason(reason)
    check_limit(current, amount, by)
    made = _round(current, RoundKind.COUNTER, amount, reason, by)
    touch(current)
    hand_back(budget, current)
    return made


@transaction.atomic
def accept(*, budget: Budget, by: User, reason: str = "", expected: int | None = None) -> BudgetRound:
    """The owner accepts the manager's counter-proposal, which approves it in the manager's name.

    PermissionDenied for others; ValidationError without a counter-proposal, if less than is allocated, and if
    the manager who made it could not approve it any more.
    """
    current = locked(budget, expected)
    need(by, "budget.propose", current.campaign)
    offer = last_round(current)
    if offer is None or offer.kind != RoundKind.COUNTER:
        raise ValidationError(_("There is no counter-proposal to accept."), code="no_counter")
    if not can(offer.by, "budget.decide", current.campaign):
        words = _("%(person)s may no longer decide on this budget. Please propose again.")
        raise ValidationError(words % {"person": offer.by}, code="no_counter")
    _check_approval(current, offer.amount, offer.by)
    made = _round(current, RoundKind.ACCEPTANCE, offer.amount, reason, by)
    touch(
        current,
        proposed=offer.amount,
        approved=offer.amount,
        approved_by=offer.by,
        approved_at=timezone.now(),
    )
    hand_back(budget, current)
    return made


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": [_("Please say why, so that the next proposal can answer it.")]})


@transaction.atomic
def reject(*, budget: Budget, reason: str, by: User, expected: int | None = None) -> BudgetRound:
    """A manager who is not the owner refuses the open proposal and says why; what was approved stays."""
    current = locked(budget, expected)
    need(by, "budget.decide", current.campaign)
    proposal = _open_proposal(current)
    _need_reason(reason)
    made = _round(current, RoundKind.REJECTION, proposal.amount, reason, by)
    touch(current)
    hand_back(budget, current)
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
    current = locked(budget, expected)
    need(by, "campaign.edit", current.campaign)
    write_allocations(current, amounts, by)
    hand_back(budget, current)
    return budget


def write_allocations(
    budget: Budget, amounts: Amounts, by: User | None, *, reason: str = "", move: UUID | None = None
) -> None:
    """The writing part of `allocate`, for callers that hold the lock and have asked for the right.

    `reason` and `move` (the number of a step that changes several) stand in the history.
    """
    channels = {row.pk: row for row in _own_channels(budget, amounts)}
    wanted = {pk: amount_of(f"allocation.{pk}", amounts[pk], budget.currency) for pk in amounts}
    rows = {row.campaign_channel_id: row for row in budget.allocations.all()}
    before = {pk: row.amount for pk, row in rows.items()}
    changed = [pk for pk in wanted if wanted[pk] != before.get(pk, ZERO)]
    _check_used([rows[pk] for pk in changed if pk in rows], wanted, budget.currency)
    problem = too_much(budget.amount, before | wanted, before, budget.currency)
    if problem:
        raise ValidationError({f"allocation.{problem[0]}": [problem[1]]})
    noted = {"by": by, "at": timezone.now(), "reason": reason, "move": move}
    try:
        with transaction.atomic():
            # What shrinks goes first: the database looks at the sum after every row.
            for pk in sorted(changed, key=lambda key: wanted[key] - before.get(key, ZERO)):
                _write(budget, channels[pk], wanted[pk], noted)
    except IntegrityError as error:
        raise ValidationError({f"allocation.{changed[-1]}": [_("The reserve does not suffice.")]}) from error
    # A move is told as one step by whoever makes it.
    for pk in changed if move is None else ():
        _tell(budget, channels[pk], wanted[pk], by)
    if changed:
        touch(budget)


def _check_used(rows: list[Allocation], wanted: Amounts, currency: str) -> None:
    """ValidationError where less than is committed and spent would be left."""
    words = _("%(amount)s are already committed or spent; it cannot be less.")
    problems = {
        f"allocation.{row.campaign_channel_id}": [words % {"amount": formats.money(row.used, currency)}]
        for row in rows
        if wanted[row.campaign_channel_id] < min(row.amount, row.used)
    }
    if problems:
        raise ValidationError(problems)


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


def _write(budget: Budget, channel: CampaignChannel, amount: Decimal, noted: dict[str, object]) -> None:
    rows = Allocation.objects.filter(campaign_channel=channel)
    if not rows.update(amount=amount, turn=F("turn") + 1, **noted):
        Allocation.objects.create(budget=budget, campaign_channel=channel, amount=amount, **noted)


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
