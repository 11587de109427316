"""Inviting partners, asking, contributing, answering, and what one wants to be told of."""

import re
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import Department, User
from campaigns.enums import ContributionState, Topic
from campaigns.models import Campaign, CampaignPartner, Contribution
from campaigns.models.partner import usual_topics
from campaigns.services.contributions import LONGEST
from campaigns.services.team import Wanted
from core.forms import DateField, PlainTextField, RecordsField

# So many people are offered with a tick; everybody else is named.
OFFERED, MOST_NAMED = 40, 50


def people_to_invite() -> QuerySet[User]:
    """Everybody who is here and holds any role."""
    return User.objects.here().filter(grants__isnull=False).distinct()


def words(label: Any, rows: int = 3, **kwargs: Any) -> PlainTextField:
    """A field for a few sentences."""
    widget = forms.Textarea(attrs={"rows": rows})
    return PlainTextField(label=label, max_length=LONGEST, widget=widget, **kwargs)


def not_over(day: date) -> None:
    """ValidationError for a day before today."""
    if day < timezone.localdate():
        raise ValidationError(_("This day is over."))


class TakesErrors:
    """Shows what a service refused at its field."""

    def take_error(self, error: ValidationError) -> None:
        """The messages at their fields, or above the form."""
        found = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for place, said in found.items():
            self.add_error(place if place in self.fields else None, said)


