"""Saying why a campaign does without a channel."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import LeftOut
from core.forms import FormHelper, PlainTextField, Section, VersionedFormMixin


class LeaveOutForm(VersionedFormMixin, forms.ModelForm):
    """The reason, kept with the campaign."""

    reason = PlainTextField(
        label=_("Why the campaign does without it"),
        max_length=1000,
        help_text=_("Stands on the touchpoint map and beside the plan, with your name."),
    )

    class Meta:
        model = LeftOut
        fields = ["reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.initial["version"] = 0
        self.helper = FormHelper(Section(_("Leave it out"), "reason"))

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for name, words in error.message_dict.items():
            self.add_error(name if name in self.fields else None, words)
