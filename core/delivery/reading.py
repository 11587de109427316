"""What a worker reads of the rows it has claimed: the few columns that a route names, by a query kept.

Whole rows, with everything around them, take as long to read as to hand over. These are instances as from
`QuerySet.only()`: what was not read is fetched when somebody asks for it.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection, models
from django.db.models.base import ModelState

from core.delivery.routes import Route
from core.delivery.states import IN_HAND
from core.kept import Kept, Place

_ROW = ("state", "attempt")


class _Part(NamedTuple):
    """One object of a row: the row itself, or what it leads to by one step from the part `origin`."""

    model: type[models.Model]
    names: tuple[str, ...]
    # The key's place in what the database sends; the columns called `names` begin there.
    place: int
    origin: int
    step: Any


class Reader:
    """Reads the rows of one route that a batch has claimed; the query is written once."""

    def __init__(self, route: Route) -> None:
        columns = _by_path((*_ROW, *route.columns))
        named = [f"{path}__{name}".removeprefix("__") for path, names in columns for name in names]
        claimed = route.model._base_manager.filter(claim_token=Place("token"), state__in=IN_HAND)
        self._kept = Kept(route.rows(claimed).order_by("pk").values_list(*named))
        self._parts = _parts(route.model, columns)
        converters = self._kept.converters
        # What makes Python's values of the database's, by the place where a part begins.
        self._convert = {
            part.place: [
                (name, *converters[place])
                for place, name in enumerate(part.names, part.place)
                if place in converters
            ]
            for part in self._parts
        }

    def read(self, token: UUID) -> list[Any]:
        """The rows in hand under `token`, in the order of their keys."""
        # People differ, but what they are written about is the same for many.
        shared: dict[tuple[int, Any], Any] = {}
        alias = connection.alias
        return [self._row(values, shared, alias) for values in self._kept.raw(token=token)]

    def _row(self, values: tuple[Any, ...], shared: dict[tuple[int, Any], Any], alias: str) -> Any:
        made: list[Any] = []
        for number, part in enumerate(self._parts):
            key = values[part.place]
            one = shared.get((number, key)) if part.step else None
            if one is None and key is not None:
                one = shared[number, key] = self._instance(part, values, alias)
            made.append(one)
            if part.step and made[part.origin] is not None:
                _lead(made[part.origin], part.step, one, key)
        return made[0]

    def _instance(self, part: _Part, values: tuple[Any, ...], alias: str) -> models.Model:
        """As `Model.from_db` makes it, at a fraction of the time: no signals, no look at what is missing."""
        one = part.model.__new__(part.model)
        state = one.__dict__["_state"] = ModelState()
        state.adding, state.db, state.fields_cache = False, alias, {}
        one.__dict__.update(zip(part.names, values[part.place : part.place + len(part.names)], strict=True))
        for name, converters, expression in self._convert[part.place]:
            value = one.__dict__[name]
            if value is not None:
                for convert in converters:
                    value = convert(value, expression, connection)
                one.__dict__[name] = value
        return one


def _lead(origin: models.Model, step: Any, one: models.Model | None, key: Any) -> None:
    """Let `origin` lead to `one`, and back where that is one as well."""
    step.set_cached_value(origin, one)
    if step.concrete:
        origin.__dict__[step.attname] = key
    elif one is not None:
        step.remote_field.set_cached_value(one, origin)


def _by_path(columns: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Columns by the path that leads to them, each path beginning with its key; "" is the row itself."""
    found: dict[str, list[str]] = {}
    for column in columns:
        path, _split, name = column.rpartition("__")
        found.setdefault(path, ["pk"]).append(name)
    return list(found.items())


def _parts(model: type[models.Model], columns: list[tuple[str, list[str]]]) -> list[_Part]:
    parts: list[_Part] = []
    paths = [path for path, _names in columns]
    place = 0
    for path, names in columns:
        origin, _split, last = path.rpartition("__")
        step, of, above = None, model, 0
        if path:
            above = paths.index(origin)
            step = parts[above].model._meta.get_field(last)
            of = step.related_model
        key = of._meta.pk.attname
        parts.append(_Part(of, (key, *names[1:]), place, above, step))
        place += len(names)
    return parts


@lru_cache(maxsize=64)
def reader(route: Route) -> Reader:
    """The one reader of a route in this process."""
    return Reader(route)
