"""How far two target groups are the same people, told from their definitions alone.

For each criterion of the definition let A and B be the sets that two groups name: years of age, or members of
a list (regions, phases of life, relations, ways of buying, themes). A group that names nothing there is open:
its set is the whole range (ages 0 to 120, all regions in use, and so on). Then

    share(A, B) = product over all criteria of |A ∩ B| / |A ∪ B|

Of themes and of ways of buying one person may have several, so different ones keep nobody apart: there the
share is 1/2 + half of that. The product is 1 when both definitions say the same and 0 as soon as one
criterion keeps them apart. It treats the criteria as independent of each other and the members of a set as
equally frequent. So it compares definitions; it counts no customers. In words: 0 is "apart", below a quarter
"some", from a quarter "much", and 1 "the same".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Region
from customers.enums import Buying, Closeness, LifePhase, Relation
from customers.models import OLDEST, Interest, TargetGroup

MUCH = Fraction(1, 4)
AGE, REGIONS, LIFE, RELATIONS, BUYS, INTERESTS = "age", "regions", "life", "relations", "buys", "interests"
CRITERIA: dict[str, Any] = {
    AGE: gettext_lazy("age"),
    REGIONS: gettext_lazy("regions"),
    LIFE: gettext_lazy("phase of life"),
    RELATIONS: gettext_lazy("relation to us"),
    BUYS: gettext_lazy("where they buy"),
    INTERESTS: gettext_lazy("themes that interest them"),
}
# What one person may have several of.
SEVERAL = (BUYS, INTERESTS)
Named = frozenset[Any]


@dataclass(frozen=True)
class Criterion:
    """One criterion of two definitions with its share, 1 where both say the same."""

    key: str
    share: Fraction

    @property
    def label(self) -> str:
        """What it is about."""
        return str(CRITERIA[self.key])

    @property
    def separates(self) -> bool:
        """Whether nobody can belong to both because of it."""
        return self.share == 0


@dataclass(frozen=True)
class Overlap:
    """How close two groups are, and what makes the difference."""

    first: TargetGroup
    second: TargetGroup
    criteria: tuple[Criterion, ...]

    @property
    def share(self) -> Fraction:
        """The product of the shares."""
        product = Fraction(1)
        for one in self.criteria:
            product *= one.share
        return product

    @property
    def closeness(self) -> Closeness:
        """The share in a word."""
        if self.share == 0:
            return Closeness.APART
        if self.share == 1:
            return Closeness.SAME
        return Closeness.MUCH if self.share >= MUCH else Closeness.SOME

    @property
    def apart(self) -> bool:
        """Whether nobody can belong to both."""
        return self.closeness == Closeness.APART

    @property
    def differences(self) -> list[Criterion]:
        """Where the definitions differ, what separates most first."""
        return sorted((one for one in self.criteria if one.share < 1), key=lambda one: one.share)

    @property
    def why(self) -> str:
        """What keeps them apart, or where they differ, in a sentence."""
        cuts = [one.label for one in self.differences if one.separates]
        if cuts:
            return _("Kept apart by: %(criteria)s") % {"criteria": ", ".join(cuts)}
        if not self.differences:
            return _("Both definitions say the same.")
        names = ", ".join(one.label for one in self.differences)
        return _("They differ in: %(criteria)s") % {"criteria": names}


class Ranges:
    """What the criteria range over (two queries), for comparing any number of groups.

    Groups come from `TargetGroup.objects.defined()`, else each costs two queries.
    """

    def __init__(self) -> None:
        self.whole: dict[str, Named] = {
            AGE: frozenset(range(OLDEST + 1)),
            REGIONS: frozenset(Region.objects.filter(active=True).values_list("pk", flat=True)),
            LIFE: frozenset(LifePhase.values),
            RELATIONS: frozenset(Relation.values),
            BUYS: frozenset(Buying.values),
            INTERESTS: frozenset(Interest.objects.filter(active=True).values_list("pk", flat=True)),
        }

    def compare(self, first: TargetGroup, second: TargetGroup) -> Overlap:
        """The overlap of two groups."""
        named = named_sets(first), named_sets(second)
        found = tuple(Criterion(key, self._share(key, *(one[key] for one in named))) for key in CRITERIA)
        return Overlap(first, second, found)

    def _share(self, key: str, first: Named, second: Named) -> Fraction:
        if first == second:
            return Fraction(1)
        whole = self.whole[key]
        a, b = first or whole | second, second or whole | first
        found = Fraction(len(a & b), len(a | b)) if a | b else Fraction(1)
        return (1 + found) / 2 if key in SEVERAL else found

    def matrix(self, groups: Iterable[TargetGroup]) -> list[tuple[TargetGroup, list[Overlap | None]]]:
        """For each group its overlap with all of them in the same order; None with itself."""
        known = list(groups)
        return [
            (one, [None if other is one else self.compare(one, other) for other in known]) for one in known
        ]

    def others(self, group: TargetGroup, groups: Iterable[TargetGroup]) -> list[Overlap]:
        """The group's overlaps with the others that are not kept apart, the closest first."""
        found = [self.compare(group, other) for other in groups if other.pk != group.pk]
        return sorted((one for one in found if not one.apart), key=lambda one: -one.share)


def named_sets(group: TargetGroup) -> dict[str, Named]:
    """What the definition names, by criterion; an empty set is open."""
    ages: Named = frozenset()
    if group.age_from is not None or group.age_to is not None:
        last = OLDEST if group.age_to is None else group.age_to
        ages = frozenset(range(group.age_from or 0, last + 1))
    return {
        AGE: ages,
        REGIONS: frozenset(region.pk for region in group.regions.all()),
        LIFE: frozenset(group.life),
        RELATIONS: frozenset(group.relations),
        BUYS: frozenset(group.buys),
        INTERESTS: frozenset(interest.pk for interest in group.interests.all()),
    }
