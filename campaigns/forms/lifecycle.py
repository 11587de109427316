"""Small forms of the steps in a campaign's life: a reason, an exception, another share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import FormHelper, PlainTextField

REASON_LENGTH = 2000


class ReasonForm(forms.Form):
    """Why something is done; `needed` says whether it must be filled, `label` asks for it."""

    reason = PlainTextField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args: Any, label: Any = "", needed: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = needed
        self.fields["reason"].widget = forms.Textarea(attrs={"rows": 3, "class": "form-control"})
        self.helper = FormHelper()
        if label:
            self.fields["reason"].label = label


class ShareForm(ReasonForm):
    """Another agreed share of confirmations, with its reason."""

    share = forms.DecimalField(
        label=_("Share that must have confirmed, in percent"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        localize=True,
    )
    field_order = ["share", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("Why another share?"), **kwargs)
        self.fields["share"].widget.attrs["class"] = "form-control"
