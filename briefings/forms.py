"""Forms of the author: which briefing to draft, its texts, its questions, publishing, decisions on mails."""

from collections.abc import Iterator
from typing import Any

from crispy_forms.layout import HTML
from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience, Language
from briefings.enums import Part
from briefings.forms_rows import TEXT_MAX
from briefings.models import Briefing, BriefingTemplate
from campaigns.forms.message import token_picker
from campaigns.models import Campaign, CampaignRegion
from core.delivery.states import State
from core.forms import (
    FormHelper,
    PlainTextField,
    Section,
    SingleLineField,
    VersionedFormMixin,
    house_field,
)

REASON_MAX = 2000


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
    Part.COMPLAINTS: _("What a customer may be cross about, and what you do then."),
    Part.BENEFIT: _("Such as longer returns or free delivery."),
    Part.INCENTIVE: _("Such as commission on online sales that the store arranged."),
    Part.INBOUND: _(
        "Whoever calls, writes or comes in may hear of the offer, too: when, and in which words."
    ),
    Part.CONTACT: _("Name and phone number; the number becomes a button on phones."),
}
_ROWS = {Part.OFFER: 2, Part.FOR_WHOM: 2, Part.NOT_FOR_WHOM: 2, Part.SAY: 6, Part.DONT_SAY: 4}


def part_field(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """`formfield_callback`: our own field for every part, the house's for the rest."""
    if db_field.name not in Part.values:
        return house_field(db_field, **kwargs)
    part = Part(db_field.name)
    field = PlainTextField(
        label=part.label, required=False, max_length=TEXT_MAX, help_text=_HELP.get(part, "")
    )
    field.widget.attrs["rows"] = _ROWS.get(part, 3)
    return field


def _with_tokens(*names: str) -> Iterator[Any]:
    """Each field with the picker of tokens, and below it what no token stands for."""
    for name in names:
        yield name
        yield token_picker(name)
        yield HTML(
            f'{{% include "briefings/author/unknown.html" with name="{name}" names=unknown.{name} only %}}'
        )


class TextsForm(VersionedFormMixin, forms.ModelForm):
    """Title and parts, of a draft or of a template; every part but the title may stay empty for now."""

    title = SingleLineField(label=_("Title"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(*self.sections(), summary=False)

    def sections(self) -> list[Section]:
        """The parts in the order in which they are read."""
        return [
            Section(
                _("The answer first"),
                *_with_tokens("title", "offer"),
                help_text=_("What it is, in one breath."),
            ),
            Section(_("Who gets it"), *_with_tokens("for_whom", "not_for_whom")),
            Section(
                _("What to say"),
                *_with_tokens("say", "dont_say", "complaints"),
                help_text=_("Staff read this to customers."),
            ),
            Section(_("What is in it"), *_with_tokens("benefit", "incentive")),
            Section(_("Who helps, and how"), *_with_tokens("inbound", "contact")),
        ]


class BriefingForm(TextsForm):
    """The texts of a draft."""

    class Meta:
        model = Briefing
        fields = ["title", *Part.values]
        formfield_callback = part_field


class TemplateForm(TextsForm):
    """A template: its name, for whom it is, and its texts; its tokens have to be known somewhere."""

    class Meta:
        model = BriefingTemplate
        fields = ["name", "audience", "language", "title", *Part.values]
        formfield_callback = part_field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [("", _("Any audience")), *Audience.choices]

    def sections(self) -> list[Section]:
        """What it is called and for whom it is, then the parts."""
        about = Section(
            _("Template"),
            "name",
            "audience",
            "language",
            help_text=_("Authors find it by its name when they begin a briefing."),
        )
        return [about, *super().sections()]


class TakeForm(forms.Form):
    """What is taken over into a draft. `version`: of the draft seen; `seal`: of the source seen."""

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PublishForm(forms.Form):
    """The last step: ask everybody again or not, and a note on why.

    `version` is that of the draft seen, `seal` the hash of what it would have said.
    """

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
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
