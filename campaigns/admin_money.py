"""Money in the admin: approval limits are set here; orders and invoices are found, never changed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.places import RecordAdmin
from accounts.admin_base import ReadOnlyAdmin
from accounts.enums import Role
from accounts.models import User
from campaigns.models import ApprovalLimit, Commitment, Expense
from campaigns.services.costs import known_currencies
from campaigns.services.limits import lift_limit


class LimitForm(forms.ModelForm):
    """A limit in a currency that exists, for somebody who decides on budgets."""

    class Meta:
        model = ApprovalLimit
        fields = ["user", "amount", "currency"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user" in self.fields:
            managers = User.objects.here().filter(grants__role=Role.MANAGER).distinct()
            self.fields["user"].queryset = managers.order_by("first_name", "last_name")

    def clean_currency(self) -> str:
        """In capitals."""
        code = self.cleaned_data["currency"].strip().upper()
        if code not in known_currencies():
            raise ValidationError(_("This is no currency. Please write a code such as EUR or CHF."))
        return code


@admin.register(ApprovalLimit)
class ApprovalLimitAdmin(RecordAdmin):
    """Up to how much managers may approve. Who has no limit here may approve everything."""

    form = LimitForm
    list_display = ["user", "amount", "currency"]
    list_filter = ["currency"]
    list_select_related = ["user"]
    search_fields = ["user__first_name", "user__last_name", "user__email"]

    def has_delete_permission(self, request: HttpRequest, obj: ApprovalLimit | None = None) -> bool:
        """A limit may be lifted; the log keeps who set it."""
        return self.has_change_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: ApprovalLimit) -> None:
        """Through the service, so that it is audited."""
        lift_limit(limit=obj, by=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """Each by itself, audited."""
        for limit in queryset:
            lift_limit(limit=limit, by=request.user)


COST = ["supplier", "amount", "currency", "rate", "value", "by", "at"]


@admin.register(Commitment)
class CommitmentAdmin(ReadOnlyAdmin):
    """Orders of all campaigns."""

    list_display = ["reference", "ordered_on", *COST]
    list_filter = ["currency", "ordered_on"]
    list_select_related = ["by"]
    search_fields = ["supplier", "reference", "description", "budget__campaign__name"]
    show_full_result_count = False


@admin.register(Expense)
class ExpenseAdmin(ReadOnlyAdmin):
    """Invoices of all campaigns."""

    list_display = ["invoice", "invoiced_on", *COST]
    list_filter = ["currency", "invoiced_on"]
    list_select_related = ["by"]
    search_fields = ["supplier", "invoice", "description", "budget__campaign__name"]
    show_full_result_count = False
