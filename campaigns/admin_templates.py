"""Campaign templates in the admin: found, renamed, thrown away through the services."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import SeenVersionForm, ServiceAdmin
from campaigns.models import CampaignTemplate
from campaigns.services.copying import change_template, drop_template


class TemplateForm(SeenVersionForm):
    """Name and note; what the template brings along is what its campaign was."""

    class Meta:
        model = CampaignTemplate
        fields = ["name", "note"]


@admin.register(CampaignTemplate)
class CampaignTemplateAdmin(ServiceAdmin):
    """Every template of the company."""

    form = TemplateForm
    list_display = ["name", "note", "starts_on", "ends_on", "source", "by", "at"]
    list_select_related = ["source", "by"]
    search_fields = ["name", "note", "source__name"]
    readonly_fields = ["starts_on", "ends_on", "source", "by", "at"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Templates are kept from campaigns, on their pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CampaignTemplate | None = None) -> bool:
        """Nothing refers to a template."""
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: CampaignTemplate, form: forms.Form, change: bool) -> None:
        """Over the version that was seen."""
        seen, data = form.cleaned_data["seen_version"] or 0, form.cleaned_data
        values = {"name": data["name"], "note": data["note"]}
        change_template(template=obj, by=request.user, expected=seen, **values)

    def delete_model(self, request: HttpRequest, obj: CampaignTemplate) -> None:
        """Through the service."""
        drop_template(template=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Each by itself."""
        for template in queryset:
            drop_template(template=template, by=request.user)
