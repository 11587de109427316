"""Forms of the portfolio: the limits, why a warning may stay, and what a suggestion's button sends."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.forms import FormHelper, Section, VersionedFormMixin, house_field
from dashboard.enums import StepKind
from dashboard.models import LoadRules
from dashboard.portfolio.services import FIELDS


class LimitsForm(VersionedFormMixin, forms.ModelForm):
    """The limits by which the portfolio warns."""

    class Meta:
        model = LoadRules
        fields = list(FIELDS)
        formfield_callback = house_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(
            Section(
                _("Fewer and longer"),
                "shortest_days",
                "shared_days",
                columns=2,
                help_text=_("An empty field never warns."),
            ),
            Section(
                _("For customers"),
                "target_most",
                "channel_most",
                "region_most",
                "same_offer",
                columns=2,
                help_text=_("How much reaches the same people at the same time."),
            ),
            Section(
                _("For colleagues"),
                "expert_most",
                "owner_most",
                "team_most",
                columns=2,
                help_text=_("How much one person or team has to carry at the same time."),
            ),
        )


class AsideForm(forms.Form):
    """Why a warning may stay as it is; `facts` is what the person has read."""

    facts = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    reason = forms.CharField(
        label=_("Why it may stay as it is"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who sees the warning reads this. It stands again when the facts change."),
    )


class StepForm(forms.Form):
    """What the button of a suggestion sends."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.label) for kind in StepKind])
    version = forms.IntegerField(min_value=0)
    first = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    last = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    channel = forms.IntegerField(required=False, min_value=0)
    person = forms.ModelChoiceField(User.objects.filter(is_active=True), required=False)

    def clean(self) -> dict[str, Any]:
        """Days for a move, a person for handing over."""
        found = super().clean()
        moves = found.get("kind") in (StepKind.MOVE, StepKind.LENGTHEN)
        if moves and not (found.get("first") and found.get("last")):
            raise forms.ValidationError(_("This suggestion cannot be read any more."))
        if not moves and not found.get("person"):
            raise forms.ValidationError(_("This suggestion cannot be read any more."))
        return found
