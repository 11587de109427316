"""What kind of way to the customer a channel is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Medium(models.TextChoices):
    ONLINE = "online", _("online")
    OFFLINE = "offline", _("offline")


class Direction(models.TextChoices):
    OUTBOUND = "outbound", _("outbound")
    INBOUND = "inbound", _("inbound")
    BOTH = "both", _("inbound and outbound")


class Preview(models.TextChoices):
    """How a variant is shown as the customer will see it (templates/components/preview/<value>.html)."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")
    POST = "post", _("Social post")
    AD = "ad", _("Ad")
    PAGE = "page", _("Page or poster")
    SCRIPT = "script", _("Spoken script")
