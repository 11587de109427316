"""The parts of a briefing."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Part(models.TextChoices):
    """Texts an author writes; they are the fields of Briefing, in the order in which they are read."""

    OFFER = "offer", _("The offer in one sentence")
    FOR_WHOM = "for_whom", _("For whom")
    NOT_FOR_WHOM = "not_for_whom", _("Not for whom")
    SAY = "say", _("What you may say")
    DONT_SAY = "dont_say", _("What you do not say")
    COMPLAINTS = "complaints", _("Complaints that may come and what to do")
    BENEFIT = "benefit", _("Extra benefit for the customer")
    INCENTIVE = "incentive", _("Your incentive")
    INBOUND = "inbound", _("How you use calls and visits")
    CONTACT = "contact", _("Whom to call")


# A change in one of these asks everybody for confirmation again (lifecycle, "What asks ... again"). How to
# deal with complaints and calls is advice: the author decides whether a change of it asks again.
BINDING = (Part.OFFER, Part.FOR_WHOM, Part.NOT_FOR_WHOM, Part.SAY, Part.DONT_SAY)
