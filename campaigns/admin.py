"""Campaigns in the admin: to find, to look at, to stop. What is planned or written changes on the pages."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.admin_base import ReadOnlyAdmin
from campaigns import admin_money, admin_sharing, admin_strategy, admin_team, admin_templates  # noqa: F401 - register
from campaigns.errors import Refused
from campaigns.models import (
    Allocation,
    Budget,
    BudgetRound,
    Campaign,
    CampaignChannel,
    CampaignRegion,
    ContentVersion,
    Decision,
    LaunchRecord,
    Release,
    ReviewApproval,
)
from campaigns.services import launch, lifecycle
from core import formats

NOTHING = "–"


class HistoryInline(admin.TabularInline):
    """Rows to look at; nothing is added, changed or deleted here."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the people and records that the columns name."""
        return super().get_queryset(request).select_related(*self.related)

    related: tuple[str, ...] = ()


class RegionInline(HistoryInline):
    """The campaign's regions; their launches stand on each one's own page."""

    model = CampaignRegion
    fields = ["region", "starts_on", "ends_on", "running", "release", "ended_at"]
    readonly_fields = fields
    related = ("region", "campaign", "release__campaign")


class ChannelInline(HistoryInline):
    """The campaign's channels with their experts."""

    model = CampaignChannel
    fields = ["channel", "expert"]
    readonly_fields = fields
    related = ("channel", "expert", "campaign")
    show_change_link = False


class ReleaseInline(HistoryInline):
    """Releases; each opens on its page of the site."""

    model = Release
    fields = ["number", "approved_by", "approved_at", "content_hash", "page"]
    readonly_fields = fields
    related = ("approved_by", "campaign")
    show_change_link = False

    @admin.display(description=gettext_lazy("page"))
    def page(self, release: Release) -> SafeString:
        """Where people read it."""
        url = reverse("campaigns:release", args=[release.campaign_id, release.number])
        return format_html('<a href="{}">{}</a>', url, _("Open"))


class DecisionInline(HistoryInline):
    """Decisions about the gate, with their reasons."""

    model = Decision
    fk_name = "campaign"
    fields = ["at", "by", "kind", "what", "why"]
    readonly_fields = fields
    related = ("by",)
    show_change_link = False


class VersionInline(HistoryInline):
    """The history of core message, facts and variants."""

    model = ContentVersion
    fields = ["at", "author", "kind", "object_id", "number", "content_hash"]
    readonly_fields = fields
    related = ("author",)
    show_change_link = False
    ordering = ["-at"]


class LaunchInline(HistoryInline):
    """What went live here, when and by whom."""

    model = LaunchRecord
    fields = ["at", "kind", "release", "by", "exception", "checks"]
    readonly_fields = fields
    related = ("release__campaign", "by", "exception", "campaign_region__campaign")
    show_change_link = False


class RoundInline(HistoryInline):
    """The negotiation of the budget."""

    model = BudgetRound
    fields = ["number", "kind", "amount", "reason", "by", "at"]
    readonly_fields = fields
    related = ("by",)
    show_change_link = False


class AllocationInline(HistoryInline):
    """What each channel may draw."""

    model = Allocation
    fields = ["campaign_channel", "amount", "committed", "spent"]
    readonly_fields = fields
    related = ("campaign_channel__channel", "campaign_channel__campaign")
    show_change_link = False


