"""Who belongs to a target group, in words."""

from typing import Any

from django.utils.translation import gettext as _

from customers.models import TargetGroup
from customers.overlap import AGE, BUYS, CRITERIA, INTERESTS, LIFE, REGIONS, RELATIONS


def definition(group: TargetGroup) -> list[tuple[Any, str]]:
    """Each criterion that the group names, with its words; from groups that are `defined()` no query."""
    named = {
        AGE: ages(group),
        REGIONS: ", ".join(str(region) for region in group.regions.all()),
        LIFE: ", ".join(group.life_words),
        RELATIONS: ", ".join(group.relation_words),
        BUYS: ", ".join(group.buying_words),
        INTERESTS: ", ".join(str(interest) for interest in group.interests.all()),
    }
    return [(CRITERIA[key], words) for key, words in named.items() if words]


def ages(group: TargetGroup) -> str:
    """The ages, empty when all."""
    years = {"first": group.age_from, "last": group.age_to}
    if group.age_from is None and group.age_to is None:
        return ""
    if group.age_to is None:
        return _("%(first)d and older") % years
    if group.age_from is None:
        return _("up to %(last)d") % years
    return _("%(first)d to %(last)d") % years
