"""Words about figures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Unit(models.TextChoices):
    NUMBER = "number", _("number")
    MONEY = "money", _("money")
    PERCENT = "percent", _("percent")
    SCORE = "score", _("score")


class Direction(models.TextChoices):
    UP = "up", _("more is better")
    DOWN = "down", _("less is better")


class Source(models.TextChoices):
    PERSON = "person", _("a person")
    TOOL = "tool", _("a tool")
