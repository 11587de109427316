"""Forms of a strategy's parts, of its milestones, duties and goals, and of themes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from campaigns.forms.plan import owners
from campaigns.goal_figures import kpi_names
from campaigns.models import Duty, Goal, Milestone, Strategy, Theme
from channels.models import Channel
from core.forms import FormHelper, MoneyField, PlainTextField, VersionedFormMixin, house_field

USUAL = ("EUR", "CHF", "GBP", "USD")


def currencies(now: str = "") -> list[tuple[str, str]]:
    """Currencies to choose from: those of the regions, the usual ones and the one that stands now."""
    known = {*USUAL, *Region.objects.values_list("currency", flat=True), *([now] if now else [])}
    return [(code, code) for code in sorted(known)]


class PartForm(VersionedFormMixin, forms.ModelForm):
    """Some fields of a versioned record; `refuse` shows what a service says at its fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(summary=False)

    def refuse(self, error: ValidationError) -> None:
        """Show it at its fields."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, words in error.message_dict.items():
            self.add_error(name if name in self.fields else None, " ".join(words))


class AboutForm(PartForm):
    """Title, time and owner."""

    class Meta:
        model = Strategy
        fields = ("title", "starts_on", "ends_on", "owner")
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = owners(self.instance.owner_id)
        self.fields["owner"].empty_label = None

    def clean(self) -> dict[str, Any]:
        """It does not end before it starts."""
        data = super().clean()
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            self.add_error("ends_on", gettext("The end lies before the beginning."))
        return data


class MarketForm(PartForm):
    """Why it is worth it, and why it can work."""

    class Meta:
        model = Strategy
        fields = ("opportunity", "feasibility")
        formfield_callback = house_field


class MeansForm(PartForm):
    """With what it is done."""

    amount = MoneyField(label=_("Money needed"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))

    class Meta:
        model = Strategy
        fields = ("resources", "effort", "amount", "currency")
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = currencies(self.instance.currency)


class MilestoneForm(PartForm):
    """A date and what stands then."""

    class Meta:
        model = Milestone
        fields = ("title", "on", "reached")
        formfield_callback = house_field


class DutyForm(PartForm):
    """A department and what it carries."""

    class Meta:
        model = Duty
        fields = ("department", "text")
        formfield_callback = house_field


class GoalForm(PartForm):
    """A goal of a strategy; `instance.strategy` is set."""

    kpi = forms.ChoiceField(label=_("KPI"), required=False)

    class Meta:
        model = Goal
        fields = ("title", "kind", "parent", "measure", "kpi", "target", "due_on", "departments", "channels")
        formfield_callback = house_field
        widgets = {"departments": forms.CheckboxSelectMultiple, "channels": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Goal.objects.filter(strategy=self.instance.strategy_id, active=True)
        self.fields["parent"].queryset = others.exclude(pk=self.instance.pk)
        self.fields["parent"].empty_label = gettext("stands for itself")
        chosen = Q(active=True) | Q(goals=self.instance.pk) if self.instance.pk else Q(active=True)
        self.fields["channels"].queryset = Channel.objects.filter(chosen).distinct()
        names = sorted(kpi_names().values(), key=lambda kpi: kpi.name)
        kept = self.instance.kpi
        extra = [(kept, kept)] if kept and kept not in {kpi.code for kpi in names} else []
        self.fields["kpi"].choices = [
            ("", gettext("none yet")),
            *((kpi.code, kpi.name) for kpi in names),
            *extra,
        ]


class ThemeForm(PartForm):
    """A theme."""

    class Meta:
        model = Theme
        fields = ("title", "description")
        formfield_callback = house_field

    def clean_title(self) -> str:
        """Spaces around a title are no part of it."""
        return self.cleaned_data["title"].strip()


class CommentForm(forms.Form):
    """What somebody says about a theme."""

    text = PlainTextField(label=_("Your comment"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class MoveForm(forms.Form):
    """Another column or place on the board; `version` is the theme's that the person saw."""

    state = forms.ChoiceField(label=_("Column"))
    before = forms.ModelChoiceField(queryset=Theme.objects.all(), required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    reason = PlainTextField(
        label=_("Why is it dropped?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only needed for “Dropped”."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        from campaigns.enums import ThemeState

        self.fields["state"].choices = ThemeState.choices
