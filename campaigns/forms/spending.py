"""Forms of orders and invoices, of moving money, of scenarios and of files."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaigns.enums import CostKind
from campaigns.forms.budget import AllocationFields, AllocationForm, take
from campaigns.models import Budget, CampaignChannel, Commitment, Expense, Scenario
from campaigns.services.costs import Cost
from core import formats
from core.forms import DateField, MoneyField, PlainTextField, SingleLineField, VersionedFormMixin
from core.forms.fields import MoneyInput

# What is offered beside the campaign's own and its regions' currencies; files may name any other one.
USUAL = ("EUR", "CHF", "GBP", "USD", "CZK", "DKK", "HUF", "JPY", "NOK", "PLN", "SEK")


class RateInput(MoneyInput):
    """A rate with as many decimals as it has."""

    def format_value(self, value: Any) -> str | None:
        """Grouped as the language does; what a person typed stays as typed."""
        return formats.number(value, 8) if isinstance(value, Decimal) else value


class RateField(MoneyField):
    """What one unit of another currency costs; the services say what is wrong with a rate."""

    widget = RateInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=18, decimal_places=8, min_value=None, **kwargs)


class ChannelChoice(forms.ModelChoiceField):
    """A channel of the campaign by its own name."""

    def label_from_instance(self, obj: CampaignChannel) -> str:
        return str(obj.channel)


class CommitmentChoice(forms.ModelChoiceField):
    """An open commitment with what is left of it."""

    home = "EUR"

    def label_from_instance(self, obj: Commitment) -> str:
        params = {"order": obj, "channel": obj.allocation.campaign_channel.channel}
        return gettext("%(order)s, %(channel)s: %(rest)s left") % (
            params | {"rest": formats.money(obj.rest, self.home)}
        )


class CostForm(forms.Form):
    """What an order and an invoice have in common; `previous` is the row that is being corrected."""

    supplier = SingleLineField(label=_("Supplier"), max_length=200)
    number = SingleLineField(label=_("Reference"), max_length=80)
    on = DateField(label=_("Date"))
    channel = ChannelChoice(queryset=CampaignChannel.objects.none(), label=_("Channel"))
    amount = MoneyField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"))
    rate = RateField(label=_("Rate"), required=False)
    rate_on = DateField(label=_("Rate of"), required=False)
    description = SingleLineField(label=_("What for"), max_length=300, required=False)
    reason = PlainTextField(
        label=_("What was wrong?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)
    kind: CostKind

    def __init__(
        self, data: Any = None, *, budget: Budget, previous: Commitment | Expense | None = None
    ) -> None:
        self.budget, self.previous = budget, previous
        super().__init__(data)
        rows = CampaignChannel.objects.filter(campaign=budget.campaign_id).select_related("channel")
        self.fields["channel"].queryset = rows
        self._currencies()
        self.initial |= {"submission": uuid4(), "currency": budget.currency}
        if previous is None:
            del self.fields["reason"]
        else:
            self.initial |= self._of(previous)

    def _currencies(self) -> None:
        rows = self.budget.campaign.regions.select_related("region")
        more = {row.region.currency for row in rows} | set(USUAL)
        if self.previous:
            more.add(self.previous.currency)
        more.discard(self.budget.currency)
        self.fields["currency"].choices = [(code, code) for code in (self.budget.currency, *sorted(more))]
        words = _("Only for another currency: what one unit of it costs in %(home)s.")
        self.fields["rate"].help_text = words % {"home": self.budget.currency}
        self.fields["rate"].set_currency(self.budget.currency)

    def _of(self, row: Commitment | Expense) -> dict[str, Any]:
        foreign = row.currency != self.budget.currency
        return {
            "supplier": row.supplier,
            "number": row.number,
            "channel": row.allocation.campaign_channel_id,
            "amount": row.amount,
            "currency": row.currency,
            "rate": row.rate if foreign else None,
            "rate_on": row.rate_on if foreign else None,
            "description": row.description,
        }

    @property
    def cost(self) -> Cost:
        """What was entered; only after `is_valid()`."""
        names = ("supplier", "number", "on", "channel", "amount", "currency", "rate", "rate_on", "submission")
        names += tuple(name for name in ("description", "expected_on", "commitment") if name in self.fields)
        return Cost(**{name: self.cleaned_data[name] for name in names})

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        take(self, error)


class CommitmentForm(CostForm):
    """An order."""

    kind = CostKind.COMMITMENT
    expected_on = DateField(label=_("Invoice expected"), required=False)
    field_order = ["supplier", "number", "on", "expected_on", "channel"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("Ordered on")

    def _of(self, row: Commitment) -> dict[str, Any]:
        return super()._of(row) | {"on": row.ordered_on, "expected_on": row.expected_on}


class ExpenseForm(CostForm):
    """An invoice."""

    kind = CostKind.EXPENSE
    commitment = CommitmentChoice(
        queryset=Commitment.objects.none(), label=_("Settles the commitment"), required=False
    )
    last = forms.BooleanField(
        label=_("This is its last invoice: what is left of the commitment is free again"), required=False
    )
    field_order = ["supplier", "number", "on", "commitment", "last", "channel"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Invoice number")
        self.fields["number"].help_text = _("One invoice for several channels: add the part, as in 4711/2.")
        self.fields["on"].label = _("Invoice date")
        orders = Commitment.objects.still_open().filter(budget=self.budget)
        if self.previous and self.previous.commitment_id:
            orders = orders | Commitment.objects.with_rest().filter(pk=self.previous.commitment_id)
        field = self.fields["commitment"]
        field.home = self.budget.currency
        field.queryset = orders.select_related("allocation__campaign_channel__channel")
        if self.previous:
            del self.fields["last"]

    def _of(self, row: Expense) -> dict[str, Any]:
        return super()._of(row) | {"on": row.invoiced_on, "commitment": row.commitment_id}


class MoveForm(forms.Form):
    """How much goes from where to where, and why. No channel means the reserve."""

    source = ChannelChoice(
        queryset=CampaignChannel.objects.none(), label=_("From"), required=False, empty_label=_("The reserve")
    )
    target = ChannelChoice(
        queryset=CampaignChannel.objects.none(),
        label=pgettext_lazy("money", "To"),
        required=False,
        empty_label=_("The reserve"),
    )
    amount = MoneyField(label=_("Amount"))
    reason = PlainTextField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, budget: Budget, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        rows = CampaignChannel.objects.filter(campaign=budget.campaign_id).select_related("channel")
        for name in ("source", "target"):
            self.fields[name].queryset = rows
        self.fields["amount"].set_currency(budget.currency)
        self.initial["version"] = budget.version

    def renew(self, budget: Budget) -> None:
        """Let the next save stand on the budget as it is now; the entries stay."""
        self.data = self.data.copy()
        self.data["version"] = str(budget.version)

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        take(self, error)


class ScenarioFields(AllocationFields):
    """Name, what speaks for it, and an amount per channel."""

    name = SingleLineField(label=_("Name"), max_length=120)
    note = PlainTextField(
        label=_("What speaks for it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, instance: Scenario, budget: Budget, channels: list[CampaignChannel]
    ) -> None:
        self.budget = budget
        instance.currency = budget.currency
        super().__init__(data, instance=instance, channels=channels)
        self.initial |= {"name": instance.name, "note": instance.note, "submission": uuid4()}
        if instance.pk:
            lines = dict(instance.lines.values_list("campaign_channel", "amount"))
            for row in channels:
                self.initial[f"allocation_{row.pk}"] = lines.get(row.pk, Decimal("0.00"))


class ScenarioForm(VersionedFormMixin, ScenarioFields):
    """A scenario, saved by version."""

    def form_kwargs(self) -> dict[str, Any]:
        """For the form of what somebody else saved."""
        return {"budget": self.budget, "channels": self.channels}

    def _own_fields(self) -> list[str]:
        return [name for name in super()._own_fields() if name != "submission"]

    rows = AllocationForm.rows
    amounts = AllocationForm.amounts
    take_error = AllocationForm.take_error


class UploadForm(forms.Form):
    """A file to read."""

    file = forms.FileField(
        label=_("Excel or CSV file"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,text/csv"}),
        error_messages={"empty": _("This file is empty.")},
    )
