"""Strategies, goals, themes and decisions in the admin: to find, and to put names right."""

from django.contrib import admin

from accounts.admin.places import RecordAdmin
from accounts.admin_base import ReadOnlyAdmin
from campaigns.models import Decision, Duty, Goal, Milestone, SignOff, Strategy, Theme


class PartInline(admin.TabularInline):
    """Rows to look at; they are changed on the pages."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: object, obj: object = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: object, obj: object = None) -> bool:
        """Never."""
        return False


class MilestoneInline(PartInline):
    """Milestones of a strategy."""

    model = Milestone
    fields = ["on", "title", "reached"]
    readonly_fields = fields


class DutyInline(PartInline):
    """What the departments carry of it."""

    model = Duty
    fields = ["department", "text"]
    readonly_fields = fields


class GoalInline(PartInline):
    """Its goals."""

    model = Goal
    fields = ["title", "kind", "active"]
    readonly_fields = fields


@admin.register(Strategy)
class StrategyAdmin(ReadOnlyAdmin):
    """Strategies: written on their page."""

    list_display = ["title", "starts_on", "ends_on", "owner", "amount", "currency"]
    list_filter = ["starts_on"]
    list_select_related = ["owner"]
    search_fields = ["title"]
    inlines = [GoalInline, MilestoneInline, DutyInline]


@admin.register(Goal)
class GoalAdmin(RecordAdmin):
    """Goals: taken out of use, never deleted; everything else of them stands on the strategy's page."""

    fields = ["title", "measure", "active"]
    list_display = ["title", "measure", "strategy", "kind", "active"]
    list_filter = ["active", "kind", "strategy"]
    list_select_related = ["strategy"]
    search_fields = ["title", "measure"]


@admin.register(Theme)
class ThemeAdmin(RecordAdmin):
    """Themes; they are moved on the board."""

    fields = ["title"]
    list_display = ["title", "state"]
    list_filter = ["state"]
    search_fields = ["title"]


class SignOffInline(PartInline):
    """Who was asked, and what he said."""

    model = SignOff
    fields = ["turn", "department", "answer", "reason", "by", "at"]
    readonly_fields = fields


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """The log of decisions."""

    list_display = ["at", "kind", "state", "campaign", "__str__", "by", "decided_by"]
    list_filter = ["state", "kind", "at"]
    list_select_related = ["campaign", "by", "decided_by"]
    search_fields = ["campaign__name", "title", "what", "why"]
    show_full_result_count = False
    inlines = [SignOffInline]
