"""Who belongs to a target group, in words."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from customers.models import TargetGroup
from customers.overlap import AGE, BUYS, CRITERIA, INTERESTS, LIFE, REGIONS, RELATIONS

# What a list says of a group; the rest stands on its page.
SHORT = (AGE, REGIONS, LIFE, RELATIONS)


def definition(group: TargetGroup, only: Collection[str] = tuple(CRITERIA)) -> list[tuple[Any, str]]:
    """Each of these criteria that the group names, in words; no query if the group is `defined()`."""
    named = {
        AGE: ages(group),
        REGIONS: ", ".join(str(region) for region in group.regions.all()),
        LIFE: ", ".join(group.life_words),
        RELATIONS: ", ".join(group.relation_words),
        BUYS: ", ".join(group.buying_words),
        INTERESTS: ", ".join(str(interest) for interest in group.interests.all()),
    }
    return [(CRITERIA[key], words) for key, words in named.items() if words and key in only]


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
