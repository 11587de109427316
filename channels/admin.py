"""Channels in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.places import RecordAdmin
from accounts.admin_base import SeenVersionForm, ServiceAdmin
from channels import services
from channels.models import Channel, ChannelExpert, JourneyPhase


class ExpertInline(admin.TabularInline):
    """Who answers for the channel."""

    model = ChannelExpert
    extra = 0
    autocomplete_fields = ["user", "region"]


@admin.register(Channel)
class ChannelAdmin(ServiceAdmin):
    """Channels: taken out of use, never deleted."""

    form = SeenVersionForm
    fields = ["code", *services.FIELDS, "seen_version"]
    list_display = ["name_en", "name_de", "medium", "direction", "customer_facing", "expert_names", "active"]
    list_filter = ["active", "medium", "direction", "customer_facing"]
    search_fields = ["code", "name_de", "name_en", "experts__last_name"]
    ordering = ["position", "code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Channel]:
        """Channels with their experts."""
        return super().get_queryset(request).prefetch_related("expert_links__user", "expert_links__region")

    def get_readonly_fields(self, request: HttpRequest, obj: Channel | None = None) -> list[str]:
        """The code stays: releases and imports name it."""
        return ["code"] if obj else []

    def get_inlines(self, request: HttpRequest, obj: Channel | None = None) -> list[type]:
        """Experts once the channel is there."""
        return [ExpertInline] if obj else []

    @admin.display(description=_("channel experts"))
    def expert_names(self, channel: Channel) -> str:
        """Names with their region."""
        links = channel.expert_links.all()
        return ", ".join(f"{link.user} ({link.region.code if link.region else '*'})" for link in links) or "–"

    def save_model(self, request: HttpRequest, obj: Channel, form: forms.ModelForm, change: bool) -> None:
        """Through the service, so that it is checked and audited."""
        values = {k: v for k, v in form.cleaned_data.items() if k != "seen_version"}
        services.save_channel(
            channel=obj, by=request.user, expected=form.cleaned_data.get("seen_version"), **values
        )

    def save_formset(self, request: HttpRequest, form: forms.ModelForm, formset: Any, change: bool) -> None:
        """Experts come and go through the services."""
        entries = formset.save(commit=False)
        gone = [*formset.deleted_objects, *(old for old, _fields in formset.changed_objects)]
        for link in gone:
            services.remove_expert(link=ChannelExpert.objects.get(pk=link.pk), by=request.user)
        for link in entries:
            services.name_expert(channel=form.instance, user=link.user, region=link.region, by=request.user)


@admin.register(JourneyPhase)
class JourneyPhaseAdmin(RecordAdmin):
    """Phases of the customer journey: the columns of the touchpoint map; taken out of use, never deleted."""

    list_display = ["name_en", "name_de", "code", "position", "active"]
    list_filter = ["active"]
    search_fields = ["code", "name_de", "name_en"]
    ordering = ["position", "code"]

    def get_readonly_fields(self, request: HttpRequest, obj: JourneyPhase | None = None) -> list[str]:
        """The code stays: insight is kept by it."""
        return ["code"] if obj else []