class PersonBoxes(RecordsField):
    """People with their department, to tick."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj} · {obj.department}" if obj.department else str(obj)


def topics_field(**kwargs: Any) -> forms.MultipleChoiceField:
    """Ticks for what somebody is told of."""
    return forms.MultipleChoiceField(
        choices=Topic.choices, widget=forms.CheckboxSelectMultiple, required=False, **kwargs
    )


class InviteForm(TakesErrors, forms.Form):
    """Departments and people, what is wanted of them, and what they are told of."""

    departments = RecordsField(
        label=gettext_lazy("Departments"),
        queryset=Department.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Everybody there with the role of a partner sees the plan."),
    )
    people = PersonBoxes(
        label=gettext_lazy("Partners, leads and managers"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = PlainTextField(
        label=gettext_lazy("Other people"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Names or e-mail addresses, with commas or line breaks between them."),
    )
    wanted = words(
        gettext_lazy("What is wanted of them"),
        required=False,
        help_text=gettext_lazy("They find it on Home and in the invitation; the answer comes back to you."),
    )
    due_on = DateField(label=gettext_lazy("Wanted by"), required=False, validators=[not_over])
    topics = topics_field(
        label=gettext_lazy("They are told when this changes"),
        help_text=gettext_lazy("Each of them can choose otherwise for himself."),
    )

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data)
        self.initial["topics"] = usual_topics()
        rows = list(campaign.partners.all())
        self.taken = {row.person_id for row in rows if row.person_id} | {campaign.owner_id}
        gone = [row.department_id for row in rows if row.department_id]
        self.fields["departments"].queryset = Department.objects.exclude(pk__in=gone)
        self.fields["people"].queryset = self._offered()
        for name in ("departments", "people"):
            self.fields[name].error_messages["invalid_choice"] = _(
                "One of these is a partner already, or not there any more. Please look again."
            )

    def _offered(self) -> QuerySet[User]:
        usual = people_to_invite().holding(Role.PARTNER, Role.TEAM_LEAD, Role.MANAGER)
        found = usual.exclude(pk__in=self.taken).order_by("department__code", "last_name", "pk")
        shown = list(found.values_list("pk", flat=True)[:OFFERED])
        people = User.objects.filter(pk__in=shown).select_related("department")
        return people.order_by("department__code", "last_name", "first_name", "pk")

    def clean_others(self) -> list[User]:
        """The people behind the names; every name that fits nobody, or several, is named."""
        named = [one.strip() for one in re.split(r"[,;\n]", self.cleaned_data["others"]) if one.strip()]
        if len(named) > MOST_NAMED:
            raise ValidationError(_("At most %(number)d people at once.") % {"number": MOST_NAMED})
        full = Concat("first_name", Value(" "), "last_name")
        asked = Q()
        for one in named:
            asked |= Q(email__iexact=one) | Q(full__iexact=one)
        known = list(people_to_invite().annotate(full=full).filter(asked)) if named else []
        found, problems = [], []
        for one in named:
            fits = [person for person in known if one.casefold() in _names(person)]
            if len(fits) == 1:
                found += fits
            elif fits:
                problems.append(
                    _("Several people are called “%(name)s”; write the e-mail address.") % {"name": one}
                )
            else:
                problems.append(_("Nobody here with a role is called “%(name)s”.") % {"name": one})
        if problems:
            raise ValidationError(problems)
        return [person for person in found if person.pk not in self.taken]

    def clean(self) -> dict[str, Any]:
        """Somebody has to be chosen; a day needs words."""
        data = super().clean()
        chosen = any(data.get(name) for name in ("departments", "people", "others"))
        if not chosen and not self.errors:
            self.add_error("departments", _("Choose a department or a person who is no partner yet."))
        if data.get("due_on") and not data.get("wanted") and "wanted" not in self.errors:
            self.add_error("wanted", _("Say what is wanted by this day."))
        return data

    def invitation(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = self.cleaned_data
        people = {person.pk: person for person in [*data["people"], *data["others"]]}
        return {
            "departments": data["departments"],
            "people": [people[pk] for pk in sorted(people)],
            "topics": data["topics"],
            "wanted": Wanted(data["wanted"], data["due_on"]) if data["wanted"] else None,
        }


def _names(person: User) -> set[str]:
    return {person.email.casefold(), person.get_full_name().casefold()}


class TalkForm(TakesErrors, forms.Form):
    """A request, a question or a contribution; `kind` says which. One form makes one of them."""

    submission = forms.UUIDField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=gettext_lazy("To"))
    text = words("")
    due_on = DateField(label=gettext_lazy("Wanted by"), required=False, validators=[not_over])

    def __init__(self, data: Any = None, *, kind: str, rows: list[CampaignPartner], to: str = "") -> None:
        super().__init__(data)
        self.kind, self.rows = kind, {row.key: row for row in rows}
        self.initial |= {"submission": uuid4(), "to": to}
        choices = [(row.key, str(row.who)) for row in rows]
        if kind == "question":
            choices.insert(0, ("", _("The campaign's team")))
            self.fields["to"].required = False
        self.fields["to"].choices = choices
        self.fields["to"].error_messages["invalid_choice"] = _("This is no partner any more. Choose again.")
        self.fields["text"].label = LABELS[kind]
        if kind == "offer":
            del self.fields["to"], self.fields["due_on"]

    def said(self) -> dict[str, Any]:
        """The arguments of the service."""
        data = dict(self.cleaned_data)
        if "to" in data:
            data["to"] = self.rows.get(data["to"])
        return data


LABELS = {
    "ask": gettext_lazy("What is wanted"),
    "question": gettext_lazy("Your question"),
    "offer": gettext_lazy("Your contribution"),
}


class NoteForm(TakesErrors, forms.Form):
    """The words of an answer, or of the reason; which of them are needed, the service says."""

    text = words("", rows=2, required=False)

    def __init__(self, data: Any = None, *, note: Contribution) -> None:
        super().__init__(data, auto_id=f"id_note{note.pk}_%s")
        self.note = note
        answers = note.state == ContributionState.OPEN
        self.fields["text"].label = _("Your answer") if answers else _("A word on it")
        self.fields["text"].help_text = "" if answers else _("Needed only when you decline it.")


class TopicsForm(TakesErrors, forms.Form):
    """What one wants to be told of in this campaign; nothing ticked is nothing told."""

    topics = topics_field(
        label=gettext_lazy("Tell me when this changes"),
        help_text=gettext_lazy(
            "Tick nothing to hear of no changes. Requests and answers reach you all the same."
        ),
    )
