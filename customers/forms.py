"""Forms about target groups."""

from collections.abc import Iterable
from typing import Any

from crispy_forms.layout import Field
from django import forms
from django.db.models import Q
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Region
from channels.models import Channel, JourneyPhase
from core.forms import FormHelper, Section, SingleLineField, VersionedFormMixin, house_field
from customers.enums import Buying, Level, LifePhase, Relation, TimeOfDay, time_choices
from customers.models import Interest, TargetGroup
from customers.services import Uses

UNKNOWN = ""


class Ticks(forms.MultipleChoiceField):
    """Any number of words of a list, kept as a list of codes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)


class GroupFields(forms.ModelForm):
    """What pages and the admin share: lists of codes as ticks, themes and regions in use."""

    times = Ticks(label=_("When they like to interact"))
    life = Ticks(label=_("Phase of life"), choices=LifePhase)
    relations = Ticks(label=_("Relation to us"), choices=Relation)
    buys = Ticks(label=_("Where they buy"), choices=Buying)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["times"].choices = time_choices()
        has = Q(groups=self.instance) if self.instance.pk else Q(pk__in=[])
        self.fields["interests"].queryset = Interest.objects.filter(Q(active=True) | has).distinct()
        own = self.instance.regions.all() if self.instance.pk else Region.objects.none()
        regions = Region.objects.filter(Q(active=True) | Q(pk__in=own.values("pk")))
        self.fields["regions"].queryset = regions

    def clean(self) -> dict[str, Any]:
        """The second age is not the lower one."""
        super().clean()
        first, last = self.cleaned_data.get("age_from"), self.cleaned_data.get("age_to")
        if first is not None and last is not None and last < first:
            self.add_error("age_to", _("The second age lies before the first."))
        return self.cleaned_data


class GroupForm(VersionedFormMixin, GroupFields):
    """A target group: who belongs to it, and what is known of them."""

    interest_de = SingleLineField(label=_("Another theme (German)"), max_length=120, required=False)
    interest_en = SingleLineField(label=_("Another theme (English)"), max_length=120, required=False)

    class Meta:
        model = TargetGroup
        fields = [
            *("name_de", "name_en", "insight", "looks_for_de", "looks_for_en", "interests", "times"),
            *("meets_de", "meets_en", "decision_style", "decides_de", "decides_en"),
            *("age_from", "age_to", "regions", "life", "relations", "buys", "active"),
        ]
        formfield_callback = house_field
        widgets = {
            "interests": forms.CheckboxSelectMultiple,
            "regions": forms.CheckboxSelectMultiple,
            **{
                f"{name}_{code}": forms.Textarea({"rows": 4})
                for name in ("looks_for", "meets", "decides")
                for code in ("de", "en")
            },
            "insight": forms.Textarea({"rows": 3}),
        }
        labels = {"insight": _("In short"), "decision_style": _("How they come to a decision")}
        help_texts = {
            "insight": _("What everybody should know of them; it stands beside the message first."),
            "active": _(
                "Campaigns can no longer choose a group that isn't active; those that have it keep it."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision_style"].choices = [
            (UNKNOWN, _("not known")),
            *self.fields["decision_style"].choices[1:],
        ]
        if not self.fields["interests"].queryset:
            del self.fields["interests"]
        self.helper = FormHelper(
            Section(
                _("The target group"),
                "name_de",
                "name_en",
                Field("insight", wrapper_class="full"),
                "active",
                columns=2,
            ),
            Section(
                _("What they look for"),
                *("looks_for_de", "looks_for_en"),
                *(name for name in ("interests",) if name in self.fields),
                *("interest_de", "interest_en"),
                help_text=_("What problem of theirs do we solve, and which themes make them listen?"),
                columns=2,
            ),
            Section(
                _("When and where they like to interact"),
                Field("times", template="customers/time_grid.html"),
                *("meets_de", "meets_en"),
                help_text=_("Times in their own time zone."),
                columns=2,
            ),
            Section(
                _("How they decide"),
                Field("decision_style", wrapper_class="full"),
                "decides_de",
                "decides_en",
                columns=2,
            ),
            Section(
                _("Who belongs to it"),
                *("age_from", "age_to", "regions", "life", "relations", "buys"),
                help_text=_(
                    "What you leave open means everybody. From this, overlaps between groups are told."
                ),
                columns=2,
            ),
        )

    def clean(self) -> dict[str, Any]:
        """A new theme has a name in both languages."""
        super().clean()
        pair = {name: self.cleaned_data.get(name) for name in ("interest_de", "interest_en")}
        for name, words in pair.items():
            if not words and any(pair.values()) and name not in self.errors:
                self.add_error(name, _("Please name the theme in both languages."))
        return self.cleaned_data

    @property
    def kept(self) -> dict[str, Any]:
        """The entries as `save_group` takes them; only after `is_valid()`."""
        entries = self.values
        pair = entries.pop("interest_de"), entries.pop("interest_en")
        return entries | {"new_interest": pair if any(pair) else None}

    @property
    def weekdays(self) -> list[Any]:
        """Short names of the days, Monday first."""
        return list(WEEKDAYS_ABBR.values())

    @property
    def grid(self) -> list[tuple[Any, list[Any]]]:
        """The ticks of the grid of times by part of the day, Monday first."""
        ticks = list(self["times"])
        rows = [ticks[place : place + 7] for place in range(0, len(ticks), 7)]
        return [(part.label, row) for part, row in zip(TimeOfDay, rows, strict=True)]


def use_field(channel: int, phase: int) -> str:
    """The name of the field for a channel in a phase."""
    return f"use_{channel}_{phase}"


class UsesFields(forms.Form):
    """A choice for every channel in every phase, empty where nobody knows."""

    def __init__(
        self,
        data: Any = None,
        *,
        instance: TargetGroup,
        channels: Iterable[Channel],
        phases: Iterable[JourneyPhase],
    ) -> None:
        self.instance = instance
        self.channels, self.phases = list(channels), list(phases)
        now = {(row.channel_id, row.phase_id): row.level for row in instance.uses.all()}
        super().__init__(data)
        for channel in self.channels:
            for phase in self.phases:
                name = use_field(channel.pk, phase.pk)
                self.fields[name] = self._field(channel, phase)
                self.initial[name] = now.get((channel.pk, phase.pk))

    def _field(self, channel: Channel, phase: JourneyPhase) -> forms.Field:
        words = gettext("%(channel)s, %(phase)s") % {"channel": channel, "phase": phase}
        return forms.TypedChoiceField(
            label=words,
            choices=[(UNKNOWN, "–"), *Level.choices],
            coerce=int,
            empty_value=None,
            required=False,
            widget=forms.Select({"class": "form-select form-select-sm", "aria-label": words}),
        )

    @property
    def rows(self) -> list[tuple[Channel, list[tuple[JourneyPhase, Any]]]]:
        """Bound fields by channel and phase."""
        return [
            (channel, [(phase, self[use_field(channel.pk, phase.pk)]) for phase in self.phases])
            for channel in self.channels
        ]

    @property
    def uses(self) -> Uses:
        """What the form says; only after `is_valid()`."""
        return {
            (channel.pk, phase.pk): self.cleaned_data[use_field(channel.pk, phase.pk)]
            for channel in self.channels
            for phase in self.phases
        }


class UsesForm(VersionedFormMixin, UsesFields):
    """How much a target group uses each channel in each phase of the journey."""

    def form_kwargs(self) -> dict[str, Any]:
        """For the form of the group as saved by somebody else."""
        return {"channels": self.channels, "phases": self.phases}
