"""KPIs in the admin: definitions are edited here, targets on the pages of their campaigns."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.places import RecordAdmin
from accounts.admin_base import ReadOnlyAdmin
from kpis.models import Kpi, Target


@admin.register(Kpi)
class KpiAdmin(RecordAdmin):
    """Definitions: taken out of use, never deleted."""

    list_display = ["code", "name_en", "name_de", "unit", "direction", "active"]
    list_filter = ["active", "unit", "direction"]
    search_fields = ["code", "name_de", "name_en", "question"]

    def get_readonly_fields(self, request: HttpRequest, obj: Kpi | None = None) -> list[str]:
        """Code and unit stay: figures are recorded under them."""
        return ["code", "unit"] if obj else []


@admin.register(Target)
class TargetAdmin(ReadOnlyAdmin):
    """What campaigns want of their KPIs."""

    list_display = ["campaign", "kpi", "value", "due_on", "source", "tool", "supplier"]
    list_filter = ["kpi", "source", "due_on"]
    list_select_related = ["campaign", "kpi", "supplier"]
    search_fields = ["campaign__name", "kpi__code", "kpi__name_de", "kpi__name_en"]
    show_full_result_count = False
