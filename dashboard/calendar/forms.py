"""The forms of the side panel."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models.views import SavedPage
from campaigns.services.flight_rows import Hours
from core.forms import DateField, SingleLineField

VERSION_LOST = gettext_lazy("This form lost its version. Please open the panel again.")
CLOCK = {"type": "time", "class": "form-control"}


class PeriodForm(forms.Form):
    """First and last day of something, over the version that was seen."""

    starts_on = DateField(label=gettext_lazy("From"))
    ends_on = DateField(label=gettext_lazy("To"))
    version = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages=dict.fromkeys(("required", "invalid"), VERSION_LOST),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("starts_on", "ends_on"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def take_error(self, error: ValidationError) -> None:
        """A service's refusal, at the field that it names."""
        places = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for place, words in places.items():
            for word in words:
                self.add_error(place if place in self.fields else None, word)


class NewFlightForm(PeriodForm):
    """A flight to be added: on which of the campaign's channels, and when."""

    row = forms.ChoiceField(label=gettext_lazy("Channel"))

    def __init__(self, *args: Any, rows: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        self.fields["row"].choices = rows
        self.fields["row"].widget.attrs["class"] = "form-select"

    field_order = ["row", "starts_on", "ends_on"]


class HoursForm(forms.Form):
    """One daypart; without hours it counts as none."""

    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("Weekdays"),
        choices=[(str(day), WEEKDAYS_ABBR[day]) for day in range(7)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    begins = forms.TimeField(
        label=gettext_lazy("From"), required=False, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M")
    )
    ends = forms.TimeField(
        label=gettext_lazy("To"), required=False, widget=forms.TimeInput(attrs=CLOCK, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        """Both hours or none, and a weekday."""
        data = super().clean()
        begins, ends = data.get("begins"), data.get("ends")
        if (begins is None) != (ends is None) and not self.errors:
            raise ValidationError(_("A daypart needs a beginning and another end."), code="half")
        if begins is not None and not data.get("weekdays"):
            raise ValidationError(_("A daypart needs at least one weekday."), code="weekday")
        return data

    @property
    def hours(self) -> Hours | None:
        """What was entered; only after `is_valid()`."""
        data = self.cleaned_data
        if data.get("begins") is None:
            return None
        return Hours(sum(1 << int(day) for day in data["weekdays"]), data["begins"], data["ends"])


HoursFormSet = forms.formset_factory(HoursForm, extra=1, max_num=12, validate_max=True)


def hours_initial(hours: list[Hours]) -> list[dict[str, Any]]:
    """What the forms of a flight's dayparts begin with."""
    return [
        {
            "weekdays": [str(day) for day in range(7) if one.weekdays >> day & 1],
            "begins": one.begins,
            "ends": one.ends,
        }
        for one in hours
    ]


class SavedViewForm(forms.Form):
    """A name for what the calendar shows now, and who sees it."""

    name = SingleLineField(label=gettext_lazy("Name"), max_length=80)
    shared = forms.BooleanField(label=gettext_lazy("Colleagues see it, too"), required=False)
    page = forms.ChoiceField(choices=SavedPage.choices, required=False)
    query = forms.CharField(max_length=1000, required=False)
