"""Where apps register what is to be delivered, and how; the engine itself knows no domain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet

from core.delivery.letters import Letter
from core.delivery.models import DeliveryBase
from core.delivery.smtp import SmtpCourier


class Courier(Protocol):
    """Somebody who hands letters over in two phases; `core.delivery.errors` says how they may fail."""

    def offer(self, letter: Letter) -> None: ...
    def transmit(self, letter: Letter) -> str: ...
    def reset(self) -> None: ...
    def close(self) -> None: ...


@runtime_checkable
class AheadCourier(Courier, Protocol):
    """One that asks for the next letter while it hands over this one, and knows when the answer is here."""

    def ahead(self, letter: Letter) -> None: ...
    def is_answered(self, letter: Letter) -> bool: ...


def _as_they_are(rows: QuerySet) -> QuerySet:
    return rows


@dataclass(frozen=True)
class Route:
    """How the rows of one model go out by one way.

    `render` makes the letter (may raise Refused). Whether the person may still get it is asked with the row
    locked: by `entitled`, given the row, or by `among`, which narrows a queryset to those who may, and is
    fast. `related` are select_related paths, `rows` any other preparation of the rows that these are given.
    `columns`, if given, are those that `render` needs of the row and what it leads to, by paths such as
    "user__email": then only these are read, and any other is fetched by a query of its own.
    """

    model: type[DeliveryBase]
    render: Callable[[Any], Letter]
    entitled: Callable[[Any], bool] | None = None
    name: str = "mail"
    related: tuple[str, ...] = ()
    courier: Callable[[], Courier] = field(default=SmtpCourier)
    among: Callable[[QuerySet], QuerySet] | None = None
    rows: Callable[[QuerySet], QuerySet] = _as_they_are
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.entitled is None) == (self.among is None):
            raise ImproperlyConfigured(f"{self.label}: give either `entitled` or `among`.")

    def read(self) -> QuerySet:
        """All rows of the model, with what `render` and `entitled` need."""
        return self.rows(self.model._base_manager.select_related(*self.related))

    def may_have(self, row: DeliveryBase) -> bool:
        """True if the person of `row` may still get it."""
        if self.entitled is not None:
            return self.entitled(row)
        return self.among(self.model._base_manager.filter(pk=row.pk)).exists()

    @property
    def label(self) -> str:
        """The model's label, such as "core.outgoingmail"; a task names its route by it."""
        return self.model._meta.label_lower


_routes: dict[tuple[str, str], Route] = {}


def register_route(model: type[DeliveryBase], **how: Any) -> Route:
    """Register a `Route` (see there for `how`) at start-up; once per model and name."""
    route = Route(model, **how)
    known = _routes.setdefault((route.label, route.name), route)
    if known.render is not route.render:
        raise ValueError(f"{route.label} already has a route {route.name}")
    return known


def route_for(label: str, name: str = "mail") -> Route:
    """The route registered for a model label. Raises LookupError if there is none."""
    try:
        return _routes[label, name]
    except KeyError:
        raise LookupError(f"No route {name} is registered for {label}.") from None


def all_routes() -> list[Route]:
    """Every registered route."""
    return list(_routes.values())
