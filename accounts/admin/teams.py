"""Teams in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin_base import SeenVersionForm, ServiceAdmin
from accounts.models import Team, TeamMember


class MemberInline(admin.TabularInline):
    """Members of a team."""

    model = TeamMember
    extra = 0
    autocomplete_fields = ["user"]
    verbose_name = _("member")
    verbose_name_plural = _("members")


@admin.register(Team)
class TeamAdmin(ServiceAdmin):
    """Teams: taken out of use, never deleted."""

    form = SeenVersionForm
    fields = ["name", "audience", "regions", "lead", "deputy", "active", "seen_version"]
    list_display = ["name", "audience", "region_codes", "lead", "deputy", "size", "active"]
    list_filter = ["active", "audience", "regions"]
    list_select_related = ["lead", "deputy"]
    search_fields = ["name", "lead__last_name", "members__last_name"]
    autocomplete_fields = ["lead", "deputy", "regions"]
    ordering = ["name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Teams with their regions and size."""
        counted = super().get_queryset(request).annotate(size=Count("memberships", distinct=True))
        return counted.prefetch_related("regions")

    def get_inlines(self, request: HttpRequest, obj: Team | None = None) -> list[type]:
        """Members once the team is there."""
        return [MemberInline] if obj else []

    @admin.display(description=_("regions"))
    def region_codes(self, team: Team) -> str:
        """Codes of the regions served."""
        return " ".join(region.code for region in team.regions.all())

    @admin.display(description=_("members"), ordering="size")
    def size(self, team: Team) -> int:
        """How many members the team has."""
        return team.size

    def save_model(self, request: HttpRequest, obj: Team, form: forms.ModelForm, change: bool) -> None:
        """Through the service, so that it is checked and audited."""
        values = {name: form.cleaned_data[name] for name in ("name", "audience", "lead", "deputy", "active")}
        services.save_team(
            team=obj,
            regions=form.cleaned_data["regions"],
            by=request.user,
            expected=form.cleaned_data.get("seen_version"),
            **values,
        )

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """Members come and go through the services."""
        entries = formset.save(commit=False)
        gone = [*formset.deleted_objects, *(old for old, _fields in formset.changed_objects)]
        for membership in gone:
            stored = TeamMember.objects.select_related("team", "user").get(pk=membership.pk)
            services.remove_member(team=stored.team, user=stored.user, by=request.user)
        for membership in entries:
            services.add_member(team=form.instance, user=membership.user, by=request.user)
