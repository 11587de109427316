"""Rows of the plan form: a region with its period, a channel with expert, reach, flights and allocation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.models import Region, User
from campaigns.enums import Running
from campaigns.forms.flights import FlightsField
from campaigns.models import CampaignChannel, CampaignRegion
from campaigns.services.plan_data import ZERO, ChannelPlan, RegionPlan
from channels.models import Channel
from core.forms import DateField, MoneyField

Fields = tuple[dict[str, forms.Field], dict[str, Any]]


@dataclass
class Row:
    """Names of a row's fields, and the fields once they are bound."""

    names: dict[str, str] = field(init=False, default_factory=dict)
    form: Any = field(init=False, default=None)

    def bind(self, form: forms.Form) -> "Any":
        """Remember the form, so that a template can ask the row for its fields."""
        self.form = form
        return self

    def __getitem__(self, key: str) -> forms.BoundField:
        return self.form[self.names[key]]

    @property
    def used(self) -> bool:
        """Whether the row is part of the plan as it is shown."""
        return bool(self["use"].value())

    @property
    def errors(self) -> list[str]:
        """Messages of all fields of the row."""
        return [str(error) for name in self.names.values() for error in self.form[name].errors]


@dataclass
class RegionRow(Row):
    """`now` is the campaign's region, None for a new one; `locked` without a right in it."""

    region: Region
    now: CampaignRegion | None
    locked: bool

    def __post_init__(self) -> None:
        self.prefix = f"region_{self.region.pk}"
        self.names = {key: f"{self.prefix}_{key}" for key in ("use", "starts_on", "ends_on")}

    @property
    def started(self) -> bool:
        """Whether the campaign has started here."""
        return self.now is not None and self.now.running != Running.WAITING

    def plan(self, data: Mapping[str, Any]) -> RegionPlan:
        """The row as part of a plan; without dates the campaign's period."""
        return RegionPlan(
            self.region,
            data.get(self.names["starts_on"]) or data["starts_on"],
            data.get(self.names["ends_on"]) or data["ends_on"],
        )


def region_fields(row: RegionRow) -> Fields:
    """The fields of a region and what they begin with."""
    labels = {"region": row.region}
    use = forms.BooleanField(label=str(row.region), required=False, disabled=row.locked or row.started)
    start = DateField(
        label=_("%(region)s: first day") % labels, required=False, disabled=row.locked or row.started
    )
    end = DateField(label=_("%(region)s: last day") % labels, required=False, disabled=row.locked)
    values = (row.now is not None, row.now and row.now.starts_on, row.now and row.now.ends_on)
    return (
        dict(zip(row.names.values(), (use, start, end), strict=True)),
        dict(zip(row.names.values(), values, strict=True)),
    )


@dataclass
class ChannelRow(Row):
    """`now` is the campaign's channel, None for a new one; `experts` are those to choose from.

    `all_regions`: how many regions the campaign has; a channel that carries all has none ticked.
    """

    channel: Channel
    now: CampaignChannel | None
    experts: list[User]
    currency: str
    all_regions: int = 0

    def __post_init__(self) -> None:
        self.prefix = f"channel_{self.channel.pk}"
        keys = ("use", "expert", "regions", "flights", "amount")
        self.names = {key: f"{self.prefix}_{key}" for key in keys}

    def plan(self, data: Mapping[str, Any], regions: Mapping[int, Region]) -> ChannelPlan:
        """The row as part of a plan."""
        by_id = {str(person.pk): person for person in self.experts}
        return ChannelPlan(
            channel=self.channel,
            expert=by_id.get(data[self.names["expert"]]),
            regions=tuple(regions[int(pk)] for pk in data[self.names["regions"]]),
            flights=tuple(data[self.names["flights"]]),
            amount=data[self.names["amount"]] or ZERO,
        )

    @property
    def begins_with(self) -> dict[str, Any]:
        """The values of the campaign's channel; a new row is part of the plan as soon as it is there."""
        now = self.now
        if now is None:
            return {"use": True, "expert": "", "regions": [], "flights": [], "amount": None}
        amount = now.allocation.amount if hasattr(now, "allocation") else ZERO
        carried = [str(row.region_id) for row in now.regions.all()]
        return {
            "use": True,
            "expert": str(now.expert_id or ""),
            "regions": carried if len(carried) < self.all_regions else [],
            "flights": [(flight.starts_on, flight.ends_on) for flight in now.flights.all()],
            "amount": amount or None,
        }


def channel_fields(row: ChannelRow, regions: Iterable[RegionRow]) -> Fields:
    """The fields of a channel and what they begin with."""
    name = {"channel": row.channel}
    people = [("", _("nobody yet")), *((str(person.pk), str(person)) for person in row.experts)]
    if not row.experts:
        people = [("", _("no expert is known"))]
    codes = [(str(item.region.pk), item.region.code) for item in regions]
    fields = {
        "use": forms.BooleanField(label=_("%(channel)s is part of the campaign") % name, required=False),
        "expert": forms.ChoiceField(
            label=_("%(channel)s: expert") % name,
            choices=people,
            required=False,
            error_messages={"invalid_choice": _("This person is no active expert for the channel.")},
        ),
        "regions": forms.MultipleChoiceField(
            label=_("%(channel)s: regions") % name,
            choices=codes,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        ),
        "flights": FlightsField(label=_("%(channel)s: flights") % name, required=False),
        "amount": MoneyField(
            label=_("%(channel)s: allocation") % name, required=False, currency=row.currency
        ),
    }
    begins = row.begins_with
    return (
        {row.names[key]: item for key, item in fields.items()},
        {row.names[key]: begins[key] for key in fields},
    )
