"""Target groups in the admin."""

from django.contrib import admin

from accounts.admin.places import RecordAdmin
from customers.models import TargetGroup


@admin.register(TargetGroup)
class TargetGroupAdmin(RecordAdmin):
    """Target groups: taken out of use, never deleted."""

    list_display = ["name_en", "name_de", "active"]
    list_filter = ["active"]
    search_fields = ["name_de", "name_en", "insight"]
