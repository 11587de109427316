"""Named reads of briefings; every page starts from `visible_to`."""

from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from accounts.rights import PLANNERS


class BriefingQuerySet(models.QuerySet):
    """Briefings as authors see them."""

    def visible_to(self, user: User) -> Self:
        """Briefings of campaigns the person plans; readers come by their inbox instead."""
        if not user.rights.has(*PLANNERS):
            return self.none()
        campaigns = apps.get_model("campaigns", "Campaign").objects.visible_to(user)
        return self.filter(campaign__in=campaigns)


class BriefingVersionQuerySet(models.QuerySet):
    """Published versions."""

    def current(self) -> Self:
        """Only versions that no newer one has replaced."""
        return self.filter(pk=F("briefing__current"))


class InboxQuerySet(models.QuerySet):
    """What lies in inboxes."""

    def of(self, user: User) -> Self:
        """The person's inbox: the newest version of each briefing he is still entitled to."""
        return self.filter(user=user, withdrawn=False, version=F("version__briefing__current"))

    def unconfirmed(self) -> Self:
        """Items whose person has confirmed neither this version nor one that still holds."""
        return self.filter(~Exists(holding_confirmations(user=OuterRef("user"), version=OuterRef("version"))))


def holding_confirmations(*, user: object, version: object) -> models.QuerySet:
    """Confirmations by `user` that cover `version`: of it, or of one no later version asked again after.

    Both arguments may be OuterRefs.
    """
    confirmation = apps.get_model("briefings", "Confirmation")
    same = apps.get_model("briefings", "BriefingVersion").objects.filter(pk=version)
    return confirmation.objects.filter(
        Q(version__number__gte=models.Subquery(same.values("asks_from")[:1])),
        user=user,
        version__briefing=models.Subquery(same.values("briefing")[:1]),
    )
