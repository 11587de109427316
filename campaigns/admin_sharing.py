"""Links for people outside in the admin: all of them in one list, to look at and to revoke."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.admin_base import ReadOnlyAdmin, each
from campaigns.models import ShareLink
from campaigns.services import share_links


class OpenFilter(admin.SimpleListFilter):
    """Those that still open, and the others."""

    title = gettext_lazy("state")
    parameter_name = "open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("yes", _("Neither expired nor revoked")), ("no", _("Expired or revoked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ShareLink]) -> QuerySet[ShareLink]:
        """Those of the choice."""
        still = {"revoked_at": None, "expires_at__gt": timezone.now()}
        if self.value() == "yes":
            return queryset.filter(**still)
        return queryset.exclude(**still) if self.value() == "no" else queryset


@admin.register(ShareLink)
class ShareLinkAdmin(ReadOnlyAdmin):
    """Every link that was made; its secret is not known to anybody but who has it."""

    list_display = ["label", "shows", "by", "current", "expires_at", "openings", "last_used_at"]
    list_filter = [OpenFilter, "expires_at"]
    list_select_related = ["campaign", "view", "by"]
    search_fields = ["label", "campaign__name", "view__name", "by__email", "by__last_name"]
    fields = [
        *("label", "campaign", "view", "parts", "by", "created_at", "expires_at"),
        *("openings", "last_used_at", "revoked_at", "revoked_by"),
    ]
    actions = ["revoke_chosen"]

    @admin.display(description=gettext_lazy("shows"))
    def shows(self, link: ShareLink) -> str:
        """The campaign or the view."""
        return str(link.campaign or link.view)

    @admin.display(description=gettext_lazy("state"))
    def current(self, link: ShareLink) -> str:
        """Open, expired or revoked."""
        return str(link.state.label)

    @admin.action(description=gettext_lazy("Revoke the chosen links"), permissions=["view"])
    def revoke_chosen(self, request: HttpRequest, chosen: QuerySet[ShareLink]) -> None:
        """At once; those that were revoked before stay as they are."""
        chosen = chosen.filter(revoked_at=None).select_related("campaign", "by")
        each(self, request, chosen, share_links.revoke, "link", _("Revoked links: %(number)d"))
