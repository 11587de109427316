"""What our admin pages share: records that only a service writes, and history that nobody rewrites."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.concurrency import StaleVersion


class ReadOnlyAdmin(admin.ModelAdmin):
    """Records to look at: history, and what other pages write."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


class KeptAdmin(admin.ModelAdmin):
    """Records that are taken out of use instead of being deleted, since history refers to them."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


def each(
    admin_page: admin.ModelAdmin,
    request: HttpRequest,
    chosen: QuerySet,
    service: Callable[..., Any],
    name: str,
    done: str,
) -> None:
    """Call `service(name=record, by=the admin)` for every chosen record; says what worked and what did not.

    `done` is a sentence with %(number)d.
    """
    number = 0
    for record in chosen:
        try:
            service(**{name: record}, by=request.user)
            number += 1
        except ValidationError as refusal:
            words = f"{record}: {' '.join(refusal.messages)}"
            admin_page.message_user(request, words, messages.ERROR)
    if number:
        admin_page.message_user(request, done % {"number": number}, messages.SUCCESS)


def refused(form: Any, refusal: ValidationError) -> None:
    """Put a service's refusal into the admin's form, at the fields it names."""
    by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    for field, words in by_field.items():
        form.add_error(field if field in form.fields else None, words)


class ServiceAdmin(KeptAdmin):
    """An admin whose writes go through services: what they refuse stands in the form, entries are kept."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Run once; if a service refuses, everything is undone and the form comes back with its words."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            request.refusal = refusal
        except StaleVersion as stale:
            words = _("%(reason)s Nothing was saved. Reload the page to see the change.")
            request.refusal = ValidationError(words % {"reason": stale})
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; after a refusal one that says it."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal = getattr(request, "refusal", None)
        return form if refusal is None else _refusing(form, refusal)


def _refusing(form: type[forms.ModelForm], refusal: ValidationError) -> type[forms.ModelForm]:
    class Refused(form):
        def _post_clean(self) -> None:
            super()._post_clean()
            refused(self, refusal)

    return Refused


class SeenVersionForm(forms.ModelForm):
    """Carries the version that the admin saw, so that nobody's change is overwritten."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = getattr(self.instance, "version", None)
