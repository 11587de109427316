"""Roles, audiences and the languages people work in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person does in campaigns; granted per region or everywhere."""

    MARKETER = "marketer", _("Marketer")
    EXPERT = "expert", _("Channel expert")
    REVIEWER = "reviewer", _("Regional reviewer")
    STAFF = "staff", _("Service, sales or branch staff")
    TEAM_LEAD = "team_lead", _("Team lead")
    PARTNER = "partner", _("Partner")
    MANAGER = "manager", _("Manager")
    ADMIN = "admin", _("Admin")


class Audience(models.TextChoices):
    """Who talks to customers, and is briefed."""

    SERVICE = "service", _("Customer service")
    SALES = "sales", _("Sales")
    BRANCH = "branch", _("Branches")


class Theme(models.TextChoices):
    AUTO = "auto", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Language(models.TextChoices):
    DE = "de", _("German")
    EN = "en", _("English")
