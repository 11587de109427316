"""Regions and departments in the admin."""

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from accounts import services
from accounts.admin.days import DaysField
from accounts.admin_base import ServiceAdmin
from accounts.models import Department, Region


class RecordAdmin(ServiceAdmin):
    """Reference data, saved and audited in one step."""

    def save_model(
        self, request: HttpRequest, obj: models.Model, form: forms.ModelForm, change: bool
    ) -> None:
        """Through the service, so that it is audited."""
        services.save_record(record=obj, by=request.user, changed=form.changed_data)


class RegionForm(forms.ModelForm):
    """A region, its days as lines."""

    class Meta:
        model = Region
        fields = [
            *("code", "name_de", "name_en", "country", "subdivision", "language", "timezone", "currency"),
            *("briefing_days", "closed_days", "open_days", "active"),
        ]
        field_classes = {"closed_days": DaysField, "open_days": DaysField}


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    """Regions, with the calendar by which their briefings are due."""

    form = RegionForm
    list_display = [
        *("code", "name_de", "name_en", "country", "subdivision", "language", "timezone", "currency"),
        *("briefing_days", "active"),
    ]
    list_filter = ["active", "country", "language"]
    search_fields = ["code", "name_de", "name_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Region | None = None) -> list[str]:
        """Code and currency stay: releases and budgets name them."""
        return ["code", "currency"] if obj else []


@admin.register(Department)
class DepartmentAdmin(RecordAdmin):
    """Departments."""

    list_display = ["code", "name_de", "name_en"]
    search_fields = ["code", "name_de", "name_en"]