@admin.register(Campaign)
class CampaignAdmin(ReadOnlyAdmin):
    """Campaigns: found by everything, stopped through the same services as on the pages."""

    list_display = ["name", "phase", "period", "owner", "region_codes", "budget_words", "last_release"]
    list_filter = ["phase", "state", "regions__region", "goal", "theme", "starts_on"]
    list_select_related = ["owner", "budget", "release"]
    search_fields = ["name", "purpose", "owner__first_name", "owner__last_name", "owner__email"]
    date_hierarchy = "starts_on"
    ordering = ["-starts_on", "-id"]
    list_per_page = 50
    show_full_result_count = False
    inlines = [RegionInline, ChannelInline, ReleaseInline, DecisionInline, VersionInline]
    actions = ["pause_all_regions", "cancel_with_reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        """With the regions that the list names."""
        return super().get_queryset(request).prefetch_related("regions__region")

    @admin.display(description=gettext_lazy("period"), ordering="starts_on")
    def period(self, campaign: Campaign) -> str:
        """First to last day."""
        return formats.date_range(campaign.starts_on, campaign.ends_on)

    @admin.display(description=gettext_lazy("regions"))
    def region_codes(self, campaign: Campaign) -> str:
        """Codes of the regions."""
        return " · ".join(row.region.code for row in campaign.regions.all()) or NOTHING

    @admin.display(description=gettext_lazy("budget"))
    def budget_words(self, campaign: Campaign) -> str:
        """The amount, and whether it is approved."""
        budget = getattr(campaign, "budget", None)
        if budget is None:
            return NOTHING
        amount = {"amount": formats.money(budget.amount, budget.currency)}
        return (_("%(amount)s proposed") if budget.approved is None else _("%(amount)s")) % amount

    @admin.display(description=gettext_lazy("release"))
    def last_release(self, campaign: Campaign) -> str:
        """Number of the release approved last."""
        return str(campaign.release.number) if campaign.release else NOTHING

    @admin.action(
        description=gettext_lazy("Pause every live region of the chosen campaigns"), permissions=["view"]
    )
    def pause_all_regions(self, request: HttpRequest, chosen: QuerySet[Campaign]) -> HttpResponse | None:
        """At once, and staff are told; after a page that says so."""
        return self._with_reason(request, chosen, "pause_all_regions", launch.pause_everywhere)

    @admin.action(
        description=gettext_lazy("Cancel the chosen campaigns, with a reason"), permissions=["view"]
    )
    def cancel_with_reason(self, request: HttpRequest, chosen: QuerySet[Campaign]) -> HttpResponse | None:
        """Campaigns that run nowhere; each that cannot be cancelled says why."""
        return self._with_reason(request, chosen, "cancel_with_reason", lifecycle.cancel)

    def _with_reason(
        self, request: HttpRequest, chosen: QuerySet[Campaign], action: str, service: Callable[..., Any]
    ) -> HttpResponse | None:
        """Ask for the reason first, then call the service for each; says what worked and what did not."""
        reason = request.POST.get("reason", "").strip()
        if not reason:
            return self._ask(request, chosen, action, asked="reason" in request.POST)
        done = 0
        for campaign in chosen:
            try:
                service(campaign=campaign, by=request.user, reason=reason)
                done += 1
            except Refused as refused:
                self.message_user(request, f"{campaign}: {refused}", messages.ERROR)
        if done:
            words = ngettext("Done for %(number)d campaign.", "Done for %(number)d campaigns.", done)
            self.message_user(request, words % {"number": done}, messages.SUCCESS)
        return None

    def _ask(
        self, request: HttpRequest, chosen: QuerySet[Campaign], action: str, *, asked: bool
    ) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": self.get_action(action)[2],
            "opts": self.opts,
            "chosen": chosen,
            "action": action,
            "asked": asked,
            "checkbox": admin.helpers.ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/campaigns/reason.html", context, status=422 if asked else 200)


@admin.register(CampaignRegion)
class CampaignRegionAdmin(ReadOnlyAdmin):
    """Regions of campaigns, with every launch."""

    list_display = ["campaign", "region", "running", "starts_on", "ends_on", "release_number"]
    list_filter = ["running", "region", "starts_on"]
    list_select_related = ["campaign", "region", "release"]
    search_fields = ["campaign__name", "region__code"]
    ordering = ["-starts_on", "-id"]
    show_full_result_count = False
    inlines = [LaunchInline]

    @admin.display(description=gettext_lazy("release"))
    def release_number(self, region: CampaignRegion) -> str:
        """Number of the release in force here."""
        return str(region.release.number) if region.release else NOTHING


@admin.register(Budget)
class BudgetAdmin(ReadOnlyAdmin):
    """Budgets with their negotiation and allocations."""

    list_display = [
        *("campaign", "proposed", "approved", "allocated", "committed", "spent", "currency"),
        *("approved_by", "approved_at"),
    ]
    list_filter = ["currency", ("approved", admin.EmptyFieldListFilter)]
    list_select_related = ["campaign", "approved_by"]
    search_fields = ["campaign__name"]
    show_full_result_count = False
    inlines = [RoundInline, AllocationInline]


@admin.register(ReviewApproval)
class ReviewApprovalAdmin(ReadOnlyAdmin):
    """Every approval of a regional review, with what was understood."""

    list_display = ["at", "campaign", "region", "language", "by", "understood"]
    list_filter = ["review__language", "review__campaign_region__region", "at"]
    list_select_related = ["review__campaign_region__campaign", "review__campaign_region__region", "by"]
    search_fields = ["review__campaign_region__campaign__name", "understood"]

    @admin.display(description=gettext_lazy("campaign"))
    def campaign(self, approval: ReviewApproval) -> str:
        """Whose message was reviewed."""
        return str(approval.review.campaign_region.campaign)

    @admin.display(description=gettext_lazy("region"))
    def region(self, approval: ReviewApproval) -> str:
        """For which region."""
        return approval.review.campaign_region.region.code

    @admin.display(description=gettext_lazy("language"))
    def language(self, approval: ReviewApproval) -> str:
        """In which language."""
        return approval.review.language
