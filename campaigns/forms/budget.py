"""Forms of the Budget tab: the allocations in one table, a proposal, a manager's answer."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Budget, CampaignChannel
from core.forms import MoneyField, PlainTextField, VersionedFormMixin


class AllocationFields(forms.Form):
    """One amount per channel of the campaign."""

    def __init__(self, data: Any = None, *, instance: Budget, channels: list[CampaignChannel]) -> None:
        self.instance, self.channels = instance, channels
        super().__init__(data)
        for row in channels:
            name = f"allocation_{row.pk}"
            self.fields[name] = MoneyField(label=str(row.channel), required=False, currency=instance.currency)
            self.initial[name] = row.allocation.amount if hasattr(row, "allocation") else Decimal("0.00")


class AllocationForm(VersionedFormMixin, AllocationFields):
    """The table of allocations, saved at once."""

    def form_kwargs(self) -> dict[str, Any]:
        """For the form of what somebody else saved: its amounts are read anew."""
        fresh = CampaignChannel.objects.filter(pk__in=[row.pk for row in self.channels])
        return {"channels": list(fresh.select_related("channel", "allocation"))}

    @property
    def rows(self) -> list[tuple[CampaignChannel, forms.BoundField]]:
        """Channels with their inputs."""
        return [(row, self[f"allocation_{row.pk}"]) for row in self.channels]

    @property
    def amounts(self) -> dict[int, Decimal]:
        """Amounts by id of the campaign's channel; nothing counts as nothing."""
        return {row.pk: self.cleaned_data[f"allocation_{row.pk}"] or Decimal(0) for row in self.channels}

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        take(self, error)


# What each step of the negotiation asks for.
WITH_AMOUNT = ("propose", "counter")
WITH_REASON = ("counter", "reject")


class RoundForm(forms.Form):
    """A step of the negotiation, named by the prefix; `version` is the budget's that the person saw."""

    amount = MoneyField(label=_("Amount"))
    reason = PlainTextField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, budget: Budget, prefix: str, **kwargs: Any) -> None:
        super().__init__(data, prefix=prefix, **kwargs)
        self.fields["amount"].set_currency(budget.currency)
        self.fields["reason"].required = prefix in WITH_REASON
        self.initial["version"] = budget.version
        if prefix not in WITH_AMOUNT:
            del self.fields["amount"]

    def renew(self, budget: Budget) -> None:
        """Let the next save stand on the budget as it is now; the entries stay."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(budget.version)

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        take(self, error)


def take(form: forms.Form, error: ValidationError) -> None:
    """Put the errors of a service to the fields they name ("allocation.3"), the rest above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for place, words in error.message_dict.items():
        name = place.replace(".", "_")
        form.add_error(name if name in form.fields else None, " ".join(words))
