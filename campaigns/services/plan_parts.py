"""Writing the regions and channels of a plan that has passed plan_rules."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns.models import Campaign, CampaignChannel, CampaignRegion
from campaigns.services.flight_rows import write_flights
from campaigns.services.plan_data import ChannelPlan, Plan, RegionPlan
from core import audit


def write_regions(campaign: Campaign, plan: Plan, by: User) -> list[CampaignRegion]:
    """Bring the campaign's regions in line with the plan."""
    now = {row.region_id: row for row in campaign.regions.select_related("region")}
    wanted = {row.region.pk: row for row in plan.regions}
    for key in now.keys() - wanted.keys():
        _remove(now[key], f"region.{key}.use", str(now[key].region))
        audit.record(by=by, verb="region.removed", scope=campaign, region=str(now[key].region))
    for key, row in wanted.items():
        if key not in now:
            _add_region(campaign, row, by)
        elif (now[key].starts_on, now[key].ends_on) != (row.starts_on, row.ends_on):
            _move_region(now[key], row, by)
    return list(campaign.regions.all())


def _add_region(campaign: Campaign, row: RegionPlan, by: User) -> None:
    CampaignRegion.objects.create(
        campaign=campaign, region=row.region, starts_on=row.starts_on, ends_on=row.ends_on
    )
    audit.record(by=by, verb="region.added", scope=campaign, region=str(row.region), **_days(row))


def _move_region(now: CampaignRegion, row: RegionPlan, by: User) -> None:
    now.starts_on, now.ends_on = row.starts_on, row.ends_on
    now.save(update_fields=["starts_on", "ends_on"])
    audit.record(
        by=by, verb="region.moved", scope=now.campaign, subject=now, region=str(row.region), **_days(row)
    )


def _days(row: RegionPlan) -> dict[str, str]:
    return {"starts_on": str(row.starts_on), "ends_on": str(row.ends_on)}


def _remove(row: models.Model, place: str, name: str) -> None:
    """Delete a part that nothing on record refers to; else say so at its place."""
    try:
        row.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        words = _("%(name)s has reviews, briefings, releases or money on record and cannot be removed.")
        raise ValidationError({place: [words % {"name": name}]}) from error


def write_channels(campaign: Campaign, plan: Plan, by: User) -> list[CampaignChannel]:
    """Bring channels, experts, regions carried and flights in line; amounts are the budget's business."""
    found = campaign.channels.select_related("channel", "expert").prefetch_related("flights", "regions")
    now = {row.channel_id: row for row in found}
    wanted = {row.channel.pk: row for row in plan.channels}
    for key in now.keys() - wanted.keys():
        audit.record(by=by, verb="channel.removed", scope=campaign, channel=str(now[key].channel))
        _remove(now[key], f"channel.{key}.use", str(now.pop(key).channel))
    regions = {row.region_id: row for row in campaign.regions.all()}
    for key, row in wanted.items():
        made = now.get(key) or _add_channel(campaign, row, by)
        _write_expert(made, row, by)
        _write_reach(made, [regions[item.region.pk] for item in plan.carried(row)])
        _write_flights(made, row, by)
        now[key] = made
    return list(now.values())


def _add_channel(campaign: Campaign, row: ChannelPlan, by: User) -> CampaignChannel:
    made = CampaignChannel.objects.create(campaign=campaign, channel=row.channel)
    # What is part of the plan is no longer left out; the log keeps the reason.
    campaign.left_out.filter(channel=row.channel).delete()
    audit.record(by=by, verb="channel.added", scope=campaign, subject=made, channel=str(row.channel))
    return made


def _write_expert(made: CampaignChannel, row: ChannelPlan, by: User) -> None:
    if made.expert_id == (row.expert.pk if row.expert else None):
        return
    made.expert = row.expert
    made.save(update_fields=["expert"])
    names = {"channel": str(row.channel), "expert": str(row.expert or "–")}
    verb = "channel.expert_named" if row.expert else "channel.expert_withdrawn"
    audit.record(by=by, verb=verb, scope=made.campaign, subject=made, **names)


def _write_reach(made: CampaignChannel, regions: list[CampaignRegion]) -> None:
    if {row.pk for row in made.regions.all()} != {row.pk for row in regions}:
        made.regions.set(regions)


def _write_flights(made: CampaignChannel, row: ChannelPlan, by: User) -> None:
    now = sorted((flight.starts_on, flight.ends_on) for flight in made.flights.all())
    wanted = sorted(set(row.flights))
    if now == wanted:
        return
    write_flights(made, wanted)
    audit.record(
        by=by,
        verb="flights.changed",
        scope=made.campaign,
        subject=made,
        channel=str(row.channel),
        flights=[[str(start), str(end)] for start, end in wanted],
    )
