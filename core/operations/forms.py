"""What operators choose and decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from core.delivery.handling import all_handlings
from core.forms import PlainTextField
from core.operations.queue import ROUTE_NAMES, TROUBLES

MOST_AT_ONCE = 200
REASON_LENGTH = 2000


def _routes() -> list[tuple[str, Any]]:
    return [("", _("All")), *ROUTE_NAMES.items()]


class TroubleFilter(forms.Form):
    """Which messages to show; kept in the address."""

    trouble = forms.ChoiceField(label=_("State"), required=False, choices=lambda: list(TROUBLES.items()))
    route = forms.ChoiceField(label=_("Way"), required=False, choices=_routes)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in self.fields.values():
            one.widget.attrs["class"] = "form-select"


class DecideForm(forms.Form):
    """What is decided about which messages, and why."""

    AGAIN, FOUND, ASIDE = "again", "found", "aside"

    decision = forms.ChoiceField(choices=[(AGAIN, AGAIN), (FOUND, FOUND), (ASIDE, ASIDE)])
    reason = PlainTextField(
        label=_("Reason"), max_length=REASON_LENGTH, error_messages={"required": _("Please say why.")}
    )

    def clean(self) -> dict[str, Any]:
        """The chosen messages as (label, pk), from the checkboxes called row."""
        data = super().clean()
        chosen = self.data.getlist("row")
        if not chosen:
            raise ValidationError(_t("Please choose at least one message."))
        if len(chosen) > MOST_AT_ONCE:
            raise ValidationError(_t("Please choose at most %(number)d messages.") % {"number": MOST_AT_ONCE})
        data["rows"] = [_key(one) for one in chosen]
        return data


def _key(text: str) -> tuple[str, int]:
    label, _colon, pk = text.rpartition(":")
    if label not in {handling.label for handling in all_handlings()} or not pk.isdecimal() or len(pk) > 18:
        raise ValidationError(_t("Please choose messages of the list."))
    return label, int(pk)
