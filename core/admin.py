"""Outgoing mails and paused routes in the admin: to look at, and to decide about mails with a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from core.delivery.decisions import resolve
from core.delivery.models import OutgoingMail, RoutePause
from core.delivery.states import IllegalEdge, State


class ReasonForm(ActionForm):
    """The choice of an action, with why it is taken."""

    reason = forms.CharField(label=gettext_lazy("Reason"), required=False, max_length=2000)


class LookedAt(admin.ModelAdmin):
    """Records that only the delivery engine writes."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False


class DecidedByHand(admin.ModelAdmin):
    """Mails that failed or are in doubt; a person decides about those he ticks, with a reason."""

    action_form = ReasonForm
    actions = ["send_again", "found_in_log"]

    def decide(self, mail: Any, to: State, by: AbstractBaseUser, reason: str) -> None:
        """Decide about one mail: RETRY or SENT; ValidationError or IllegalEdge if that is not possible."""
        raise NotImplementedError

    @admin.action(description=gettext_lazy("Send again (reason needed)"))
    def send_again(self, request: HttpRequest, chosen: QuerySet) -> None:
        """Queue failed and uncertain mails once more."""
        self._decide(request, chosen, State.RETRY)

    @admin.action(description=gettext_lazy("The mail log shows it (reason needed)"))
    def found_in_log(self, request: HttpRequest, chosen: QuerySet) -> None:
        """Count uncertain mails as sent."""
        self._decide(request, chosen, State.SENT)

    def _decide(self, request: HttpRequest, chosen: QuerySet, to: State) -> None:
        done, reason = 0, request.POST.get("reason", "")
        for mail in chosen:
            try:
                self.decide(mail, to, request.user, reason)
            except (ValidationError, IllegalEdge) as refused:
                words = " ".join(getattr(refused, "messages", [str(refused)]))
                self.message_user(request, f"{mail}: {words}", messages.ERROR)
            else:
                done += 1
        if done:
            said = ngettext("%(count)d mail is decided.", "%(count)d mails are decided.", done)
            self.message_user(request, said % {"count": done}, messages.SUCCESS)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(DecidedByHand, LookedAt):
    """Invitations, reminders and notices, by state."""

    # What a mail says stays between us and its reader: it may hold the link that sets a new password.
    exclude = ["text", "html"]
    list_display = ["subject", "recipient", "state", "attempt", "failure", "sent_at", "created_at"]
    list_filter = ["state", "created_at"]
    list_select_related = ["recipient"]
    search_fields = ["subject", "recipient__email", "recipient__last_name", "message_id"]

    def decide(self, mail: OutgoingMail, to: State, by: AbstractBaseUser, reason: str) -> None:
        """As the delivery engine lets a person decide."""
        resolve(mail, to=to, by=by, reason=reason)


@admin.register(RoutePause)
class RoutePauseAdmin(LookedAt):
    """Ways out that do not answer at present, and why."""

    list_display = ["route", "until", "failures", "since", "reason"]
