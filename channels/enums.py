"""What kind of way to the customer a channel is."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Medium(models.TextChoices):
    ONLINE = "online", _("online")
    OFFLINE = "offline", _("offline")


class Direction(models.TextChoices):
    OUTBOUND = "outbound", _("outbound")
    INBOUND = "inbound", _("inbound")
    BOTH = "both", _("inbound and outbound")


class Parts(models.TextChoices):
    """What a variant on the channel consists of; what each part is called stands in PARTS."""

    TEXT = "text", _("Text only")
    SUBJECT = "subject", _("Subject and text")
    TITLE = "title", _("Title and text")
    HEADLINE = "headline", _("Headline and text")
    AD = "ad", _("Headline and description")
    POSTER = "poster", _("Headline and claim")
    SCRIPT = "script", _("Title and script")


# Parts by the field of a variant that holds them, in the order in which customers read them.
PARTS: dict[str, dict[str, Any]] = {
    Parts.TEXT: {"body": _("Text")},
    Parts.SUBJECT: {"headline": _("Subject"), "body": _("Text")},
    Parts.TITLE: {"headline": _("Title"), "body": _("Text")},
    Parts.HEADLINE: {"headline": _("Headline"), "body": _("Text")},
    Parts.AD: {"headline": _("Headline"), "body": _("Description")},
    Parts.POSTER: {"headline": _("Headline"), "body": _("Claim")},
    Parts.SCRIPT: {"headline": _("Title"), "body": _("Script")},
}


class Preview(models.TextChoices):
    """How a variant is shown as the customer will see it (templates/components/preview/<value>.html)."""

    MAIL = "mail", _("E-mail")
    SMS = "sms", _("Text message")
    POST = "post", _("Social post")
    AD = "ad", _("Ad")
    PAGE = "page", _("Page or poster")
    SCRIPT = "script", _("Spoken script")
