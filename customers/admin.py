"""Target groups in the admin."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.places import RecordAdmin
from accounts.admin_base import SeenVersionForm, ServiceAdmin
from customers import services
from customers.forms import GroupFields
from customers.models import Interest, TargetGroup


class GroupAdminForm(SeenVersionForm, GroupFields):
    """A target group, lists of codes as ticks."""


@admin.register(TargetGroup)
class TargetGroupAdmin(ServiceAdmin):
    """Target groups: taken out of use, never deleted."""

    form = GroupAdminForm
    fields = [*services.FIELDS, *services.SETS, "seen_version"]
    list_display = ["name_en", "name_de", "decision_style", "age_from", "age_to", "active"]
    list_filter = ["active", "decision_style", "interests"]
    search_fields = ["name_de", "name_en", "insight", "looks_for_de", "looks_for_en"]
    filter_horizontal = ["interests", "regions"]

    def save_model(self, request: HttpRequest, obj: TargetGroup, form: forms.ModelForm, change: bool) -> None:
        """Through the service, so that it is checked and audited."""
        values = {k: v for k, v in form.cleaned_data.items() if k != "seen_version"}
        services.save_group(
            group=obj, by=request.user, expected=form.cleaned_data.get("seen_version"), **values
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Themes and regions are saved by the service already."""


@admin.register(Interest)
class InterestAdmin(RecordAdmin):
    """Themes that interest customers: taken out of use, never deleted."""

    list_display = ["name_en", "name_de", "active"]
    list_filter = ["active"]
    search_fields = ["name_de", "name_en"]
