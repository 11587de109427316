"""The texts a briefing is made of, the same in a draft and in a template."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BriefingTexts(models.Model):
    """Title and parts; the names of the parts are those of briefings.enums.Part."""

    title = models.CharField(_("title"), max_length=200)
    offer = models.TextField(_("the offer in one sentence"), blank=True)
    for_whom = models.TextField(_("for whom"), blank=True)
    not_for_whom = models.TextField(_("not for whom"), blank=True)
    say = models.TextField(_("what you may say"), blank=True)
    dont_say = models.TextField(_("what you do not say"), blank=True)
    complaints = models.TextField(_("complaints that may come and what to do"), blank=True)
    benefit = models.TextField(_("extra benefit for the customer"), blank=True)
    incentive = models.TextField(_("your incentive"), blank=True)
    inbound = models.TextField(_("how you use calls and visits"), blank=True)
    contact = models.TextField(_("whom to call"), blank=True)

    class Meta:
        abstract = True
