"""What the columns of a spreadsheet are."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaigns.models import PlanImport
from campaigns.services import plan_import
from campaigns.services.plan_sheet import NEEDED, label


class ColumnsForm(forms.Form):
    """A choice per column whose name means nothing to us: one of the fields without a column, or none."""

    def __init__(self, data: Any = None, *, kept: PlanImport) -> None:
        super().__init__(data)
        self.missing = [label(name) for name in plan_import.fields_left(kept) if name in NEEDED]
        fields = [(name, label(name)) for name in plan_import.fields_left(kept)]
        for place, name, samples in plan_import.strangers(kept):
            help_text = _("Holds, for instance: %(samples)s") % {"samples": samples} if samples else ""
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name[:80],
                required=False,
                choices=[("", _("leave out")), *fields],
                initial=kept.mapping.get(str(place), ""),
                help_text=help_text,
            )

    @property
    def chosen(self) -> dict[str, str]:
        """The field by place of the column."""
        return {name.removeprefix("column_"): value for name, value in self.cleaned_data.items()}

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its column."""
        for place, words in error.message_dict.items():
            self.add_error(f"column_{place}", words)
