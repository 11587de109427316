"""What a state looks like: one tone, one icon, one word, the same on every page.

A state is an enum that says its own look:

    class CampaignState(ToneChoices):
        DRAFT = "draft", _("Draft")
        LIVE = "live", _("Live")

        __tones__ = {"draft": Look("neutral", "pencil"), "live": Look("good", "broadcast", solid=True)}

`{% state campaign %}` and `{% state CampaignState.LIVE %}` then write the pill.
"""

from functools import lru_cache
from typing import ClassVar, NamedTuple

from django.db import models

TONES = ("neutral", "move", "good", "care", "stop", "accent")


class Look(NamedTuple):
    """How a state is shown. `icon`: a Bootstrap icon's name without `bi-`; `solid`: it is happening now."""

    tone: str
    icon: str
    solid: bool = False


class ToneChoices(models.TextChoices):
    """Text choices of which every member has a tone and an icon; a member without one stops the import."""

    @property
    def look(self) -> Look:
        """The member's tone and icon."""
        return _LOOKS[type(self)][self.value]

    @property
    def tone(self) -> str:
        """One of `TONES`."""
        return self.look.tone

    @property
    def icon(self) -> str:
        """Name of a Bootstrap icon, without `bi-`."""
        return self.look.icon

    @property
    def solid(self) -> bool:
        """Whether the state is happening now (solid) rather than promised (soft)."""
        return self.look.solid

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if cls._member_map_:
            _LOOKS[cls] = _checked_looks(cls, getattr(cls, "__tones__", {}))


_LOOKS: dict[type[ToneChoices], dict[str, Look]] = {}


def _checked_looks(enum: type[ToneChoices], tones: dict[str, tuple]) -> dict[str, Look]:
    """Every member's look by value; TypeError when one is missing, left over or has an unknown tone."""
    looks = {str(value): Look(*look) for value, look in tones.items()}
    values = {str(member._value_) for member in enum._member_map_.values()}
    if values != set(looks):
        raise TypeError(f"{enum.__name__}.__tones__ must name exactly {sorted(values)}, not {sorted(looks)}")
    unknown = {look.tone for look in looks.values()} - set(TONES)
    if unknown:
        raise TypeError(f"{enum.__name__}.__tones__ uses unknown tones {sorted(unknown)}")
    return looks


class StateOf:
    """Finds the enum behind a model's state field, for `{% state campaign %}`."""

    cache: ClassVar[dict[tuple[type, str], type[ToneChoices]]] = {}

    @classmethod
    def member(cls, obj: object, field: str = "state") -> ToneChoices:
        """The enum member that `obj` is, or that its `field` holds; TypeError when there is none."""
        if isinstance(obj, ToneChoices):
            return obj
        value = getattr(obj, field)
        if isinstance(value, ToneChoices):
            return value
        key = (type(obj), field)
        if key not in cls.cache:
            cls.cache[key] = enum_of_field(type(obj), field)
        return cls.cache[key](value)


@lru_cache(maxsize=256)
def _enum_by_values(values: tuple[str, ...]) -> type[ToneChoices] | None:
    """The one ToneChoices class with exactly these values, None when there is none or more than one."""
    found = [enum for enum in _LOOKS if tuple(enum.values) == values]
    return found[0] if len(found) == 1 else None


def enum_of_field(model: type, field: str) -> type[ToneChoices]:
    """The ToneChoices class of `field`: that of its default, else the one with the same values."""
    meta = model._meta.get_field(field)
    enum = type(meta.default)
    if isinstance(enum, type) and issubclass(enum, ToneChoices):
        return enum
    by_values = _enum_by_values(tuple(value for value, _word in meta.flatchoices))
    if by_values is None:
        raise TypeError(f"{model.__name__}.{field} has no ToneChoices; give the enum member instead")
    return by_values
