"""What happened, in the admin: to be read, never changed."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyAdmin
from core.audit import sentence
from core.models import AuditEvent


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """The audit log, newest first; searched by record ("accounts.user:12") or by who did it."""

    list_display = ["at", "actor", "words", "scope", "subject"]
    list_select_related = ["actor"]
    list_per_page = 50
    search_fields = ["=scope", "=subject", "actor__email", "actor__last_name"]
    # Counting a log of millions for a page of fifty helps nobody.
    show_full_result_count = False
    ordering = ["-id"]

    @admin.display(description=_("what happened"))
    def words(self, event: AuditEvent) -> str:
        """The event in words."""
        return sentence(event)
