"""Forms of the author: which briefing to draft, its texts, its questions, publishing, decisions on mails."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience, Language
from briefings.enums import Part
from briefings.models import Briefing
from campaigns.forms.message import token_picker
from campaigns.models import Campaign, CampaignRegion
from core.delivery.states import State
from core.forms import FormHelper, PlainTextField, Section, SingleLineField, VersionedFormMixin

TEXT_MAX, QUESTION_MAX, QUESTIONS_MAX, REASON_MAX = 10_000, 300, 60, 2000


class DraftForm(forms.Form):
    """Which briefing of a campaign to begin (or to go on with)."""

    region = forms.ModelChoiceField(queryset=CampaignRegion.objects.none())
    audience = forms.ChoiceField(choices=Audience)
    language = forms.ChoiceField(choices=Language)

    def __init__(self, *args: Any, campaign: Campaign, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = campaign.regions.select_related("region", "campaign__owner")


_HELP = {
    Part.OFFER: _("One sentence that anybody can say on the phone."),
    Part.SAY: _("One thing per line. Facts of the offer are inserted as tokens, never typed."),
    Part.DONT_SAY: _("One thing per line: promises that nobody can keep."),
    Part.BENEFIT: _("Such as longer returns or free delivery."),
    Part.CONTACT: _("Name and phone number; the number becomes a button on phones."),
}
_ROWS = {Part.OFFER: 2, Part.FOR_WHOM: 2, Part.NOT_FOR_WHOM: 2, Part.SAY: 6, Part.DONT_SAY: 4}


class BriefingForm(VersionedFormMixin, forms.ModelForm):
    """The texts of a draft; every part but the title may stay empty for now."""

    title = SingleLineField(label=_("Title"), max_length=200)

    class Meta:
        model = Briefing
        fields = ["title", *Part.values]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in Part:
            field = PlainTextField(
                label=part.label, required=False, max_length=TEXT_MAX, help_text=_HELP.get(part, "")
            )
            field.widget.attrs["rows"] = _ROWS.get(part, 3)
            self.fields[part.value] = field
        self.helper = FormHelper(
            Section(
                _("The answer first"),
                "title",
                "offer",
                token_picker("offer"),
                help_text=_("What it is, in one breath."),
            ),
            Section(_("Who gets it"), "for_whom", "not_for_whom"),
            Section(
                _("What to say"),
                "say",
                token_picker("say"),
                "dont_say",
                token_picker("dont_say"),
                help_text=_("Staff read this to customers."),
            ),
            Section(_("What is in it"), "benefit", token_picker("benefit"), "incentive"),
            Section(_("Who helps"), "contact"),
            summary=False,
        )


class QuestionForm(forms.Form):
    """What a customer may ask, and the answer; a row without both is left out."""

    question = SingleLineField(label=_("Question"), required=False, max_length=QUESTION_MAX)
    answer = PlainTextField(label=_("Answer"), required=False, max_length=TEXT_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].widget.attrs["rows"] = 2
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        """Both or neither."""
        data = super().clean() or self.cleaned_data
        for here, there in (("question", "answer"), ("answer", "question")):
            if data.get(here) and not data.get(there) and there not in self.errors:
                self.add_error(there, _("Please write both, the question and its answer."))
        return data


class BaseQuestionSet(forms.BaseFormSet):
    """The questions in the order of the page."""

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """The deletion mark is set by a button, and works as a checkbox without scripts."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")

    def pairs(self) -> list[tuple[str, str]]:
        """(question, answer) of all filled rows that stay; only what could be read, for a preview as well."""
        found = []
        for form in self.forms:
            data = getattr(form, "cleaned_data", {})
            if data.get("question") and data.get("answer") and not data.get("DELETE"):
                found.append((data["question"], data["answer"]))
        return found


QuestionFormSet = forms.formset_factory(
    QuestionForm, formset=BaseQuestionSet, extra=1, can_delete=True, max_num=QUESTIONS_MAX, validate_max=True
)


class PublishForm(forms.Form):
    """The last step: ask everybody again or not, and a note on why. `version` is that of the draft seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    ask_again = forms.BooleanField(
        label=_("Ask everybody to confirm again"),
        required=False,
        help_text=_("Not for typing errors and added questions and answers."),
    )
    change_note = PlainTextField(
        label=_("Why is there a new version?"),
        required=False,
        max_length=REASON_MAX,
        help_text=_("Stands in the list of versions."),
    )

    def __init__(self, *args: Any, insists: bool = False, first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["change_note"].widget.attrs["rows"] = 2
        if first or insists:
            del self.fields["ask_again"]
        if first:
            del self.fields["change_note"]
        self.helper = FormHelper()


class DecisionForm(forms.Form):
    """What is decided about a mail, and why."""

    AGAIN, FOUND, CLEARED = "again", "found", "cleared"

    decision = forms.ChoiceField(choices=[(AGAIN, AGAIN), (FOUND, FOUND), (CLEARED, CLEARED)])
    reason = PlainTextField(
        max_length=REASON_MAX, error_messages={"required": _("Please say why.")}, label=_("Reason")
    )


class DeliveryFilter(forms.Form):
    """Which mails of a version to show."""

    state = forms.ChoiceField(label=_("State"), choices=[("", _("All")), *State.choices], required=False)
    q = SingleLineField(label=_("Person"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].widget.attrs["class"] = "form-select"
        self.fields["q"].widget.attrs["class"] = "form-control"
