"""Making a campaign from another one, and keeping one as a template."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns import copying
from campaigns.forms.strategy import PartForm
from campaigns.models import CampaignTemplate
from campaigns.services.copying import Source
from core.forms import DateField, SingleLineField, house_field

# The same days of the week a year later.
YEAR = timedelta(days=364)


class CopyForm(forms.Form):
    """Name, first day and what comes along; only parts that there are can be ticked."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    name = SingleLineField(label=_("Name of the new campaign"), max_length=200)
    starts_on = DateField(label=_("First day"))
    parts = forms.MultipleChoiceField(
        label=_("What comes along"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, source: Source) -> None:
        super().__init__(data)
        there = [part for part in copying.all_parts() if source.parts.get(part.key)]
        self.fields["parts"].choices = [(part.key, _said(part)) for part in there]
        past = source.template or source.starts_on <= timezone.localdate()
        self.initial = {
            "submission": uuid4(),
            "name": source.name,
            "starts_on": self._later(source) if past else source.starts_on,
            "parts": [part.key for part in there],
        }

    def _later(self, source: Source) -> Any:
        day = source.starts_on
        while day <= timezone.localdate():
            day += YEAR
        return day

    def take_error(self, error: ValidationError) -> None:
        """Show what a service refused: at its field, or above them."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for place, words in error.message_dict.items():
            self.add_error(place if place in self.fields else None, " ".join(words))


def _said(part: copying.Part) -> str:
    return f"{part.title} – {part.hint}" if part.hint else part.title


class TemplateForm(forms.Form):
    """The name of a template and what it is good for."""

    name = SingleLineField(label=_("Name of the template"), max_length=120)
    note = SingleLineField(label=_("What it is good for"), max_length=300, required=False)


class TemplateEditForm(PartForm):
    """The same of a template that there is."""

    class Meta:
        model = CampaignTemplate
        fields = ("name", "note")
        formfield_callback = house_field
        labels = {"name": _("Name of the template"), "note": _("What it is good for")}
        error_messages = {"name": {"unique": _("There is a template of this name already.")}}
