"""How operators see the rows of a model and decide about them; apps register theirs beside the route."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import QuerySet

from core.delivery.models import DeliveryBase

Decide = Callable[..., Any]


@dataclass(frozen=True)
class Handling:
    """The rows of one model in an operator's words.

    `person`: the field that names whom it is for; `title`: what it is; `link`: where it is looked at, or "".
    `undecided` narrows rows to those that wait for a person's decision. The decisions take `row`, `by` and
    `reason`, raise ValidationError, and are audited; `aside` is the one that sends nothing, in `aside_label`.
    """

    model: type[DeliveryBase]
    person: str
    kind: Any
    title: Callable[[Any], str]
    link: Callable[[Any], str]
    undecided: Callable[[QuerySet], QuerySet]
    again: Decide
    found: Decide
    aside: Decide
    aside_label: Any
    related: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The model's label, such as "core.outgoingmail"."""
        return self.model._meta.label_lower

    def person_of(self, row: DeliveryBase) -> Any:
        """Whom the row is for."""
        return getattr(row, self.person)

    def rows(self) -> QuerySet:
        """All rows, with what they are shown by."""
        return self.model.objects.select_related(self.person, *self.related)


_handlings: dict[str, Handling] = {}


def register_handling(model: type[DeliveryBase], **how: Any) -> Handling:
    """Register a `Handling` (see there for `how`) at start-up; the first one of a model stays."""
    handling = Handling(model, **how)
    return _handlings.setdefault(handling.label, handling)


def handling_for(label: str) -> Handling | None:
    """The handling of a model label, None if there is none."""
    return _handlings.get(label)


def all_handlings() -> list[Handling]:
    """Every registered handling."""
    return list(_handlings.values())


def decide(row: DeliveryBase, decision: str, *, by: AbstractBaseUser, reason: str) -> None:
    """Carry out `again`, `found` or `aside`. Raises ValidationError with what stands against it."""
    handling = _handlings[row._meta.label_lower]
    {"again": handling.again, "found": handling.found, "aside": handling.aside}[decision](
        row=row, by=by, reason=reason
    )
