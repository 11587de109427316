"""The limits of the portfolio in the admin, and what has been set aside."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.admin_base import KeptAdmin, ReadOnlyAdmin
from core.concurrency import StaleVersion
from dashboard.models import LoadRules, SetAside
from dashboard.portfolio.services import FIELDS, save_limits


@admin.register(LoadRules)
class LoadRulesAdmin(KeptAdmin):
    """One record; saved by the same service as on the page."""

    fields = FIELDS
    list_display = ("__str__", "changed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Only while there is none; every other admin page, whose menu asks too, is spared the question."""
        match = request.resolver_match
        if match and not (match.url_name or "").startswith("dashboard_loadrules_"):
            return False
        return super().has_add_permission(request) and not LoadRules.objects.exists()

    def save_model(self, request: HttpRequest, obj: LoadRules, form: Any, change: bool) -> None:
        """Through the service, which writes the log."""
        values = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            saved = save_limits(by=request.user, expected=obj.version if change else 0, **values)
        except StaleVersion:
            self.message_user(request, _("Somebody else saved the limits in between."), messages.ERROR)
            return
        obj.pk, obj.version = saved.pk, saved.version


@admin.register(SetAside)
class SetAsideAdmin(ReadOnlyAdmin):
    """Warnings that people left, with their reasons; to look at."""

    list_display = ("campaign", "key", "reason", "by", "at")
    search_fields = ("campaign__name", "reason")
    list_select_related = ("campaign", "by")
    date_hierarchy = "at"
