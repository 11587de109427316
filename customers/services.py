"""Every write to target groups and what is known of them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services.demand import demand
from channels.models import Channel, JourneyPhase
from core import audit
from customers.models import ChannelUse, Interest, TargetGroup

NAMES = ("name_de", "name_en", "active")
INSIGHT = (
    *("insight", "looks_for_de", "looks_for_en", "times", "meets_de", "meets_en"),
    *("decision_style", "decides_de", "decides_en"),
)
DEFINITION = ("age_from", "age_to", "life", "relations", "buys")
FIELDS = (*NAMES, *INSIGHT, *DEFINITION)
SETS = ("interests", "regions")
# (channel id, phase id) -> level, None for "nobody knows".
Uses = Mapping[tuple[int, int], int | None]


@transaction.atomic
def save_group(
    *,
    group: TargetGroup,
    by: User | None,
    expected: int | None = None,
    new_interest: tuple[str, str] | None = None,
    **values: Any,
) -> TargetGroup:
    """Create a target group, or change it if its stored version is still `expected` (else StaleVersion).

    `values` are any of FIELDS and SETS; what is not named stays. `new_interest` (German, English) is added to
    the list of themes, or found there, and to the group's.
    """
    demand(by, "group.edit", group)
    new = group.pk is None
    for name in FIELDS:
        setattr(group, name, values.get(name, getattr(group, name)))
    if new:
        group.save()
    else:
        group.save_versioned(expected=group.version if expected is None else expected, fields=FIELDS)
    for name in SETS:
        if name in values:
            getattr(group, name).set(values[name])
    if new_interest:
        group.interests.add(interest(*new_interest))
    audit.record(by=by, verb="group.created" if new else "group.changed", scope=group, name=str(group))
    return group


def interest(name_de: str, name_en: str) -> Interest:
    """The theme of this name in either language, made if there is none."""
    found = Interest.objects.filter(Q(name_de=name_de) | Q(name_en=name_en)).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Interest.objects.create(name_de=name_de, name_en=name_en)
    except IntegrityError as error:
        words = _("Somebody is adding this theme just now. Please save again.")
        raise ValidationError({"interest_de": [words]}) from error


@transaction.atomic
def save_uses(*, group: TargetGroup, uses: Uses, by: User | None, expected: int | None = None) -> TargetGroup:
    """Say how much the group uses channels in phases; pairs that are not named stay as they are.

    StaleVersion if the group was saved since version `expected`.
    """
    demand(by, "group.edit", group)
    group.save_versioned(expected=group.version if expected is None else expected, fields=())
    now = {(row.channel_id, row.phase_id): row for row in group.uses.all()}
    changed = {
        pair: level for pair, level in uses.items() if (now[pair].level if pair in now else None) != level
    }
    if not changed:
        return group
    ChannelUse.objects.filter(pk__in=[now[pair].pk for pair in changed if pair in now]).delete()
    ChannelUse.objects.bulk_create(
        ChannelUse(group=group, channel_id=channel, phase_id=phase, level=level)
        for (channel, phase), level in changed.items()
        if level is not None
    )
    names = _names(channel for channel, _phase in changed)
    audit.record(by=by, verb="group.use_changed", scope=group, name=str(group), channels=names)
    return group


def _names(channels: Iterable[int]) -> str:
    return ", ".join(str(channel) for channel in Channel.objects.filter(pk__in=set(channels)))


def phases() -> list[JourneyPhase]:
    """Phases of the customer journey in use, in order."""
    return list(JourneyPhase.objects.filter(active=True))
