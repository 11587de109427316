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


class BriefingWay(models.TextChoices):
    """How a person learns of a briefing; it lies in his inbox in any case."""

    MAIL = "mail", _("By e-mail")
    CHAT = "chat", _("In my chat")
    APP = "app", _("Only in Einklang")


class NoticeWay(models.TextChoices):
    """How a person learns of everything else; it stands among his notices in any case."""

    MAIL = "mail", _("By e-mail, at once")
    CHAT = "chat", _("In my chat, at once")
    DIGEST = "digest", _("Collected in one e-mail")
    APP = "app", _("Only in Einklang")


class Rhythm(models.TextChoices):
    """How often collected notices come."""

    DAILY = "daily", _("Once a day")
    HOURLY = "hourly", _("Once an hour")


class ChatKind(models.TextChoices):
    """Whose webhook takes the messages; each wants them in its own form."""

    SLACK = "slack", _("Slack")
    TEAMS = "teams", _("Microsoft Teams")
    MATTERMOST = "mattermost", _("Mattermost")
