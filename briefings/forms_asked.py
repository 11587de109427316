"""Forms for questions from the desk: what is asked, what is answered to whom, about which campaign."""

import uuid
from typing import Any

from crispy_forms.layout import Div, Field
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Region
from briefings.models import AskedQuestion, Briefing
from campaigns.models import Campaign
from core.forms import FormHelper, PlainTextField, RecordsField, SingleLineField

SAID_MAX, ANSWER_MAX, REASON_MAX = 1000, 10_000, 2000


class AskForm(forms.Form):
    """What the customer said, and where. `submission` makes a double click one question."""

    said = PlainTextField(
        label=_("What did the customer say?"),
        max_length=SAID_MAX,
        help_text=_("In his words, without his name or number."),
    )
    region = forms.ModelChoiceField(label=_("Region"), queryset=Region.objects.none(), empty_label=None)
    submission = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, regions: list[Region], **kwargs: Any) -> None:
        kwargs["initial"] = {"submission": uuid.uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.filter(pk__in=[one.pk for one in regions])
        if len(regions) == 1:
            self.fields["region"].initial = regions[0]
            self.fields["region"].widget = forms.HiddenInput()
        self.fields["said"].widget.attrs["rows"] = 3
        self.helper = FormHelper()


class AnswerForm(forms.Form):
    """The answer and for whom it is: all who are briefed, the asker alone, or nobody, with a reason."""

    BRIEFINGS, ASKER, DECLINE = "briefings", "asker", "decline"
    ENTRIES = {BRIEFINGS: ("question", "answer", "briefings"), ASKER: ("answer",), DECLINE: ("reason",)}

    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        widget=forms.RadioSelect,
        choices=[
            (BRIEFINGS, _("A question and answer of the briefing: all who are briefed find it")),
            (ASKER, _("An answer for the person who asked, nobody else")),
            (DECLINE, _("No answer, for a reason that the person is told")),
        ],
        initial=BRIEFINGS,
    )
    question = SingleLineField(label=_("The question, as staff read it"), max_length=300, required=False)
    answer = PlainTextField(label=_("The answer"), max_length=ANSWER_MAX, required=False)
    briefings = RecordsField(
        label=_("Briefings that get it"),
        queryset=Briefing.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    urgent = forms.ChoiceField(
        label=_("Who has confirmed already is told"),
        widget=forms.RadioSelect,
        choices=[("", pgettext_lazy("told", "in his digest")), ("now", pgettext_lazy("told", "at once"))],
        required=False,
    )
    ask_again = forms.BooleanField(
        label=_("Ask everybody to confirm again"),
        required=False,
        help_text=_("Only if the answer changes what must be said."),
    )
    reason = PlainTextField(label=_("Why there is no answer"), max_length=REASON_MAX, required=False)

    def __init__(self, *args: Any, asked: AskedQuestion, briefings: list[Briefing], **kwargs: Any) -> None:
        here = [
            one.pk
            for one in briefings
            if one.campaign_region.region_id == asked.region_id and one.language == asked.asker.language
        ]
        given = {"question": " ".join(asked.said.split())[:300], "briefings": here}
        kwargs["initial"] = given | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        self.fields["briefings"].queryset = Briefing.objects.filter(pk__in=[one.pk for one in briefings])
        self.fields["briefings"].choices = [(one.pk, _named(one)) for one in briefings]
        if not briefings:
            self.fields["outcome"].choices = self.fields["outcome"].choices[1:]
            self.fields["outcome"].initial = self.ASKER
            for name in ("briefings", "urgent", "ask_again"):
                del self.fields[name]
        for name in ("answer", "reason"):
            self.fields[name].widget.attrs["rows"] = 3
        self.helper = FormHelper(*self._layout())

    def _layout(self) -> list[Any]:
        """Entries in groups; the style sheet shows those that the chosen outcome needs."""
        shared = [name for name in ("briefings", "urgent", "ask_again") if name in self.fields]
        return [
            Field("outcome", wrapper_class="ek-field--col"),
            Div("question", "answer", css_class="ek-if ek-if--answer"),
            *([Div(*shared, css_class="ek-if ek-if--briefings")] if shared else []),
            Div("reason", css_class="ek-if ek-if--decline"),
        ]

    def clean(self) -> dict[str, Any]:
        """What the chosen outcome needs is there."""
        data = super().clean() or self.cleaned_data
        for name in self.ENTRIES.get(data.get("outcome", ""), ()):
            if name in self.fields and name not in self.errors and not data.get(name):
                self.add_error(name, _MISSING[name])
        return data


_MISSING = {
    "question": _("Please write the question as staff will read it."),
    "answer": _("Please write the answer."),
    "briefings": _("Please choose at least one briefing, or answer only the person who asked."),
    "reason": _("Please say why."),
}


def _named(briefing: Briefing) -> str:
    parts = (
        briefing.campaign_region.region.name,
        briefing.get_audience_display(),
        briefing.get_language_display(),
    )
    return " · ".join(str(part) for part in parts)


class AssignForm(forms.Form):
    """The campaign that a question belongs to."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), empty_label=_("Please choose")
    )

    def __init__(self, *args: Any, campaigns: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["campaign"].queryset = campaigns
        self.helper = FormHelper()
