"""How messages reach people, and addresses that take no mail; a chat's address is shown to nobody."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts import services
from accounts.admin_base import ReadOnlyAdmin, each
from accounts.models import NotificationSettings
from core.delivery.chat import masked


class RefusedFilter(admin.SimpleListFilter):
    """Those whose address takes no mail, or whose chat fails."""

    title = _("trouble")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple]:
        """What can be asked for."""
        return [("address", _("address refused")), ("chat", _("chat fails"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """The rows of the answer."""
        if self.value() == "address":
            return queryset.exclude(refused_address="")
        return queryset.exclude(chat_failed_at=None) if self.value() == "chat" else queryset


@admin.register(NotificationSettings)
class NotificationSettingsAdmin(ReadOnlyAdmin):
    """Everybody keeps his own; admins let mail go to a refused address again."""

    list_display = ["user", "briefings", "notices", "chat", "refused_address", "refused_at", "refused_reason"]
    list_filter = [RefusedFilter, "briefings", "notices"]
    list_select_related = ["user"]
    list_per_page = 50
    search_fields = ["user__email", "user__first_name", "user__last_name", "refused_address"]
    exclude = ["chat_url"]
    readonly_fields = ["chat"]
    actions = ["allow"]

    @admin.display(description=_("chat"))
    def chat(self, wishes: NotificationSettings) -> str:
        """The host and the last characters only: who has the address can write into the chat."""
        return masked(wishes.chat_url) or "–"

    @admin.action(description=_("Let mail go to the refused address again"))
    def allow(self, request: HttpRequest, queryset: QuerySet[NotificationSettings]) -> None:
        """Clear what mail services said of the chosen people's addresses."""
        chosen = queryset.exclude(refused_address="")
        each(
            self,
            request,
            chosen,
            services.allow_address,
            "wishes",
            _t("%(number)d addresses are allowed again."),
        )
