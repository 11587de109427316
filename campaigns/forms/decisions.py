"""Forms of decisions: writing, asking, answering, deciding; and the filter of the log."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from accounts.permissions import can
from campaigns.enums import DecisionKind, DecisionState
from campaigns.forms.strategy import PartForm, currencies
from campaigns.models import BudgetRound, Campaign, Decision
from campaigns.permissions import PLANS
from core import formats
from core.forms import DateField, MoneyField, PlainTextField, RecordsField, SingleLineField, house_field


class RoundChoice(forms.ModelChoiceField):
    """A round of a budget with its campaign and amount."""

    def label_from_instance(self, obj: BudgetRound) -> str:
        amount = formats.money(obj.amount, obj.budget.currency)
        return f"{obj.budget.campaign} · {obj.number}. {obj.get_kind_display()}: {amount}"


class DecisionForm(PartForm):
    """A draft. `about` narrows rounds and exceptions to one campaign."""

    title = SingleLineField(label=_("Title"), max_length=200)
    cost = MoneyField(label=_("Expected cost"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    budget_round = RoundChoice(queryset=BudgetRound.objects.none(), required=False, label=_("Budget round"))

    class Meta:
        model = Decision
        fields = (
            *("title", "what", "why", "alternatives", "effort", "cost", "currency"),
            *("campaign", "channel", "budget_round", "exception", "supersedes"),
        )
        formfield_callback = house_field

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        now, about = self.instance, self._about()
        self.fields["currency"].choices = currencies(now.currency)
        self.fields["campaign"].queryset = _campaigns(by, now.campaign_id)
        self.fields["campaign"].empty_label = gettext("no single campaign")
        self.fields["channel"].empty_label = gettext("no single channel")
        self.fields["channel"].label = _("Channel")
        rounds = BudgetRound.objects.filter(budget__campaign=about).select_related("budget__campaign")
        self.fields["budget_round"].queryset = rounds.order_by("-pk")
        exceptions = Decision.objects.filter(campaign=about, kind=DecisionKind.GATE_EXCEPTION)
        self.fields["exception"].queryset = exceptions
        self.fields["exception"].label = _("Exception at the launch gate")
        holding = Decision.objects.visible_to(by).filter(kind=DecisionKind.GENERAL)
        open_ones = holding.filter(state=DecisionState.DECIDED).exclude(pk=now.pk)
        self.fields["supersedes"].queryset = open_ones | Decision.objects.filter(pk=now.supersedes_id)
        self.fields["supersedes"].label = _("Supersedes")
        self.fields["supersedes"].empty_label = gettext("no earlier decision")
        self.fields["budget_round"].empty_label = gettext("no budget round")
        self.fields["exception"].empty_label = gettext("no exception")
        for name in ("budget_round", "exception"):
            if not self.fields[name].queryset.exists():
                del self.fields[name]

    def _about(self) -> int | None:
        """The campaign that the form names now; without scripts a second look offers its rounds."""
        chosen = self.data.get("campaign", "") if self.is_bound else ""
        return int(chosen) if chosen.isdecimal() and len(chosen) < 16 else self.instance.campaign_id

    def form_kwargs(self) -> dict[str, Any]:
        """For the form of the decision as saved by somebody else."""
        return {"by": self.by}


def _campaigns(by: User, now: int | None) -> QuerySet[Campaign]:
    """Campaigns that the person plans, newest first, and the one that the draft names."""
    found = Campaign.objects.visible_to(by).order_by("-starts_on", "-pk")
    allowed = by.rights.regions(*PLANS)
    if allowed is not None:
        mine = Q(regions__region__in=allowed) | Q(owner=by) | Q(pk=now)
        found = found.filter(mine)
    return found.distinct()


class AskForm(forms.Form):
    """Which departments are concerned, and by when they answer."""

    departments = RecordsField(
        label=_("Departments concerned"),
        queryset=Department.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one department.")},
    )
    due_on = DateField(label=_("Answers wanted by"), required=False)


class AnswerForm(forms.Form):
    """Yes or no; a no needs a reason."""

    department = forms.ModelChoiceField(queryset=Department.objects.all(), widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("Does your department agree?"),
        choices=[("yes", _("Yes, we agree")), ("no", _("No, we do not agree"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose yes or no.")},
    )
    reason = PlainTextField(
        label=_("Reason"),
        required=False,
        max_length=5000,
        help_text=_("Needed for a no."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DecideForm(forms.Form):
    """Decide; `version` is the decision's that the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    despite = PlainTextField(
        label=_("Why is it decided although not every department has agreed?"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def may_write(user: User) -> bool:
    """Whether the person may begin a decision at all."""
    return can(user, "decision.write")
