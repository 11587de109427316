"""Builders: target groups."""

from tests.authorization.objects import Place, Target, builds, plain
from tests.factories import TargetGroupFactory

plain("customers:list", "customers:overlap")
plain("customers:create", post=200)


@builds("customers:detail", "customers:edit")
def group(place: Place) -> Target:
    return Target({"pk": TargetGroupFactory().pk}, post=200, foreign=None)


@builds("customers:uses")
def uses(place: Place) -> Target:
    """Without its version the form is shown again."""
    return Target({"pk": TargetGroupFactory().pk}, post=200, foreign=None)
