"""The stages of a rollout in one form, and the decision at a checkpoint."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.enums import StageAnswer
from campaigns.models import Campaign
from campaigns.services.dossier import Dossier
from campaigns.services.stages import StagePlan, steps_of
from core.forms import DateField, PlainTextField, SingleLineField

MOST = 6
KEYS = ("name", "regions", "checkpoint_on", "question")


class StagesForm(forms.Form):
    """A row per stage; rows without name and region fall away. There is always one more to fill."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, campaign: Campaign) -> None:
        super().__init__(data)
        dossier = Dossier(campaign)
        steps = steps_of(dossier)
        self.initial["version"] = campaign.version
        choices = [(region.pk, str(region.region)) for region in dossier.regions]
        self.count = min(max(len(steps) + 1, 2, self._sent()), MOST)
        for place in range(self.count):
            self._add(place, choices)
            if place < len(steps):
                stage = steps[place].stage
                own = [region.pk for region in steps[place].regions]
                values = (stage.name, own, stage.checkpoint_on, stage.question)
                self.initial |= {f"s{place}_{key}": value for key, value in zip(KEYS, values, strict=True)}

    def _sent(self) -> int:
        return sum(f"s{place}_name" in self.data for place in range(MOST))

    def _add(self, place: int, choices: list[tuple[int, str]]) -> None:
        self.fields |= {
            f"s{place}_name": SingleLineField(label=_("Name"), max_length=80, required=False),
            f"s{place}_regions": forms.TypedMultipleChoiceField(
                label=_("Regions"),
                choices=choices,
                coerce=int,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
            f"s{place}_checkpoint_on": DateField(
                label=_("Checkpoint"), required=False, help_text=_("The last stage needs none.")
            ),
            f"s{place}_question": PlainTextField(
                label=_("What we want to learn"),
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
        }

    @property
    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        """The fields of each stage, with its number."""
        return [(place + 1, [self[f"s{place}_{key}"] for key in KEYS]) for place in range(self.count)]

    def _used(self) -> list[int]:
        data = self.cleaned_data
        return [
            place
            for place in range(self.count)
            if data.get(f"s{place}_name") or data.get(f"s{place}_regions")
        ]

    @property
    def stages(self) -> list[StagePlan]:
        """What the form says; only without errors."""
        data = self.cleaned_data
        return [
            StagePlan(
                name=data[f"s{place}_name"],
                regions=tuple(data[f"s{place}_regions"]),
                checkpoint_on=data[f"s{place}_checkpoint_on"],
                question=data[f"s{place}_question"],
            )
            for place in self._used()
        ]

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        used = self._used()
        for place, words in error.message_dict.items():
            number, _dot, key = place.partition(".")
            self.add_error(f"s{used[int(number)]}_{key}", words)


class CheckpointForm(forms.Form):
    """Go on, change first or stop, and what was learned."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Decision"), choices=StageAnswer.choices, widget=forms.RadioSelect
    )
    learned = PlainTextField(
        label=gettext_lazy("What we learned, and why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def take_error(self, error: ValidationError) -> None:
        """Show what the service refused at its field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for place, words in error.message_dict.items():
            self.add_error(place, words)
