"""The words in which customers are described."""

from typing import Any

from django.db import models
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class TimeOfDay(models.TextChoices):
    """Parts of a day, from early to late."""

    MORNING = "morning", _("morning (6–10)")
    MIDDAY = "midday", _("midday (10–14)")
    AFTERNOON = "afternoon", _("afternoon (14–18)")
    EVENING = "evening", _("evening (18–22)")
    NIGHT = "night", _("night (22–6)")


def time_code(weekday: int, part: str) -> str:
    """How a place in the grid of times is kept: "5-evening" is Saturday evening, Monday is 0."""
    return f"{weekday}-{part}"


def time_choices() -> list[tuple[str, str]]:
    """Every place of the grid with its words, part of the day by part of the day."""
    return [
        (time_code(day, part), gettext("%(day)s, %(part)s") % {"day": name, "part": part.label})
        for part in TimeOfDay
        for day, name in WEEKDAYS.items()
    ]


class DecisionStyle(models.TextChoices):
    """How these customers come to a decision; STYLE_ADVICE says what follows from it."""

    QUICK = "quick", _("decides quickly")
    COMPARES = "compares", _("compares for a long time")
    ASKS = "asks", _("asks others first")
    TRUSTS = "trusts", _("trusts a name")
    PRICE = "price", _("goes by the price")


STYLE_ADVICE: dict[str, Any] = {
    DecisionStyle.QUICK: _("One clear offer and one step to it: what has to be looked up is not bought."),
    DecisionStyle.COMPARES: _("Give figures, tests and comparisons, and be there again two weeks later."),
    DecisionStyle.ASKS: _("Let customers and experts speak: reviews, advice, something to show at home."),
    DecisionStyle.TRUSTS: _("Say who stands for it and keep the promise; a discount says little here."),
    DecisionStyle.PRICE: _("Name the price first, with what it includes and until when."),
}


class LifePhase(models.TextChoices):
    """Households and phases of life."""

    STUDENTS = "students", _("in training or at university")
    SINGLES = "singles", _("living alone")
    COUPLES = "couples", _("couples without children")
    SMALL_CHILDREN = "small_children", _("families with small children")
    OLDER_CHILDREN = "older_children", _("families with older children")
    EMPTY_NEST = "empty_nest", _("children have left home")
    RETIRED = "retired", _("retired")


class Relation(models.TextChoices):
    """What they are to us."""

    NEW = "new", _("not customers yet")
    EXISTING = "existing", _("existing customers")
    LAPSED = "lapsed", _("former customers")


class Buying(models.TextChoices):
    """Where they buy."""

    ONLINE = "online", _("online")
    STORE = "store", _("in the store")
    REMOTE = "remote", _("by telephone or order form")


class Level(models.IntegerChoices):
    """How much a touchpoint is used in a phase of the journey."""

    NEVER = 0, _("never")
    SOMETIMES = 1, _("sometimes")
    OFTEN = 2, _("often")
    FIRST = 3, _("first choice")

    @property
    def icon(self) -> str:
        """Name of the Bootstrap icon that is shown beside the word."""
        return LEVEL_ICONS[self.value]


LEVEL_ICONS = ("dash-lg", "circle", "circle-half", "circle-fill")


class Closeness(models.TextChoices):
    """How far two target groups are the same people, by their definitions (overlap.py)."""

    APART = "apart", pgettext_lazy("overlap", "apart")
    SOME = "some", pgettext_lazy("overlap", "some")
    MUCH = "much", pgettext_lazy("overlap", "much")
    SAME = "same", pgettext_lazy("overlap", "the same")

    @property
    def icon(self) -> str:
        """Name of the Bootstrap icon that is shown beside the word."""
        return CLOSENESS_ICONS[self.value]


CLOSENESS_ICONS = {"apart": "dash-lg", "some": "circle", "much": "circle-half", "same": "circle-fill"}
