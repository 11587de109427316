"""Making and changing a plan: one transaction, one version, every change in the audit log."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.models import Budget, Campaign
from campaigns.services import partners
from campaigns.services.budget import first_round, open_budget, write_allocations
from campaigns.services.plan_data import ZERO, ChannelPlan, Plan, RegionPlan, plan_of
from campaigns.services.plan_parts import write_channels, write_regions
from campaigns.services.plan_rules import PlanLocked, check_plan, is_open, too_much
from campaigns.services.themes import theme_for_plan
from core import audit
from core.concurrency import StaleVersion

FIELDS = ("name", "purpose", "goal", "theme", "owner", "starts_on", "ends_on")


def create_campaign(*, by: User, plan: Plan) -> Campaign:
    """Make a campaign with its budget; a plan with the same `submission` again gives the one it made.

    PermissionDenied without the right to plan; ValidationError by place (see plan_rules).
    """
    if not can(by, "campaign.create"):
        raise PermissionDenied
    submission = plan.submission or uuid4()
    known = _made_before(submission, by)
    if known:
        return known
    try:
        with transaction.atomic():
            return _create(by, plan, submission)
    except IntegrityError:
        known = _made_before(submission, by)
        if known is None:
            raise
        return known


def _made_before(submission: UUID, by: User) -> Campaign | None:
    """The campaign that this form has already made; somebody else's form number is refused."""
    known = Campaign.objects.filter(submission=submission).first()
    if known and not Campaign.objects.visible_to(by).filter(pk=known.pk).exists():
        raise ValidationError(_("This form was already used. Please open a new one."), code="used")
    return known


def _create(by: User, plan: Plan, submission: UUID) -> Campaign:
    check_plan(plan, by=by)
    campaign = Campaign(submission=submission, owner=plan.owner or by)
    _fill(campaign, plan, by)
    campaign.save()
    audit.record(by=by, verb="campaign.created", scope=campaign, name=campaign.name)
    budget = open_budget(campaign=campaign, by=by, currency=plan.currency, proposed=plan.proposed or ZERO)
    _write_parts(campaign, budget, plan, by)
    return campaign


def _fill(campaign: Campaign, plan: Plan, by: User) -> None:
    campaign.name, campaign.purpose, campaign.goal = plan.name, plan.purpose, plan.goal
    campaign.starts_on, campaign.ends_on = plan.starts_on, plan.ends_on
    if plan.owner:
        campaign.owner = plan.owner
    if not campaign.theme_id or campaign.theme.title != plan.theme.strip():
        campaign.theme = theme_for_plan(plan.theme, by)


def _first_amount(budget: Budget, plan: Plan, by: User) -> None:
    """The plan's amount, as long as the budget has no round; later rounds are made on the Budget tab."""
    if plan.proposed is None or budget.rounds.exists():
        return
    first_round(budget=budget, currency=plan.currency, amount=plan.proposed, by=by)


@transaction.atomic
def update_plan(*, campaign: Campaign, by: User, plan: Plan, expected: int) -> Campaign:
    """Save a whole plan over the version the person saw.

    StaleVersion if somebody saved in between, PlanLocked while it is approved or closed, PermissionDenied
    without the right, ValidationError by place. All or nothing.
    """
    current = Campaign.objects.select_for_update(of=("self",)).get(pk=campaign.pk)
    if not can(by, "campaign.edit", current):
        raise PermissionDenied
    if not is_open(current):
        raise PlanLocked
    if current.version != expected:
        raise StaleVersion(current)
    check_plan(plan, by=by, campaign=current)
    _save_about(current, plan, by, expected)
    budget = Budget.objects.select_for_update(of=("self",)).get(campaign=current)
    budget.campaign = current
    _first_amount(budget, plan, by)
    _write_parts(current, budget, plan, by)
    return current


def _save_about(campaign: Campaign, plan: Plan, by: User, expected: int) -> None:
    before = {name: getattr(campaign, name) for name in FIELDS}
    _fill(campaign, plan, by)
    campaign.save_versioned(expected=expected, fields=FIELDS)
    changed = [name for name in FIELDS if before[name] != getattr(campaign, name)]
    if "owner" in changed:
        audit.record(by=by, verb="campaign.handed_over", scope=campaign, owner=str(campaign.owner))
    if "starts_on" in changed or "ends_on" in changed:
        period = {"starts_on": str(campaign.starts_on), "ends_on": str(campaign.ends_on)}
        audit.record(by=by, verb="campaign.moved", scope=campaign, **period)
    if set(changed) & {"name", "purpose", "goal", "theme"}:
        audit.record(by=by, verb="campaign.changed", scope=campaign, fields=changed)


def _write_parts(campaign: Campaign, budget: Budget, plan: Plan, by: User) -> None:
    _write_people(campaign, plan, by)
    write_regions(campaign, plan, by)
    rows = write_channels(campaign, plan, by)
    # A removed channel gave its allocation back: the sum is the database's.
    budget.refresh_from_db()
    budget.campaign = campaign
    _write_amounts(budget, plan, {row.channel_id: row.pk for row in rows}, by)


def _write_people(campaign: Campaign, plan: Plan, by: User) -> None:
    if set(campaign.target_groups.all()) != set(plan.target_groups):
        campaign.target_groups.set(plan.target_groups)
        names = ", ".join(str(group) for group in plan.target_groups) or "–"
        audit.record(by=by, verb="campaign.target_groups", scope=campaign, names=names)
    invited = campaign.partners.filter(department__isnull=False).select_related("department", "campaign")
    now = {row.department_id: row for row in invited}
    wanted = {department.pk: department for department in plan.partners}
    for key in now.keys() - wanted.keys():
        partners.end(row=now[key], by=by)
    for key in wanted.keys() - now.keys():
        partners.invite(campaign=campaign, by=by, department=wanted[key])


def _write_amounts(budget: Budget, plan: Plan, ids: dict[int, int], by: User) -> None:
    """Allocations of the plan; a problem is named at its channel."""
    amounts = {ids[row.channel.pk]: row.amount for row in plan.channels if row.amount is not None}
    try:
        write_allocations(budget, amounts, by)
    except ValidationError as error:
        channels = {f"allocation.{pk}": f"channel.{key}.amount" for key, pk in ids.items()}
        raise ValidationError(
            {channels.get(place, place): words for place, words in error.message_dict.items()}
        ) from error


def overdrawn(
    plan: Plan, amount: Decimal, before: dict[int, Decimal], currency: str
) -> tuple[str, str] | None:
    """Place and words if the plan's allocations take more than `amount`; `before` by channel id."""
    wanted = {row.channel.pk: row.amount or ZERO for row in plan.channels}
    problem = too_much(amount, wanted, before, currency)
    return (f"channel.{problem[0]}.amount", problem[1]) if problem else None


def set_regions(*, campaign: Campaign, by: User, regions: tuple[RegionPlan, ...]) -> Campaign:
    """Replace the regions and leave the rest of the plan; errors as `update_plan`."""
    return _replace(campaign, by, regions=tuple(regions))


def set_channels(*, campaign: Campaign, by: User, channels: tuple[ChannelPlan, ...]) -> Campaign:
    """Replace the channels and leave the rest of the plan; errors as `update_plan`."""
    return _replace(campaign, by, channels=tuple(channels))


def _replace(campaign: Campaign, by: User, **parts: object) -> Campaign:
    fresh = Campaign.objects.get(pk=campaign.pk)
    return update_plan(campaign=fresh, by=by, plan=replace(plan_of(fresh), **parts), expected=fresh.version)
