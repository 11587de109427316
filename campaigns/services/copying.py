"""Campaigns from earlier ones and from templates: chosen parts, moved to a new first day, as a draft."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Department, Region, User
from accounts.permissions import can
from campaigns import copying
from campaigns.models import Campaign, CampaignOrigin, CampaignTemplate, Fact, Goal
from campaigns.permissions import PLANS
from campaigns.services import partners
from campaigns.services.plan_data import ChannelPlan, Plan, RegionPlan, plan_of
from campaigns.services.plan_rules import answers_for, expert_links, window
from campaigns.services.planning import create_campaign
from channels.models import Channel
from core import audit
from customers.models import TargetGroup

Parts = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """What is copied: a campaign as it stands, or a template."""

    name: str
    starts_on: date
    ends_on: date
    parts: Parts
    campaign: Campaign | None = None
    template: CampaignTemplate | None = None

    @property
    def days(self) -> timedelta:
        """How long it runs."""
        return self.ends_on - self.starts_on


def of_campaign(campaign: Campaign) -> Source:
    """Everything a campaign can hand on, as it is now."""
    taken = {part.key: part.take(campaign) for part in copying.all_parts()}
    kept = {key: data for key, data in taken.items() if data}
    return Source(campaign.name, campaign.starts_on, campaign.ends_on, kept, campaign=campaign)


def of_template(template: CampaignTemplate) -> Source:
    """What a template kept."""
    return Source(template.name, template.starts_on, template.ends_on, template.parts, template=template)


@transaction.atomic
def keep_as_template(*, campaign: Campaign, name: str, note: str, by: User) -> CampaignTemplate:
    """Keep what a campaign is now as a pattern; ValidationError at "name" if there is one of that name."""
    if not can(by, "campaign.edit", campaign):
        raise PermissionDenied
    source = of_campaign(campaign)
    try:
        with transaction.atomic():
            made = CampaignTemplate.objects.create(
                name=name,
                note=note,
                starts_on=source.starts_on,
                ends_on=source.ends_on,
                parts=dict(source.parts),
                source=campaign,
                by=by,
            )
    except IntegrityError as error:
        raise ValidationError({"name": [_("There is a template of this name already.")]}) from error
    audit.record(by=by, verb="campaign.template_kept", scope=campaign, name=name)
    return made


@transaction.atomic
def change_template(
    *, template: CampaignTemplate, by: User, name: str, note: str, expected: int
) -> CampaignTemplate:
    """Rename a template or say anew what it is good for; who may throw it away may do so.

    PermissionDenied, StaleVersion, ValidationError at "name" without one and if there is one of that name.
    """
    if not can(by, "template.drop", template):
        raise PermissionDenied
    if not name.strip():
        raise ValidationError({"name": [_("A template needs a name.")]})
    before = CampaignTemplate.objects.values_list("name", flat=True).get(pk=template.pk)
    template.name, template.note = name.strip(), note.strip()
    try:
        with transaction.atomic():
            template.save_versioned(expected=expected, fields=["name", "note"])
    except IntegrityError as error:
        raise ValidationError({"name": [_("There is a template of this name already.")]}) from error
    audit.record(by=by, verb="template.changed", scope=template, old_name=before, name=template.name)
    return template


@transaction.atomic
def drop_template(*, template: CampaignTemplate, by: User) -> None:
    """Throw a template away: who kept it, managers and admins. Campaigns made from it stay."""
    if not can(by, "template.drop", template):
        raise PermissionDenied
    template.delete()


def make_copy(
    *, source: Source, name: str, starts_on: date, ticked: Collection[str], submission: UUID, by: User
) -> Campaign:
    """A new draft with the parts that are ticked; the same `submission` again gives the one it made.

    PermissionDenied without the right to plan. ValidationError by place for what a plan must not say; what
    can no longer come along (a channel or expert that is gone) is left out.
    """
    if not can(by, "campaign.create"):
        raise PermissionDenied
    known = Campaign.objects.filter(submission=submission, owner=by).first()
    if known:
        return known
    chosen = _closed(ticked)
    with transaction.atomic():
        plan = _plan(source, name, starts_on, chosen, by)
        campaign = create_campaign(by=by, plan=replace(plan, submission=submission))
        if CampaignOrigin.objects.filter(campaign=campaign).exists():
            return campaign
        made = copying.Copy(campaign, by, chosen)
        for part in copying.all_parts():
            data = source.parts.get(part.key)
            if part.put and part.key in chosen and data:
                part.put(made, data)
        CampaignOrigin.objects.create(
            campaign=campaign,
            source=source.campaign,
            template=source.template.name if source.template else "",
            unchecked=made.unchecked,
        )
        audit.record(by=by, verb="campaign.copied", scope=campaign, name=source.name)
    return Campaign.objects.get(pk=campaign.pk)


def _closed(ticked: Collection[str]) -> frozenset[str]:
    """The ticks without those whose basis is not ticked."""
    found = set(ticked)
    for part in copying.all_parts():
        if part.needs and part.needs not in found:
            found.discard(part.key)
    return frozenset(found)


def checked(*, campaign: Campaign, key: str, by: User) -> None:
    """Say of a fact that came along that it still holds."""
    if not can(by, "message.edit", campaign):
        raise PermissionDenied
    with transaction.atomic():
        origin = CampaignOrigin.objects.select_for_update().filter(campaign=campaign).first()
        if origin is None or key not in origin.unchecked:
            return
        origin.unchecked = [one for one in origin.unchecked if one != key]
        origin.save(update_fields=["unchecked"])
        label = Fact.objects.filter(campaign=campaign, key=key).values_list("label", flat=True).first()
        audit.record(by=by, verb="fact.checked", scope=campaign, label=label or key)


# --- the plan itself: made together with the campaign


def take_about(campaign: Campaign) -> dict[str, Any]:
    """Goal, theme and purpose."""
    plan = plan_of(campaign)
    return {"goal": plan.goal and plan.goal.pk, "theme": plan.theme, "purpose": plan.purpose}


def take_regions(campaign: Campaign) -> list[list[Any]]:
    """Regions with the days on which they start and end."""
    start = campaign.starts_on
    rows = campaign.regions.select_related("region")
    return [[row.region.code, (row.starts_on - start).days, (row.ends_on - start).days] for row in rows]


def take_channels(campaign: Campaign) -> list[dict[str, Any]]:
    """Channels with their experts and the regions that they carry."""
    return [
        {
            "channel": row.channel.code,
            "expert": row.expert and row.expert.email,
            "regions": [region.code for region in row.regions],
        }
        for row in plan_of(campaign).channels
    ]


def take_flights(campaign: Campaign) -> dict[str, list[list[int]]]:
    """Flights by channel, in days from the first day."""
    start = campaign.starts_on
    found = {
        row.channel.code: [[(first - start).days, (last - start).days] for first, last in row.flights]
        for row in plan_of(campaign).channels
    }
    return {code: flights for code, flights in found.items() if flights}


def take_groups(campaign: Campaign) -> list[int]:
    """Target groups."""
    return list(campaign.target_groups.values_list("pk", flat=True))


def take_partners(campaign: Campaign) -> list[str]:
    """Partners: codes of departments, addresses of people."""
    rows = campaign.partners.values_list("department__code", "person__email")
    return [code or address for code, address in rows]


def put_partners(made: copying.Copy, data: list[str]) -> None:
    """Invite the people who are still here; departments come along with the plan."""
    for person in User.objects.here().filter(email__in=[one for one in data if "@" in one]).order_by("pk"):
        if person.rights.roles and person.pk != made.by.pk:
            partners.invite(campaign=made.campaign, by=made.by, person=person)


def take_budget(campaign: Campaign) -> dict[str, Any]:
    """What was planned last, and the allocations; as a new proposal, which nobody has approved."""
    budget = getattr(campaign, "budget", None)
    if budget is None or not budget.amount:
        return {}
    rows = budget.allocations.values_list("campaign_channel__channel__code", "amount")
    return {
        "amount": str(budget.amount),
        "currency": budget.currency,
        "allocations": {code: str(amount) for code, amount in rows},
    }


def _plan(source: Source, name: str, starts_on: date, chosen: frozenset[str], by: User) -> Plan:
    parts = {key: data for key, data in source.parts.items() if key in chosen}
    about = parts.get("about", {})
    budget = parts.get("budget", {})
    plan = Plan(
        name=name,
        starts_on=starts_on,
        ends_on=starts_on + source.days,
        owner=by,
        goal=Goal.objects.filter(pk=about.get("goal"), active=True).first(),
        theme=about.get("theme", ""),
        purpose=about.get("purpose", ""),
        target_groups=tuple(TargetGroup.objects.filter(pk__in=parts.get("target_groups", []), active=True)),
        partners=tuple(Department.objects.filter(code__in=parts.get("partners", []))),
        regions=_regions(parts.get("regions", []), starts_on, by),
        currency=budget.get("currency", "EUR"),
        proposed=Decimal(budget["amount"]) if budget else None,
    )
    return _with_experts(replace(plan, channels=tuple(_channels(parts, plan))), parts)


def _regions(rows: list[list[Any]], starts_on: date, by: User) -> tuple[RegionPlan, ...]:
    """The regions in which the person may plan."""
    allowed = by.rights.regions(*PLANS)
    found = Region.objects.filter(code__in=[row[0] for row in rows], active=True)
    known = {region.code: region for region in found}
    return tuple(
        RegionPlan(known[code], starts_on + timedelta(days=first), starts_on + timedelta(days=last))
        for code, first, last in rows
        if code in known and (allowed is None or known[code].pk in allowed)
    )


def _channels(parts: Parts, plan: Plan) -> list[ChannelPlan]:
    rows = parts.get("channels", [])
    known = {channel.code: channel for channel in Channel.objects.filter(active=True)}
    regions = {row.region.code: row.region for row in plan.regions}
    flights, amounts = parts.get("flights", {}), parts.get("budget", {}).get("allocations", {})
    found = []
    for row in rows:
        reach = tuple(regions[code] for code in row["regions"] if code in regions)
        if row["channel"] not in known or (row["regions"] and "regions" in parts and not reach):
            continue
        days = [_days(plan.starts_on, *pair) for pair in flights.get(row["channel"], [])]
        made = ChannelPlan(
            channel=known[row["channel"]],
            regions=() if len(reach) == len(regions) else reach,
            amount=Decimal(amounts.get(row["channel"], "0")),
        )
        found.append(replace(made, flights=tuple(_inside(days, plan, made))))
    return found


def _inside(days: list[tuple[date, date]], plan: Plan, row: ChannelPlan) -> list[tuple[date, date]]:
    """Flights as far as they lie within the regions that came along."""
    periods = [(carried.starts_on, carried.ends_on) for carried in plan.carried(row)]
    first, last = window(row.channel, periods) if periods else (plan.starts_on, plan.ends_on)
    cut = [(max(start, first), min(end, last)) for start, end in days]
    return [(start, end) for start, end in cut if start <= end]


def _days(start: date, first: int, last: int) -> tuple[date, date]:
    return start + timedelta(days=first), start + timedelta(days=last)


def _with_experts(plan: Plan, parts: Parts) -> Plan:
    """The experts who still answer for their channels here; the others are named anew."""
    named = {row["channel"]: row["expert"] for row in parts.get("channels", [])}
    people = {user.email: user for user in User.objects.filter(email__in=filter(None, named.values()))}
    links = expert_links(plan)
    channels = []
    for row in plan.channels:
        expert = people.get(named.get(row.channel.code))
        ids = {carried.region.pk for carried in plan.carried(row)}
        if expert and answers_for(expert, links.get(row.channel.pk, []), ids):
            row = replace(row, expert=expert)
        channels.append(row)
    return replace(plan, channels=tuple(channels))
