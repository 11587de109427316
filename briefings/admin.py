"""Briefings in the admin: to find, to look at; failed mails are decided about with a reason, by service."""

from django.contrib import admin
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts.admin_base import ReadOnlyAdmin
from accounts.models import User
from briefings.models import (
    Briefing,
    BriefingQuestion,
    BriefingTemplate,
    BriefingVersion,
    CheckAnswer,
    Clearance,
    Confirmation,
    Delivery,
)
from briefings.services import deciding
from core.admin import DecidedByHand
from core.delivery.states import State

PERSON = ("user__first_name", "user__last_name", "user__email")


class ReadOnlyInline(admin.TabularInline):
    """Rows to look at."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


class QuestionInline(ReadOnlyInline):
    model = BriefingQuestion
    fields = ["question", "answer"]


class VersionInline(ReadOnlyInline):
    model = BriefingVersion
    fk_name = "briefing"
    fields = ["number", "release", "asks_from", "change_note", "published_by", "published_at"]
    readonly_fields = ["published_at"]


@admin.register(Briefing)
class BriefingAdmin(ReadOnlyAdmin):
    """Drafts with their versions; they are written on the campaign's pages."""

    list_display = ["title", "campaign", "region", "audience", "language", "current_number", "author"]
    list_filter = ["audience", "language", "campaign_region__region", "campaign__phase"]
    list_select_related = ["campaign", "campaign_region__region", "current", "author"]
    search_fields = ["title", "campaign__name", "author__last_name"]
    inlines = [QuestionInline, VersionInline]
    list_per_page = 50

    @admin.display(description=gettext_lazy("region"), ordering="campaign_region__region__code")
    def region(self, briefing: Briefing) -> str:
        """The region's code."""
        return briefing.campaign_region.region.code

    @admin.display(description=gettext_lazy("published version"), ordering="current__number")
    def current_number(self, briefing: Briefing) -> str:
        """Number of the version in force."""
        return str(briefing.current.number) if briefing.current else "–"


@admin.register(BriefingVersion)
class BriefingVersionAdmin(ReadOnlyAdmin):
    """Published versions, with how many people got and confirmed them."""

    list_display = ["__str__", "briefing", "number", "release", "mails", "confirmed", "published_at"]
    list_filter = ["briefing__audience", "briefing__language", "published_at"]
    list_select_related = ["briefing", "release__campaign"]
    search_fields = ["briefing__title", "briefing__campaign__name", "published_by__last_name"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[BriefingVersion]:
        """With the counts of the list."""
        found = super().get_queryset(request)
        return found.annotate(
            mail_count=Count("deliveries", distinct=True), done_count=Count("confirmations", distinct=True)
        )

    @admin.display(description=gettext_lazy("mails"), ordering="mail_count")
    def mails(self, version: BriefingVersion) -> int:
        """Number of deliveries."""
        return version.mail_count

    @admin.display(description=gettext_lazy("confirmed"), ordering="done_count")
    def confirmed(self, version: BriefingVersion) -> int:
        """Number of confirmations of exactly this version."""
        return version.done_count


@admin.register(Delivery)
class DeliveryAdmin(DecidedByHand, ReadOnlyAdmin):
    """Mails of briefings, by state; a failed or uncertain one is sent again with a reason."""

    list_display = ["user", "version", "state", "attempt", "failure", "sent_at", "changed_at"]
    list_filter = ["state", "version__briefing__audience", "version__briefing__campaign_region__region"]
    list_select_related = ["user", "version__briefing__campaign"]
    search_fields = [*PERSON, "message_id", "version__briefing__title"]
    list_per_page = 50

    def decide(self, mail: Delivery, to: State, by: User, reason: str) -> None:
        """As the campaign's page lets a person decide."""
        service = deciding.send_again if to == State.RETRY else deciding.found_in_log
        service(delivery=mail, by=by, reason=reason)


@admin.register(BriefingTemplate)
class BriefingTemplateAdmin(ReadOnlyAdmin):
    """Templates; they are written on their own pages."""

    list_display = ["name", "audience", "language", "author", "changed_at"]
    list_filter = ["audience", "language"]
    list_select_related = ["author"]
    search_fields = ["name", "title", "say"]
    list_per_page = 50


@admin.register(CheckAnswer)
class CheckAnswerAdmin(ReadOnlyAdmin):
    """Answers to checks of understanding."""

    list_display = ["user", "version", "right", "first_try", "at"]
    list_filter = ["right", "first_try", "version__briefing__audience", "at"]
    list_select_related = ["user", "version"]
    search_fields = [*PERSON, "version__briefing__title"]
    list_per_page = 50


@admin.register(Confirmation)
class ConfirmationAdmin(ReadOnlyAdmin):
    """Who confirmed what, when."""

    list_display = ["user", "version", "at", "difference_only"]
    list_filter = ["version__briefing__audience", "at"]
    list_select_related = ["user", "version"]
    search_fields = [*PERSON, "version__briefing__title"]
    list_per_page = 50


@admin.register(Clearance)
class ClearanceAdmin(ReadOnlyAdmin):
    """Who was told in another way, by whom it is said, and why."""

    list_display = ["user", "version", "reason", "by", "at"]
    list_filter = ["at"]
    list_select_related = ["user", "version", "by"]
    search_fields = [*PERSON, "reason"]
    list_per_page = 50
