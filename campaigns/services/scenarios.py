"""Scenarios: ways to share the money out, what may be expected of them, and choosing one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.enums import Phase
from campaigns.models import Allocation, Budget, Campaign, CampaignChannel, Scenario, ScenarioLine
from campaigns.services.budget import write_allocations
from campaigns.services.money_base import amount_of, hand_back, locked, need
from campaigns.services.plan_data import ZERO
from core import audit, formats
from core.registry import Registry

OVER = (Phase.FINISHED, Phase.EVALUATED)
# Fewer earlier campaigns say nothing about the next one.
ENOUGH = 3
MOST_EARLIER = 200

Amounts = Mapping[int, Decimal]
# (ids of earlier campaigns, channel ids) -> [(campaign id, channel id, name of the KPI, value)]: whoever
# measures results registers itself; nothing does so far.
channel_results: Registry[Callable[[list[int], list[int]], list[tuple[int, int, str, Decimal]]]] = Registry()


def basis_of(budget: Budget) -> dict[str, Any]:
    """The money as it is now, as a scenario remembers it."""
    rows = budget.allocations.exclude(amount=0).values_list("campaign_channel", "amount")
    return {
        "amount": f"{budget.amount:.2f}",
        "allocations": {str(pk): f"{amount:.2f}" for pk, amount in rows},
    }


def save(
    *,
    budget: Budget,
    name: str,
    note: str,
    amounts: Amounts,
    by: User,
    scenario: Scenario | None = None,
    expected: int | None = None,
    submission: UUID | None = None,
) -> Scenario:
    """Make a scenario or change one (`expected` is its version that was seen); allocates nothing.

    PermissionDenied without the right to plan, StaleVersion, ValidationError at "name" or "allocation.<id>";
    it may not give out more than the budget has.
    """
    try:
        with transaction.atomic():
            return _save(
                budget, scenario, expected, submission, by, name=name.strip(), note=note, amounts=amounts
            )
    except IntegrityError as error:
        raise ValidationError({"name": [_("There is a scenario of this name already.")]}) from error


def _save(
    budget: Budget,
    scenario: Scenario | None,
    expected: int | None,
    submission: UUID | None,
    by: User,
    *,
    name: str,
    note: str,
    amounts: Amounts,
) -> Scenario:
    current = locked(budget)
    need(by, "campaign.edit", current.campaign)
    known = Scenario.objects.filter(submission=submission, budget=current).first() if submission else None
    if known:
        return known
    if not name:
        raise ValidationError({"name": [_("Please give it a name.")]})
    given = _checked(current, amounts)
    values = {"name": name, "note": note, "basis": basis_of(current)}
    if scenario is None:
        more = {"submission": submission} if submission else {}
        scenario = Scenario.objects.create(budget=current, by=by, **values, **more)
    else:
        for key, value in values.items():
            setattr(scenario, key, value)
        scenario.save_versioned(expected=expected or scenario.version, fields=values)
    scenario.lines.all().delete()
    ScenarioLine.objects.bulk_create(
        ScenarioLine(scenario=scenario, campaign_channel_id=pk, amount=amount) for pk, amount in given.items()
    )
    return scenario


def _checked(budget: Budget, amounts: Amounts) -> dict[int, Decimal]:
    own = set(CampaignChannel.objects.filter(campaign=budget.campaign_id).values_list("pk", flat=True))
    strangers = set(amounts) - own
    if strangers:
        words = _("Not a channel of this campaign.")
        raise ValidationError({f"allocation.{pk}": [words] for pk in strangers})
    given = {pk: amount_of(f"allocation.{pk}", value, budget.currency) for pk, value in amounts.items()}
    over = sum(given.values(), ZERO) - budget.amount
    if over > 0:
        key = max(given, key=lambda pk: given[pk])
        words = _("Together this is %(amount)s more than the budget has.")
        said = words % {"amount": formats.money(over, budget.currency)}
        raise ValidationError({f"allocation.{key}": [said]})
    return given


@transaction.atomic
def choose(*, scenario: Scenario, reason: str, by: User, expected: int | None = None) -> Scenario:
    """Allocate what the scenario says, all of it or nothing; channels that it does not name get nothing.

    `expected` is the version of the budget that the person saw. PermissionDenied, StaleVersion,
    ValidationError at "reason" or, where it no longer fits the money, above the form.
    """
    current = locked(scenario.budget, expected)
    need(by, "campaign.edit", current.campaign)
    if not reason.strip():
        raise ValidationError({"reason": [_("Please say why this one.")]})
    lines = dict(scenario.lines.values_list("campaign_channel", "amount"))
    rows = current.campaign.channels.values_list("pk", flat=True)
    try:
        write_allocations(current, {pk: lines.get(pk, ZERO) for pk in rows}, by, reason=reason)
    except ValidationError as error:
        raise ValidationError(_fits_no_more(current, error)) from error
    Scenario.objects.filter(pk=scenario.pk).update(chosen_at=timezone.now(), basis=basis_of(current))
    scenario.refresh_from_db()
    audit.record(
        by=by,
        verb="scenario.chosen",
        scope=current.campaign,
        subject=scenario,
        name=scenario.name,
        reason=reason,
    )
    hand_back(scenario.budget, current)
    return scenario


def _fits_no_more(budget: Budget, error: ValidationError) -> list[str]:
    names = {
        f"allocation.{row.pk}": str(row.channel) for row in budget.campaign.channels.select_related("channel")
    }
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return [f"{names.get(place, '')}: {' '.join(words)}" for place, words in found.items()]


@transaction.atomic
def drop(*, scenario: Scenario, by: User) -> None:
    """Throw a scenario away; no allocation changes. PermissionDenied without the right to plan."""
    campaign = scenario.budget.campaign
    need(by, "campaign.edit", campaign)
    audit.record(by=by, verb="scenario.dropped", scope=campaign, subject=scenario, name=scenario.name)
    scenario.delete()


def stale(scenario: Scenario, basis: Mapping[str, Any]) -> bool:
    """Whether the money has changed since the scenario was saved; `basis` is `basis_of` the budget now."""
    return dict(scenario.basis) != dict(basis)


# --- What may be expected


@dataclass(frozen=True)
class Experience:
    """What earlier campaigns tell about a channel. `same_groups`: for one of the same target groups."""

    campaigns: int
    typical: Decimal | None
    least: Decimal | None
    most: Decimal | None
    per_unit: dict[str, Decimal]

    @property
    def enough(self) -> bool:
        """Whether there are enough of them to expect anything."""
        return self.campaigns >= ENOUGH

    def expected(self, amount: Decimal) -> dict[str, Decimal]:
        """KPI values that the amount would bring at the earlier median per unit of money."""
        return {name: per * amount for name, per in self.per_unit.items()} if self.enough else {}


NOTHING_KNOWN = Experience(0, None, None, None, {})


def experience(
    campaign: Campaign, channels: Iterable[CampaignChannel], currency: str
) -> dict[int, Experience]:
    """By channel id: finished campaigns in the same currency that spent money on it.

    Of the same target groups, where the campaign names any.
    """
    wanted = {row.channel_id for row in channels}
    earlier = Allocation.objects.filter(
        budget__currency=currency,
        budget__campaign__phase__in=OVER,
        campaign_channel__channel__in=wanted,
        spent__gt=0,
    ).exclude(budget__campaign=campaign)
    groups = [group.pk for group in campaign.target_groups.all()]
    if groups:
        earlier = earlier.filter(budget__campaign__target_groups__in=groups).distinct()
    rows = earlier.order_by("-budget__campaign__ends_on", "-pk")[:MOST_EARLIER]
    spent: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for channel, number, amount in rows.values_list("campaign_channel__channel", "budget__campaign", "spent"):
        spent[channel][number] = amount
    results = _results(spent)
    return {channel: _experience(amounts, results.get(channel, {})) for channel, amounts in spent.items()}


def _results(spent: dict[int, dict[int, Decimal]]) -> dict[int, dict[str, dict[int, Decimal]]]:
    """Channel id -> KPI -> campaign id -> value, as far as anybody measures."""
    found: dict[int, dict[str, dict[int, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    campaigns = sorted({number for amounts in spent.values() for number in amounts})
    for ask in channel_results:
        for number, channel, kpi, value in ask(campaigns, sorted(spent)):
            found[channel][kpi][number] = value
    return found


def _experience(amounts: dict[int, Decimal], results: dict[str, dict[int, Decimal]]) -> Experience:
    per_unit = {}
    for kpi, values in results.items():
        known = [values[number] / amounts[number] for number in values if amounts.get(number)]
        if len(known) >= ENOUGH:
            per_unit[kpi] = median(known)
    typical = Decimal(median(amounts.values())).quantize(Decimal("0.01"))
    return Experience(len(amounts), typical, min(amounts.values()), max(amounts.values()), per_unit)
