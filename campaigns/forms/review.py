"""What a reviewer says about a passage and about the whole; whom the planners ask."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaigns.enums import Verdict
from campaigns.models import Review
from core.forms import PlainTextField, VersionedFormMixin

LONGEST = 4000


class VerdictForm(forms.Form):
    """One answer for one passage; `seen_hash` names the words it is about, `seen_text` shows them again."""

    passage = forms.CharField(max_length=80, widget=forms.HiddenInput)
    seen_hash = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen_text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=_("How does this passage read to your customers?"),
        choices=Verdict,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the four answers."),
            "invalid_choice": _("Choose one of the four answers."),
        },
    )
    comment = PlainTextField(
        label=_("What is not clear, wrong or offensive?"), required=False, max_length=LONGEST
    )
    proposal = PlainTextField(label=_("Your proposal"), required=False, max_length=LONGEST)

    def clean(self) -> dict[str, Any]:
        """An objection needs its reason, so that somebody can change the passage."""
        data = super().clean() or self.cleaned_data
        objection = data.get("verdict") not in (None, "", Verdict.CLEAR)
        if objection and "comment" in data and not data["comment"].strip():
            self.add_error("comment", _("Say what is not clear, so that it can be changed."))
        return data

    @property
    def answers(self) -> list[tuple[str, Verdict, bool]]:
        """(key to press, verdict, chosen) for the four radios."""
        chosen = self["verdict"].value()
        return [(str(key), verdict, verdict == chosen) for key, verdict in enumerate(Verdict, start=1)]


class UnderstoodForm(VersionedFormMixin, forms.ModelForm):
    """In the reviewer's own words: what the message says. Kept by version, so that two tabs lose nothing."""

    understood = PlainTextField(
        label=_("What did you understand?"),
        required=False,
        max_length=LONGEST,
        help_text=_("In your own words, as you would tell a customer. It is compared with what was meant."),
    )
    seen_hash = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    class Meta:
        model = Review
        fields = ["understood"]

    def _own_fields(self) -> list[str]:
        return ["understood"]


class AssignForm(forms.Form):
    """Who is asked to review a region and language."""

    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"),
        queryset=User.objects.none(),
        empty_label=_("Choose somebody"),
        error_messages={
            "required": _("Choose somebody who speaks for this region."),
            "invalid_choice": _(
                "This person does not speak for this region, wrote part of the text or has left."
            ),
        },
    )

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        """`people`: those who may be asked; the list is not read again from the database."""
        super().__init__(*args, **kwargs)
        listed = list(people)
        self.fields["reviewer"].queryset = User.objects.filter(pk__in=[user.pk for user in listed])
        self.fields["reviewer"].choices = [
            ("", self.fields["reviewer"].empty_label),
            *((user.pk, str(user)) for user in listed),
        ]


def take_over(form: forms.ModelForm, query: Mapping[str, str], fields: Iterable[str]) -> None:
    """Put a reviewer's proposal (`?field=claim&proposal=…`) into a form that opens; only the person saves it.

    The form still knows what was saved, so that a change by somebody else meanwhile is merged as ever.
    """
    name = query.get("field", "")
    if not form.is_bound and name in set(fields) and query.get("proposal"):
        form.initial[name] = query["proposal"]
