"""Where apps register what is to be delivered, and how; the engine itself knows no domain."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from core.delivery.letters import Letter
from core.delivery.models import DeliveryBase
from core.delivery.smtp import SmtpCourier


class Courier(Protocol):
    """Somebody who hands letters over in two phases; `core.delivery.errors` says how they may fail."""

    def offer(self, letter: Letter) -> None: ...
    def transmit(self, letter: Letter) -> str: ...
    def reset(self) -> None: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Route:
    """How the rows of one model go out by one way.

    `render` makes the letter (may raise Refused); `entitled` says whether the person may still get it,
    asked with the row locked; `related` are select_related paths that both need.
    """

    model: type[DeliveryBase]
    render: Callable[[Any], Letter]
    entitled: Callable[[Any], bool]
    name: str = "mail"
    related: tuple[str, ...] = ()
    courier: Callable[[], Courier] = field(default=SmtpCourier)

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
