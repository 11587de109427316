"""Where higher apps hand answers to lower ones at start-up (AppConfig.ready), as system checks do."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


class Registry(Generic[F]):
    """An ordered set of functions under names; registering a name twice is a programming error."""

    def __init__(self) -> None:
        self._entries: dict[str, F] = {}

    def register(self, name: str) -> Callable[[F], F]:
        """Decorator: `@home_sources.register("reviews")`."""

        def keep(function: F) -> F:
            if name in self._entries and self._entries[name] is not function:
                raise ValueError(f"{name} is registered twice")
            self._entries[name] = function
            return function

        return keep

    def __iter__(self) -> Iterable[F]:
        return iter(self._entries.values())

    def items(self) -> list[tuple[str, F]]:
        return list(self._entries.items())


@dataclass(frozen=True)
class HomeItem:
    """One thing that waits for a person. `url` is where it is done; `post_url` when one click does it."""

    title: str
    detail: str
    url: str
    action: str
    icon: str = "check2-square"
    tone: str = "neutral"
    due: date | datetime | None = None
    post_url: str = ""
    key: str = field(default="")


# (user, now) -> the items that wait for that person.
home_sources: Registry[Callable[[Any, datetime], list[HomeItem]]] = Registry()
