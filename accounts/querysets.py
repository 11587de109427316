"""Named reads of people, teams and absences."""

import re
from datetime import date
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import Role
from accounts.rights import PLANNERS

if TYPE_CHECKING:
    from accounts.models import Region, User


class UserQuerySet(models.QuerySet):
    """People."""

    def here(self) -> "UserQuerySet":
        """People who have not left."""
        return self.filter(is_active=True)

    def called(self, query: str) -> "UserQuerySet":
        """People whose name or address has every word of `query`.

        Behind the @ an address is looked at only for words with one: there all of a company are the same.
        """
        found = self
        for word in query.split():
            named = Q(first_name__icontains=word) | Q(last_name__icontains=word)
            address = Q(email__icontains=word) if "@" in word else Q(email__iregex=f"{re.escape(word)}.*@")
            found = found.filter(named | address)
        return found

    def entitled(self, audience: str, region: "Region | int") -> "UserQuerySet":
        """Who is briefed: members, leads and deputies of active teams of that audience serving the region.

        People who have left are not among them; absent people are (see `present_on`).
        """
        teams = apps.get_model("accounts", "Team").objects.serving(audience, region)
        members = apps.get_model("accounts", "TeamMember").objects.filter(team__in=teams)
        return self.here().filter(
            Q(pk__in=members.values("user"))
            | Q(pk__in=teams.filter(lead__isnull=False).values("lead"))
            | Q(pk__in=teams.filter(deputy__isnull=False).values("deputy"))
        )

    def present_on(self, day: date) -> "UserQuerySet":
        """People who are not away on `day` (the region's day)."""
        away = apps.get_model("accounts", "Absence").objects.covering(day)
        return self.exclude(Exists(away.filter(user=OuterRef("pk"))))

    def holding(self, *roles: str, region: "Region | int | None" = None) -> "UserQuerySet":
        """People who hold one of the roles, in the region if one is named, anywhere else."""
        grants = apps.get_model("accounts", "RoleGrant").objects.filter(role__in=roles, user=OuterRef("pk"))
        if region is not None:
            grants = grants.filter(Q(region=region) | Q(region__isnull=True))
        return self.filter(Exists(grants))

    def led_by(self, user: "User") -> "UserQuerySet":
        """People of the teams that the person leads or deputises."""
        teams = apps.get_model("accounts", "Team").objects.led_by(user)
        members = apps.get_model("accounts", "TeamMember").objects.filter(team__in=teams)
        return self.filter(
            Q(pk__in=members.values("user"))
            | Q(pk__in=teams.filter(lead__isnull=False).values("lead"))
            | Q(pk__in=teams.filter(deputy__isnull=False).values("deputy"))
        )


class TeamQuerySet(models.QuerySet):
    """Teams."""

    def serving(self, audience: str, region: "Region | int") -> "TeamQuerySet":
        """Active teams of that audience that serve the region."""
        return self.filter(active=True, audience=audience, regions=region)

    def led_by(self, user: "User") -> "TeamQuerySet":
        """Teams that the person leads or deputises."""
        return self.filter(Q(lead=user) | Q(deputy=user))

    def of(self, user: "User") -> "TeamQuerySet":
        """Teams in which the person has any place."""
        place = apps.get_model("accounts", "TeamMember").objects.filter(team=OuterRef("pk"), user=user)
        return self.filter(Q(lead=user) | Q(deputy=user) | Exists(place))

    def visible_to(self, user: "User") -> "TeamQuerySet":
        """Teams the person may open: planners those serving one of their regions, everybody his own."""
        rights = user.rights
        planned = rights.regions(*PLANNERS)
        if planned is None or rights.has(Role.ADMIN):
            return self
        if not rights.roles:
            return self.none()
        through = self.model.regions.through.objects
        serves = Exists(through.filter(team=OuterRef("pk"), region__in=planned))
        own = self.model._base_manager.filter(pk__in=TeamQuerySet(self.model).of(user).values("pk"))
        return self.filter(Q(serves) | Q(pk__in=own.values("pk")))


class AbsenceQuerySet(models.QuerySet):
    """Absences."""

    def covering(self, day: date) -> "AbsenceQuerySet":
        """Absences that include `day`."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def from_day(self, day: date) -> "AbsenceQuerySet":
        """Absences that are not over before `day`."""
        return self.filter(ends_on__gte=day)

    def overlapping(self, starts_on: date, ends_on: date) -> "AbsenceQuerySet":
        """Absences that share a day with the period (both ends included)."""
        return self.filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


def entitled(audience: str, region: "Region | int") -> UserQuerySet:
    """Who is briefed for that audience in that region (see UserQuerySet.entitled)."""
    return apps.get_model("accounts", "User").objects.entitled(audience, region)


def present_on(day: date, audience: str, region: "Region | int") -> UserQuerySet:
    """Those of the entitled people who are not away on `day`."""
    return entitled(audience, region).present_on(day)
