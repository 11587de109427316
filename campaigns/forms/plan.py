"""The plan of a campaign in one form: every part is a field of its own, so that two savers can be merged."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Region, User
from campaigns.forms.rows import ChannelRow, RegionRow, channel_fields, region_fields
from campaigns.models import Budget, Campaign, Goal
from campaigns.permissions import PLANS
from campaigns.services.plan_data import ZERO, Plan
from campaigns.services.plan_rules import plan_problems
from campaigns.services.planning import overdrawn
from channels.models import Channel
from core.forms import (
    DateField,
    MoneyField,
    PlainTextField,
    RecordsField,
    SingleLineField,
    VersionedFormMixin,
)
from core.forms.versioned import BASE
from customers.models import TargetGroup

ABOUT = ("name", "goal", "theme", "purpose", "owner", "starts_on", "ends_on")


@dataclass(frozen=True)
class Parts:
    """What a campaign has now, each read once."""

    regions: dict[int, Any]
    channels: dict[int, Any]
    budget: Budget | None

    @classmethod
    def of(cls, campaign: Campaign | None) -> "Parts":
        if campaign is None or campaign.pk is None:
            return cls({}, {}, None)
        channels = campaign.channels.select_related("channel", "expert", "allocation")
        channels = channels.prefetch_related("flights", "regions__region")
        return cls(
            {row.region_id: row for row in campaign.regions.select_related("region")},
            {row.channel_id: row for row in channels},
            Budget.objects.filter(campaign=campaign).first(),
        )


class PlanFields(forms.Form):
    """The fields and what they begin with."""

    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)
    name = SingleLineField(label=gettext_lazy("Name"), max_length=200)
    goal = forms.ModelChoiceField(
        label=gettext_lazy("Goal"),
        queryset=Goal.objects.none(),
        required=False,
        empty_label=gettext_lazy("not yet"),
    )
    theme = SingleLineField(
        label=gettext_lazy("Theme"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("Choose one or write a new one."),
        widget=forms.TextInput({"list": "themes", "autocomplete": "off"}),
    )
    purpose = PlainTextField(label=gettext_lazy("What it is about"), required=False, max_length=5000)
    target_groups = RecordsField(
        label=gettext_lazy("Target groups"),
        queryset=TargetGroup.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none())
    starts_on = DateField(label=gettext_lazy("First day"))
    ends_on = DateField(label=gettext_lazy("Last day"))
    partners = RecordsField(
        label=gettext_lazy("Partner departments"),
        queryset=Department.objects.all(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    proposed = MoneyField(label=gettext_lazy("Proposed budget"), required=False)

    def __init__(self, data: Any = None, *, by: User, instance: Campaign | None = None) -> None:
        self.by, self.instance = by, instance or Campaign(owner=by)
        self.parts = Parts.of(instance)
        super().__init__(data)
        self.initial = self._about()
        self._choices()
        self._money()
        self.region_rows = list(self._add_regions())
        self.channel_rows = list(self._add_channels())

    @property
    def is_new(self) -> bool:
        """Whether the campaign is still to be made."""
        return self.instance.pk is None

    def _about(self) -> dict[str, Any]:
        campaign, new = self.instance, self.is_new
        return {
            "submission": uuid4(),
            "name": campaign.name,
            "goal": campaign.goal_id,
            "theme": campaign.theme.title if campaign.theme_id else "",
            "purpose": campaign.purpose,
            "target_groups": [] if new else [group.pk for group in campaign.target_groups.all()],
            "owner": campaign.owner_id,
            "starts_on": campaign.starts_on,
            "ends_on": campaign.ends_on,
            "partners": [] if new else departments(campaign),
            "currency": self.unit,
            "proposed": (self.parts.budget.proposed if self.parts.budget else None) or None,
        }

    def _choices(self) -> None:
        campaign = self.instance
        self.fields["goal"].queryset = Goal.objects.filter(Q(active=True) | Q(pk=campaign.goal_id))
        chosen = Q() if self.is_new else Q(campaigns=campaign)
        groups = (
            TargetGroup.objects.filter(Q(active=True) | chosen)
            if chosen
            else TargetGroup.objects.filter(active=True)
        )
        self.fields["target_groups"].queryset = groups.distinct()
        self.fields["owner"].queryset = owners(campaign.owner_id)
        if not self.is_new:
            del self.fields["submission"]

    def _money(self) -> None:
        """Currency and first proposal, until there is a round; then they belong to the Budget tab."""
        budget = self.parts.budget
        self.budget_open = budget is None or (budget.approved is None and not budget.rounds.exists())
        if not self.budget_open:
            del self.fields["currency"], self.fields["proposed"]
            return
        known = {region.currency for region in self.all_regions.values()} | {self.unit}
        self.fields["currency"].choices = [(code, code) for code in sorted(known)]

    @property
    def unit(self) -> str:
        """The currency of all amounts on the form."""
        budget = self.parts.budget
        if budget:
            return budget.currency
        allowed = self.by.rights.regions(*PLANS)
        known = [row.currency for pk, row in self.all_regions.items() if allowed is None or pk in allowed]
        return "EUR" if "EUR" in known or not known else known[0]

    @cached_property
    def all_regions(self) -> dict[int, Region]:
        """Active regions and those that the campaign has."""
        found = Region.objects.filter(Q(active=True) | Q(pk__in=self.parts.regions))
        return {region.pk: region for region in found}

    @cached_property
    def all_channels(self) -> dict[int, Channel]:
        """Active channels and those that the campaign has, with their active experts."""
        found = Channel.objects.filter(Q(active=True) | Q(pk__in=self.parts.channels))
        return {channel.pk: channel for channel in found}

    def _add_regions(self) -> Iterable[RegionRow]:
        """Regions the person plans in, those the campaign has, and any that was sent along."""
        allowed = self.by.rights.regions(*PLANS)
        sent = self._sent("region")
        for pk, region in self.all_regions.items():
            mine = allowed is None or pk in allowed
            if mine or pk in self.parts.regions or pk in sent:
                row = RegionRow(region, self.parts.regions.get(pk), locked=not mine)
                self._add(*region_fields(row))
                yield row.bind(self)

    def _add_channels(self) -> Iterable[ChannelRow]:
        """Channels the campaign has and those that were sent along, in the order of the catalogue."""
        sent = self._sent("channel")
        shown = [pk for pk in self.all_channels if pk in self.parts.channels or pk in sent]
        now = self.parts.channels
        known = experts(shown, now.values())
        for pk in shown:
            people = known.get(pk, [])
            row = ChannelRow(self.all_channels[pk], now.get(pk), people, self.unit, len(self.parts.regions))
            self._add(*channel_fields(row, self.region_rows))
            yield row.bind(self)

    def add_channel(self, pk: str) -> ChannelRow | None:
        """One row more for a channel that is not planned yet; None for anything else. Says no errors yet."""
        self._errors = ErrorDict() if self.is_bound else self._errors
        channel = self.all_channels.get(int(pk)) if pk.isdecimal() and len(pk) < 16 else None
        if channel is None or channel.pk in {row.channel.pk for row in self.channel_rows}:
            return None
        row = ChannelRow(channel, None, experts([channel.pk], []).get(channel.pk, []), self.unit)
        self._add(*channel_fields(row, self.region_rows))
        if self.is_bound:
            self.data = self.data.copy()
            self.data[row.names["use"]] = "on"
        self.channel_rows.append(row.bind(self))
        return row

    def _add(self, fields: dict[str, forms.Field], initial: dict[str, Any]) -> None:
        self.fields |= fields
        self.initial |= initial

    def _sent(self, kind: str) -> set[int]:
        """Ids of rows that the posted form has."""
        marks = (name.split("_") for name in self.data if name.startswith(f"{kind}_"))
        return {int(mark[1]) for mark in marks if len(mark) == 3 and mark[2] == "use" and mark[1].isdecimal()}

    @property
    def new_channels(self) -> list[Channel]:
        """Channels that can still be added."""
        shown = {row.channel.pk for row in self.channel_rows}
        return [channel for pk, channel in self.all_channels.items() if pk not in shown]


def owners(current: int | None) -> QuerySet[User]:
    """People who plan campaigns, and the present owner."""
    planners = Q(is_active=True, grants__role__in=PLANS)
    return User.objects.filter(planners | Q(pk=current)).distinct()


def departments(campaign: Campaign) -> list[int]:
    """Ids of the departments that are partners; people who are partners themselves stand on the Team page."""
    found = campaign.partners.filter(department__isnull=False)
    return list(found.values_list("department", flat=True))


def experts(channels: Iterable[int], rows: Iterable[Any]) -> dict[int, list[User]]:
    """Active experts by channel id; whoever is named stays a choice, so that a problem can be shown."""
    found: dict[int, list[User]] = {}
    people = User.objects.filter(is_active=True, channel_links__channel__in=list(channels))
    for person in people.annotate(for_channel=F("channel_links__channel")).distinct():
        found.setdefault(person.for_channel, []).append(person)
    for row in rows:
        named = found.setdefault(row.channel_id, [])
        if row.expert and row.expert not in named:
            named.append(row.expert)
    return found


class PlanForm(VersionedFormMixin, PlanFields):
    """The form of a whole plan; `plan` is what it says, once it is valid."""

    def form_kwargs(self) -> dict[str, Any]:
        """For the form of the campaign as saved by somebody else."""
        return {"by": self.by}

    def show_conflict(self, current: Campaign, *, by: Any = None, at: datetime | None = None) -> None:
        """As for every form; rows that the other person added are taken over, too."""
        seen = {pair.split(":")[0] for pair in self.cleaned_data.get(BASE, "").split()}
        super().show_conflict(current, by=by, at=at)
        theirs = self._values_of(current)
        names = [name for name in theirs if name not in seen and name not in self.data]
        added = {name: theirs[name] for name in names if self._is_kept(name)}
        self._replace(added)
        uses = [name for name in added if name.endswith("_use")]
        rows = [self._change(name, added[name], clash=False) for name in uses]
        self.conflict = replace(self.conflict, changes=[*self.conflict.changes, *rows])

    def renew(self) -> None:
        """After a conflict: rows that came with the other save get their places on the page."""
        self.channel_rows.sort(key=lambda row: list(self.all_channels).index(row.channel.pk))

    def _is_kept(self, name: str) -> bool:
        """Whether the field, if it belongs to a channel, belongs to one that the campaign has now."""
        return not name.startswith("channel_") or int(name.split("_")[1]) in self.parts.channels

    def clean(self) -> dict[str, Any]:
        """Ask the rules of the plan, so that every problem is shown at once and at its place."""
        super().clean()
        self._refuse_foreign()
        if self.errors:
            return self.cleaned_data
        self.take_problems(plan_problems(self.plan, by=self.by, campaign=self.instance))
        if not self.errors:
            self._check_sum()
        return self.cleaned_data

    def _refuse_foreign(self) -> None:
        """A region the person has no right in was ticked by force; its input is disabled."""
        for row in self.region_rows:
            if row.locked and row.now is None and self.data.get(row.names["use"]):
                words = _("You do not plan campaigns in %(region)s.") % {"region": row.region}
                self.add_error(row.names["use"], words)

    def _check_sum(self) -> None:
        budget = self.parts.budget
        amount = (
            (budget.amount if budget else ZERO) if not self.budget_open else self.values["proposed"] or ZERO
        )
        before = {
            pk: row.allocation.amount for pk, row in self.parts.channels.items() if hasattr(row, "allocation")
        }
        problem = overdrawn(self.plan, amount, before, self.plan.currency)
        if problem:
            self.take_problems([problem])

    def take_problems(self, problems: Iterable[tuple[str, str]]) -> None:
        """Show problems named by place ("region.3.ends_on") at their fields."""
        for place, message in problems:
            name = place.replace(".", "_")
            self.add_error(name if name in self.fields else None, message)

    def take_error(self, error: ValidationError) -> None:
        """Show what a service refused."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        self.take_problems((place, " ".join(words)) for place, words in error.message_dict.items())

    @property
    def plan(self) -> Plan:
        """What the form says; only without errors."""
        data = self.cleaned_data
        about = {
            name: data[name] for name in ("name", "goal", "theme", "purpose", "owner", "starts_on", "ends_on")
        }
        regions = [row.plan(data) for row in self.region_rows if data.get(row.names["use"])]
        channels = [
            row.plan(data, self.all_regions) for row in self.channel_rows if data.get(row.names["use"])
        ]
        return Plan(
            **about,
            target_groups=tuple(data["target_groups"]),
            partners=tuple(data["partners"]),
            regions=tuple(regions),
            channels=tuple(channels),
            currency=data.get("currency") or self.unit,
            proposed=(data.get("proposed") or ZERO) if self.budget_open else None,
            submission=data.get("submission"),
        )
