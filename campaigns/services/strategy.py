"""Writing strategies: each part, milestone, duty and goal for itself, with its version and in the log."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import can
from campaigns.enums import GoalKind
from campaigns.models import Duty, Goal, Milestone, Strategy
from core import audit

Part = Milestone | Duty | Goal
MANY = ("departments", "channels")


@transaction.atomic
def create_strategy(*, by: User, values: Mapping[str, Any]) -> Strategy:
    """A new strategy; PermissionDenied without the right to plan."""
    if not can(by, "strategy.create"):
        raise PermissionDenied
    strategy = Strategy.objects.create(**values)
    audit.record(by=by, verb="strategy.created", scope=strategy, title=strategy.title)
    return strategy


@transaction.atomic
def save_strategy(*, strategy: Strategy, by: User, values: Mapping[str, Any], expected: int) -> Strategy:
    """Save some of its fields over the version that the person saw; StaleVersion, PermissionDenied."""
    need(strategy, by)
    for name, value in values.items():
        setattr(strategy, name, value)
    strategy.save_versioned(expected=expected, fields=list(values))
    audit.record(by=by, verb="strategy.changed", scope=strategy, fields=list(values))
    return strategy


def need(strategy: Strategy, by: User) -> None:
    """PermissionDenied unless the person may change the strategy."""
    if not can(by, "strategy.edit", strategy):
        raise PermissionDenied(_("A strategy is changed by its owner and by managers."))


@transaction.atomic
def save_part(*, part: Part, by: User, values: Mapping[str, Any], expected: int) -> Part:
    """Make or change a milestone, a duty or a goal of a strategy.

    StaleVersion if somebody saved it in between; ValidationError by field for a goal that would stand below
    itself or outside its strategy.
    """
    need(part.strategy, by)
    if isinstance(part, Goal):
        _check_tree(part, values)
    plain = {name: value for name, value in values.items() if name not in MANY}
    new = part.pk is None
    for name, value in plain.items():
        setattr(part, name, value)
    if new:
        part.save()
    else:
        part.save_versioned(expected=expected, fields=list(plain))
    for name in MANY:
        if name in values:
            getattr(part, name).set(values[name])
    verb = f"{part._meta.model_name}.{'added' if new else 'changed'}"
    audit.record(by=by, verb=verb, scope=part.strategy, subject=part, title=str(part)[:200])
    return part


def _check_tree(goal: Goal, values: Mapping[str, Any]) -> None:
    """A primary goal stands at the top; a secondary one below a goal of its strategy, never below itself."""
    parent = values.get("parent")
    if parent is None:
        return
    if values.get("kind") == GoalKind.PRIMARY:
        raise ValidationError({"parent": [_("A primary goal is part of no other goal.")]})
    if parent.strategy_id != goal.strategy_id:
        raise ValidationError({"parent": [_("This goal belongs to another strategy.")]})
    # Locked, so that two people cannot hang two goals below each other.
    tree = dict(
        Goal.objects.select_for_update().filter(strategy=goal.strategy_id).values_list("pk", "parent_id")
    )
    above: int | None = parent.pk
    while above is not None and goal.pk:
        if above == goal.pk:
            raise ValidationError({"parent": [_("A goal cannot be part of itself.")]})
        above = tree.get(above)


@transaction.atomic
def remove_part(*, part: Part, by: User) -> None:
    """Take a milestone or a duty away. A goal that campaigns or other goals name goes out of use instead."""
    need(part.strategy, by)
    audit.record(by=by, verb=f"{part._meta.model_name}.removed", scope=part.strategy, title=str(part)[:200])
    if isinstance(part, Goal) and (part.campaigns.exists() or part.children.exists()):
        part.active = False
        part.save_versioned(expected=part.version, fields=["active"])
        return
    part.delete()
