"""A link for people outside: for whom, until when, what it shows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.document.parts import part_kinds
from campaigns.services.share_links import days_for
from core.forms import DateField, SingleLineField


class LinkForm(forms.Form):
    """For whom and until when; the days are those of the person's time zone."""

    label = SingleLineField(
        label=_("For whom"), max_length=120, help_text=_("Only colleagues see it, e.g. the agency’s name.")
    )
    until = DateField(label=_("Open until"), help_text=_("Through this day, in your time zone."))

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        first, usual, last = days_for(user)
        self.fields["until"].initial = usual
        self.fields["until"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}

    def take_error(self, error: ValidationError) -> None:
        """Show what a service refused: at its field, or above them."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for place, words in error.message_dict.items():
            self.add_error(place if place in self.fields else None, " ".join(words))


class PlanLinkForm(LinkForm):
    """Also which parts of the plan it shows: money only when it is ticked."""

    parts = forms.MultipleChoiceField(
        label=_("What it shows"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one part of the plan.")},
        help_text=_("Name, period, regions, owner and state always stand on the first page."),
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, user=user)
        kinds = part_kinds(user)
        self.fields["parts"].choices = [(kind.key, kind.title) for kind in kinds]
        self.fields["parts"].initial = [kind.key for kind in kinds if kind.usual]
