"""Every write of the portfolio: limits, warnings set aside, and the steps that warnings suggest."""

from dataclasses import replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.demand import demand
from campaigns.models import Campaign
from campaigns.services import flights
from campaigns.services.plan_data import Plan, plan_of
from campaigns.services.planning import update_plan
from core import audit
from core.concurrency import StaleVersion
from dashboard.models import ONLY, LoadRules, SetAside
from dashboard.portfolio.facts import Limits
from dashboard.portfolio.judging import Warned

FIELDS = Limits._fields


class Outdated(Exception):
    """The warning does not stand any more, or says something else than the person has read."""


@transaction.atomic
def save_limits(*, by: User | None, expected: int, **values: Any) -> LoadRules:
    """Save all limits over the version that the person saw, 0 where none was saved yet.

    StaleVersion if somebody saved in between, PermissionDenied without the right, ValidationError by field.
    """
    demand(by, "load_rules.edit")
    stored = LoadRules.objects.select_for_update().filter(pk=ONLY).first()
    before = stored or LoadRules(pk=ONLY)
    rules = LoadRules(pk=ONLY, **{name: values.get(name, getattr(before, name)) for name in FIELDS})
    rules.full_clean(exclude=["id", "version"], validate_unique=False, validate_constraints=False)
    changes = [
        (name, getattr(before, name), getattr(rules, name))
        for name in FIELDS
        if getattr(before, name) != getattr(rules, name)
    ]
    if stored is None:
        if expected:
            raise StaleVersion(before)
        _, made = LoadRules.objects.get_or_create(
            pk=ONLY, defaults={name: getattr(rules, name) for name in FIELDS}
        )
        if not made:
            raise StaleVersion(LoadRules.current())
        rules.version = 1
    else:
        rules.save_versioned(expected=expected, fields=FIELDS)
    if changes:
        audit.record(by=by, verb="load_rules.changed", scope=rules, changes=changes)
    return rules


@transaction.atomic
def set_aside(*, warned: Warned | None, facts: str, reason: str, by: User) -> SetAside:
    """Leave a warning as it is, with the reason.

    `warned` is the warning as it stands now (None: no more) and `facts` what the person has read; Outdated
    if they are not the same. PermissionDenied without the right, ValidationError without a reason.
    """
    if warned is None or warned.facts != facts:
        raise Outdated
    campaign = Campaign.objects.get(pk=warned.subject.pk)
    demand(by, "warning.set_aside", campaign)
    if not reason.strip():
        raise ValidationError({"reason": _("Please say why it may stay as it is.")})
    values = {"facts": facts, "reason": reason.strip(), "by": by, "at": timezone.now()}
    aside, _made = SetAside.objects.update_or_create(campaign=campaign, key=warned.key, defaults=values)
    audit.record(
        by=by, verb="warning.set_aside", scope=campaign, warning=warned.key, reason=reason.strip()[:500]
    )
    return aside


@transaction.atomic
def take_up(*, campaign: Campaign, key: str, by: User) -> None:
    """A warning that had been set aside stands again; twice is the same as once."""
    demand(by, "warning.set_aside", campaign)
    removed, _by_model = SetAside.objects.filter(campaign=campaign, key=key).delete()
    if removed:
        audit.record(by=by, verb="warning.taken_up", scope=campaign, warning=key)


def move(*, campaign: Campaign, by: User, first: date, last: date, expected: int) -> Campaign:
    """Other days for a campaign, as a warning suggests; errors as of services.flights.move_campaign."""
    return flights.move_campaign(campaign=campaign, by=by, starts_on=first, ends_on=last, expected=expected)


def hand_over(*, campaign: Campaign, by: User, person: User, channel: int, expected: int) -> Campaign:
    """Give a channel, or with channel 0 the campaign itself, to somebody else; errors as update_plan."""
    fresh = Campaign.objects.get(pk=campaign.pk)
    return update_plan(
        campaign=fresh, by=by, plan=_handed_over(plan_of(fresh), person, channel), expected=expected
    )


def _handed_over(plan: Plan, person: User, channel: int) -> Plan:
    if not channel:
        return replace(plan, owner=person)
    channels = tuple(
        replace(row, expert=person) if row.channel.pk == channel else row for row in plan.channels
    )
    return replace(plan, channels=channels)
