"""Named reads of campaigns and their regions; every page starts from `visible_to`."""

from datetime import timedelta

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import GreaterThan, IsNull
from django.utils import timezone

from accounts.enums import Role
from accounts.models import RoleGrant, User
from accounts.rights import PLANNERS
from campaigns.enums import Preparation, ReviewState, Running
from campaigns.listing_triggers import bits_of

IDLE = (Preparation.CANCELLED, Preparation.EVALUATED)


class CampaignQuerySet(models.QuerySet):
    """Campaigns."""

    def visible_to(self, user: User) -> "CampaignQuerySet":
        """Campaigns the person may open.

        Planners (marketer, expert, manager, admin): campaigns of their regions. Reviewers: campaigns
        whose message has been shared with a region they speak for. Partners: campaigns their
        department was invited to. An owner, a named expert and whoever was invited himself always see
        theirs. Nobody else.
        """
        rights = user.rights
        planned = rights.regions(*PLANNERS)
        if planned is None:
            return self
        if not rights.roles:
            return self.none()
        seen = Q(owner=user) | Q(pk__in=self._links("channels", expert=user))
        seen |= Q(pk__in=self._links("partners", person=user, ended_at=None))
        if planned:
            seen |= self._in_regions(planned)
        reviewed = rights.regions(Role.REVIEWER)
        if reviewed is None:
            seen |= Q(shared_at__isnull=False)
        elif reviewed:
            seen |= Q(shared_at__isnull=False) & self._in_regions(reviewed)
        if rights.has(Role.PARTNER) and user.department_id:
            seen |= Q(pk__in=self._links("partners", department=user.department_id, ended_at=None))
        return self.filter(seen)

    def _links(self, name: str, **where: object) -> models.QuerySet:
        """Ids of the campaigns with such a link: few, found by its index."""
        related = self.model._meta.get_field(name).related_model
        return related._base_manager.filter(**where).order_by().values("campaign")

    def _in_regions(self, region_ids: frozenset[int]) -> Q:
        """Campaigns of the regions, which may be most of them.

        Asked row by row on purpose: of an EXISTS beside an OR PostgreSQL makes a list of all campaigns of
        the regions before it reads the first row of a page. The bits say of most rows that they need not be
        asked.
        """
        related = self.model._meta.get_field("regions").related_model
        here = related._base_manager.filter(campaign=OuterRef("pk"), region__in=region_ids)
        likely = GreaterThan(F("region_bits").bitand(bits_of(region_ids)), 0)
        return Q(likely) & Q(IsNull(Subquery(here.order_by().values("campaign")[:1]), False))


class CampaignRegionQuerySet(models.QuerySet):
    """Regions of campaigns."""

    def waiting_for_start(self) -> "CampaignRegionQuerySet":
        """Regions with an approved release whose first day has begun somewhere on earth and not ended."""
        today = timezone.now().date()
        return self.filter(
            running=Running.WAITING,
            campaign__release__isnull=False,
            starts_on__lte=today + timedelta(days=1),
            ends_on__gte=today - timedelta(days=1),
        )

    def running_now(self) -> "CampaignRegionQuerySet":
        """Regions that are live."""
        return self.filter(running=Running.LIVE)


class ReviewQuerySet(models.QuerySet):
    """Regional reviews."""

    def visible_to(self, user: User) -> "ReviewQuerySet":
        """Reviews the person may open: planners and invited partners those of their campaigns, reviewers
        those of the regions they speak for once the message has been shared. Nobody else.
        """
        rights = user.rights
        planned = rights.regions(*PLANNERS)
        if planned is None:
            return self
        if not rights.roles:
            return self.none()
        campaigns = apps.get_model("campaigns", "Campaign")._base_manager
        seen = Q(owner=user) | Q(regions__region__in=planned) | Q(channels__expert=user)
        seen |= Q(partners__person=user, partners__ended_at=None)
        if rights.has(Role.PARTNER) and user.department_id:
            seen |= Q(partners__department=user.department_id, partners__ended_at=None)
        found = Q(campaign_region__campaign__in=campaigns.filter(seen).order_by().values("pk"))
        shared = Q(campaign_region__campaign__shared_at__isnull=False)
        spoken_for = rights.regions(Role.REVIEWER)
        found |= shared if spoken_for is None else shared & Q(campaign_region__region__in=spoken_for)
        return self.filter(found)

    def with_standing(self) -> "ReviewQuerySet":
        """With `speaks_for` (the reviewer still holds the role there) and `wrote_here` (he wrote on any part
        of the campaign's message, not necessarily on what he reviews).
        """
        grants = RoleGrant.objects.filter(user=OuterRef("reviewer"), role=Role.REVIEWER)
        here = Q(region=OuterRef("campaign_region__region")) | Q(region=None)
        versions = apps.get_model("campaigns", "ContentVersion")._base_manager
        wrote = versions.filter(campaign=OuterRef("campaign_region__campaign"), author=OuterRef("reviewer"))
        return self.annotate(speaks_for=Exists(grants.filter(here)), wrote_here=Exists(wrote))

    def open_for(self, user: User) -> "ReviewQuerySet":
        """Reviews that wait for this reviewer, earliest first; only where he still speaks for the region."""
        mine = self.visible_to(user).filter(reviewer=user).exclude(campaign_region__campaign__state__in=IDLE)
        spoken_for = user.rights.regions(Role.REVIEWER)
        if spoken_for is not None:
            mine = mine.filter(campaign_region__region__in=spoken_for)
        return mine.filter(awaits_reviewer=True).order_by("due_on", "pk")

    def objected_for(self, user: User) -> "ReviewQuerySet":
        """Reviews with objections that the owner of the campaign has to answer, earliest first."""
        mine = self.filter(campaign_region__campaign__owner=user, state=ReviewState.OBJECTED)
        return mine.exclude(campaign_region__campaign__state__in=IDLE).order_by("due_on", "pk")


class DecisionQuerySet(models.QuerySet):
    """Decisions."""

    def visible_to(self, user: User) -> "DecisionQuerySet":
        """Decisions the person may read.

        Those about campaigns that he may open; planners also those about no campaign; everybody those that
        his department was asked about, and his own. A draft is read by its author and by planners only.
        """
        if not user.rights.roles:
            return self.none()
        if user.rights.regions(*PLANNERS) is None:
            return self
        seen = Q(campaign__in=self._campaigns(user))
        if user.rights.has(*PLANNERS):
            seen |= Q(campaign__isnull=True)
        else:
            seen &= ~Q(state="draft")
        if user.department_id:
            asked = apps.get_model("campaigns", "SignOff")._base_manager.filter(
                decision=OuterRef("pk"), department=user.department_id
            )
            seen |= Q(Exists(asked))
        return self.filter(seen | Q(by=user))

    def _campaigns(self, user: User) -> models.QuerySet:
        return apps.get_model("campaigns", "Campaign").objects.visible_to(user).order_by().values("pk")
