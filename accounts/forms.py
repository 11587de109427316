"""Forms about people and teams: what they take, and how they are laid out."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Audience
from accounts.models import Region, Team, User
from accounts.permissions import FRONT, MANAGING
from core.forms import (
    DateField,
    FormHelper,
    Section,
    SingleLineField,
    VersionedFormMixin,
    house_field,
)

# Signs of a name that is searched for, and people offered at once.
QUERY_LENGTH = 80
CANDIDATES_SHOWN = 20


def attempt(form: forms.BaseForm, service: Callable[..., Any], **kwargs: Any) -> bool:
    """Call a service with what the form brought; False when it refuses: its words then stand at the field."""
    try:
        service(**kwargs)
    except ValidationError as refusal:
        attach(form, refusal)
        return False
    return True


def attach(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Put a service's refusal to the fields it names, what names none of them to the form."""
    by_field = refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}
    for name, messages in by_field.items():
        form.add_error(name if name in form.fields else None, messages)


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Names of time zones that people live in, such as Europe/Vienna."""
    return tuple(
        sorted(z for z in available_timezones() if "/" in z and not z.startswith(("Etc/", "SystemV/")))
    )


class SettingsForm(forms.ModelForm):
    """A person's own name and how Einklang speaks to him."""

    timezone = forms.ChoiceField(label=_("Time zone"))

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "language", "timezone", "theme"]
        formfield_callback = house_field
        labels = {"first_name": _("First name"), "last_name": _("Last name")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_name"].required = self.fields["last_name"].required = True
        names = dict.fromkeys([*zones(), self.instance.timezone])
        self.fields["timezone"].choices = [(name, name.replace("_", " ")) for name in sorted(names)]
        self.helper = FormHelper(
            Section(_("You"), "first_name", "last_name", "phone", columns=2),
            Section(
                _("How Einklang speaks to you"),
                "language",
                "timezone",
                "theme",
                columns=2,
                help_text=_("Pages, mails and briefings follow your language and your time zone."),
            ),
        )


class AbsenceForm(forms.Form):
    """Days away."""

    starts_on = DateField(label=_("First day away"))
    ends_on = DateField(label=_("Last day away"))
    note = SingleLineField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()

    def clean(self) -> dict[str, Any]:
        """Say a wrong order at its place before the service does."""
        data = super().clean()
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first one."))
        return data


class MemberForm(forms.Form):
    """One more member for a team: found by name, then chosen of the list."""

    find = SingleLineField(
        label=_("Add a person"),
        required=False,
        max_length=QUERY_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        help_text=_("Name or e-mail address: staff of the team's regions who are not in it yet."),
    )
    user = forms.ModelChoiceField(
        User.objects.none(),
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Please choose a person of the list."),
            "invalid_choice": _(
                "Please choose a person of the list: staff of the team's regions who are here."
            ),
        },
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = candidates(team)

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with the choice stands at the field that people see."""
        super().add_error("find" if field == "user" else field, error)

    @property
    def typed(self) -> str:
        """What was typed to find somebody."""
        return str(self["find"].value() or "").replace("\0", "").strip()[:QUERY_LENGTH]

    def matches(self) -> dict[str, Any]:
        """The first people who are called what was typed and can be chosen, and whether there are more."""
        found = list(self.fields["user"].queryset.called(self.typed)[: CANDIDATES_SHOWN + 1])
        return {"people": found[:CANDIDATES_SHOWN], "more": len(found) > CANDIDATES_SHOWN}


def candidates(team: Team) -> Any:
    """Staff of the team's regions who are here and no members yet."""
    in_region = Q(grants__region__isnull=True) | Q(grants__region__in=team.regions.all())
    staff = User.objects.here().filter(in_region, grants__role__in=FRONT)
    return staff.exclude(memberships__team=team).distinct()


class TeamForm(VersionedFormMixin, forms.ModelForm):
    """A team: whom it serves, where, and who leads it."""

    class Meta:
        model = Team
        fields = ["name", "audience", "regions", "lead", "deputy", "active"]
        formfield_callback = house_field
        widgets = {"regions": forms.CheckboxSelectMultiple}
        help_texts = {
            "lead": _("Is told when briefings are not confirmed, and looks after members and absences."),
            "active": _("A team that is not active is not briefed."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        self.by = by
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = self._regions()
        staff = User.objects.here().holding(*FRONT)
        self.fields["lead"].queryset = self.fields["deputy"].queryset = staff
        self.helper = FormHelper(
            Section(_("The team"), "name", "audience", "active"),
            Section(
                _("Where it serves"),
                "regions",
                help_text=_("Its people get the briefings of these regions and confirm them."),
            ),
            Section(_("Who leads it"), "lead", "deputy", columns=2),
        )

    def _regions(self) -> Any:
        """Regions in use that the person manages, and those the team has."""
        managed = self.by.rights.regions(*MANAGING)
        own = Q(active=True) if managed is None else Q(active=True, pk__in=managed)
        has = Q(pk__in=self.instance.regions.all()) if self.instance.pk else Q()
        return Region.objects.filter(own | has) if self.instance.pk else Region.objects.filter(own)

    def form_kwargs(self) -> dict[str, Any]:
        """What a fresh form for the comparison needs."""
        return {"by": self.by}


class TeamFilter(forms.Form):
    """What the list of teams shows; kept in the address."""

    audience = forms.ChoiceField(label=_("Audience"), required=False)
    region = forms.ModelChoiceField(
        Region.objects.filter(active=True), label=_("Region"), required=False, to_field_name="code"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["audience"].choices = [("", _("All")), *Audience.choices]
        self.fields["region"].empty_label = _("All")
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select"
