"""Partners of campaigns in the admin, those of now and of before, and what was asked and contributed."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.admin_base import ReadOnlyAdmin
from campaigns.models import CampaignPartner, Contribution
from campaigns.team import WAITING


class NowFilter(admin.SimpleListFilter):
    """Partners of now, and those of whom leave was taken."""

    title = gettext_lazy("state")
    parameter_name = "now"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choices."""
        return [("yes", gettext_lazy("Partner now")), ("no", gettext_lazy("Earlier partner"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Those of the choice."""
        if self.value() in ("yes", "no"):
            return queryset.filter(ended_at__isnull=self.value() == "yes")
        return queryset


@admin.register(CampaignPartner)
class CampaignPartnerAdmin(ReadOnlyAdmin):
    """Who was invited to which campaign, by whom, and until when; done on the Team page."""

    list_display = ["who", "campaign", "invited_by", "invited_at", "ended_by", "ended_at", "told_at"]
    list_filter = [NowFilter, "department", "invited_at"]
    list_select_related = ["campaign", "department", "person", "invited_by", "ended_by"]
    search_fields = ["campaign__name", "person__last_name", "person__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CampaignPartner]:
        """Those who were partners once, too."""
        return CampaignPartner.everyone.order_by("-pk")

    @admin.display(description=gettext_lazy("partner"))
    def who(self, row: CampaignPartner) -> str:
        """The department or the person."""
        return str(row.who)


class OverdueFilter(admin.SimpleListFilter):
    """What should have been answered by now."""

    title = gettext_lazy("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The choice."""
        return [("yes", gettext_lazy("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """What waits although its day is over."""
        if self.value() == "yes":
            return queryset.filter(state__in=WAITING, due_on__lt=timezone.localdate())
        return queryset


@admin.register(Contribution)
class ContributionAdmin(ReadOnlyAdmin):
    """Requests, contributions and questions with their answers; written on the Team page."""

    list_display = ["__str__", "campaign", "kind", "state", "by", "to", "due_on", "at"]
    list_filter = ["kind", "state", OverdueFilter, "department", "at"]
    list_select_related = ["campaign", "department", "person", "by"]
    search_fields = ["text", "answer", "campaign__name"]
    date_hierarchy = "at"

    @admin.display(description=gettext_lazy("addressed to"))
    def to(self, note: Contribution) -> str:
        """The department or the person; nobody is the campaign's team."""
        return str(note.to or "")
