"""Named reads of briefings; every page starts from `visible_to` (authors) or `of` (readers)."""

from typing import Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef

from accounts.models import User
from accounts.rights import PLANNERS
from campaigns.enums import Running
from campaigns.querysets import IDLE


class BriefingQuerySet(models.QuerySet):
    """Briefings as authors see them."""

    def visible_to(self, user: User) -> Self:
        """Briefings of campaigns the person plans; readers come by their inbox instead."""
        if not user.rights.has(*PLANNERS):
            return self.none()
        campaigns = apps.get_model("campaigns", "Campaign").objects.visible_to(user)
        return self.filter(campaign__in=campaigns)

    def in_force(self) -> Self:
        """Published briefings of campaigns that are live or still to come in their region."""
        return (
            self.filter(current__isnull=False)
            .exclude(campaign__state__in=IDLE)
            .exclude(campaign_region__running=Running.FINISHED)
        )


class BriefingVersionQuerySet(models.QuerySet):
    """Published versions."""

    def current(self) -> Self:
        """Only versions that no newer one has replaced."""
        return self.filter(pk=F("briefing__current"))


class BriefingTemplateQuerySet(models.QuerySet):
    """Templates belong to the whole company."""

    def visible_to(self, user: User) -> Self:
        """All of them for people who plan, none for others."""
        return self.all() if user.rights.has(*PLANNERS) else self.none()

    def fitting(self, audience: str, language: str) -> Self:
        """Templates for this audience or any, in this language."""
        return self.filter(audience__in=["", audience], language=language)


class InboxQuerySet(models.QuerySet):
    """What lies in inboxes."""

    def of(self, user: User) -> Self:
        """The person's inbox: the newest version of each briefing he is still entitled to."""
        return self.filter(user=user).current()

    def current(self) -> Self:
        """Items of newest versions whose person is still entitled."""
        return self.filter(withdrawn=False, version=F("version__briefing__current"))

    def in_force(self) -> Self:
        """Items whose briefing is in force, as BriefingQuerySet.in_force says of newest versions."""
        idle = self.exclude(version__briefing__campaign__state__in=IDLE)
        return idle.exclude(version__briefing__campaign_region__running=Running.FINISHED)

    def unconfirmed(self) -> Self:
        """Items of newest versions whose person has not confirmed what holds now."""
        return self.filter(~Exists(self.confirmation()))

    def with_earlier(self) -> Self:
        """Items with `knows_earlier`: their person confirmed an earlier version, and reads what is new."""
        confirmed = apps.get_model("briefings", "Confirmation").objects.filter(
            user=OuterRef("user"),
            version__briefing=OuterRef("version__briefing"),
            version__number__lt=OuterRef("version__number"),
        )
        return self.annotate(knows_earlier=Exists(confirmed))

    @staticmethod
    def confirmation() -> models.QuerySet:
        """The confirmation that covers the item, for Exists() and Subquery()."""
        return holding(
            user=OuterRef("user"),
            audience=OuterRef("version__briefing__audience"),
            version__briefing__campaign_region=OuterRef("version__briefing__campaign_region"),
        )


def holding(*, audience: Any, **where: Any) -> models.QuerySet:
    """Confirmations that count now: of a version after which none has asked again.

    Whoever confirmed a briefing in one language needs not confirm it in another, so all languages of an
    audience and region count. `where` names person, campaign and region; the arguments may be OuterRefs.
    """
    return apps.get_model("briefings", "Confirmation").objects.filter(
        version__briefing__audience=audience,
        version__number__gte=F("version__briefing__current__asks_from"),
        **where,
    )
