"""Discarding a change: the working copy says again, to the letter, what the approved release says.

Rows that the change removed come back under their old ids, so that answers of reviewers, versions and the
release itself go on naming them. What is no part of a release stays as it is: budget, KPIs, partners and
the owner, who hands a campaign over by starting a change.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaigns import hooks
from campaigns.enums import Content as Kind
from campaigns.enums import VariantState
from campaigns.models import (
    Allocation,
    Campaign,
    CampaignChannel,
    CampaignRegion,
    ContentVersion,
    CoreMessage,
    Fact,
    Goal,
    Release,
    Theme,
    Variant,
)
from campaigns.services import content as texts
from campaigns.services import message, versions
from campaigns.services.dossier import Dossier
from campaigns.services.flight_rows import hours_in, write_flights, write_hours
from campaigns.services.snapshot import Content
from campaigns.services.transitions import (
    DISCARD,
    TransitionRefused,
    lock_campaign,
    move_to,
    require_move,
)
from core.audit import record
from customers.models import TargetGroup

PERIOD = ("starts_on", "ends_on")


@transaction.atomic
def discard_change(*, campaign: Campaign, by: User) -> Campaign:
    """draft or in review -> approved, by the owner, with the release beside which the change was made.

    All or nothing: TransitionRefused without such a release, and when a region or channel that came with the
    change has answers or launches on record, which nobody can take back.
    """
    campaign = lock_campaign(campaign)
    require_move(DISCARD, campaign, by)
    release = campaign.release
    if release is None:
        raise TransitionRefused(_("There is no approved release to go back to."))
    _about(campaign, release.content)
    regions = _regions(campaign, release.content["regions"])
    channels = _channels(campaign, release.content["channels"], regions)
    _core(campaign, release.content["core"], by)
    _facts(campaign, release, by)
    _variants(campaign, release, channels, regions, by)
    # The plan may differ, too: who follows the message looks at it as it is now.
    hooks.run(hooks.message_changed, campaign, by)
    move_to(campaign, DISCARD)
    record(by=by, verb="campaign.change_discarded", scope=campaign, subject=release, number=release.number)
    return campaign


def _days(entry: Content) -> dict[str, date]:
    return {name: date.fromisoformat(entry[name]) for name in PERIOD}


def _about(campaign: Campaign, content: Content) -> None:
    said = content["campaign"]
    campaign.name, campaign.purpose = said["name"], said["purpose"]
    campaign.goal = _goal(campaign.goal, said["goal"])
    campaign.theme = Theme.objects.get_or_create(title=said["theme"])[0] if said["theme"] else None
    for name, day in _days(said).items():
        setattr(campaign, name, day)
    fields = ["name", "purpose", "goal", "theme", *PERIOD]
    campaign.save_versioned(expected=campaign.version, fields=fields)
    groups = [group["id"] for group in content["target_groups"]]
    campaign.target_groups.set(TargetGroup.objects.filter(pk__in=groups))


def _goal(now: Goal | None, title: str) -> Goal | None:
    """The goal of that title; the present one when its title is the same."""
    if not title or str(now or "") == title:
        return now if title else None
    return Goal.objects.filter(title=title).order_by("-active", "pk").first()


def _drop(row: models.Model, name: str) -> None:
    try:
        row.delete()
    except (models.ProtectedError, models.RestrictedError) as error:
        words = _("%(name)s has reviews, briefings, releases or money on record and cannot be removed.")
        raise TransitionRefused(words % {"name": name}) from error


def _regions(campaign: Campaign, entries: Iterable[Content]) -> dict[str, CampaignRegion]:
    """The release's regions by code."""
    now = {row.region_id: row for row in campaign.regions.select_related("region")}
    wanted = {entry["region_id"]: entry for entry in entries}
    for key in now.keys() - wanted.keys():
        _drop(now[key], str(now[key].region))
    for key, entry in wanted.items():
        row = now.get(key)
        if row is not None and row.pk != entry["id"]:
            _drop(row, str(row.region))
            row = None
        row = row or CampaignRegion(pk=entry["id"], campaign=campaign, region_id=key)
        for name, day in _days(entry).items():
            setattr(row, name, day)
        row.save()
    return {row.region.code: row for row in campaign.regions.select_related("region")}


def _channels(
    campaign: Campaign, entries: Iterable[Content], regions: Mapping[str, CampaignRegion]
) -> dict[str, CampaignChannel]:
    """The release's channels by code, with their experts, reach and flights."""
    found = campaign.channels.select_related("channel", "allocation")
    now = {row.channel_id: row for row in found}
    wanted = {entry["channel_id"]: entry for entry in entries}
    for key in now.keys() - wanted.keys():
        _drop(now[key], str(now[key].channel))
    made = {}
    for key, entry in wanted.items():
        row = _channel(campaign, now.get(key), entry)
        row.regions.set([regions[code] for code in entry["region_codes"]])
        _flights(row, entry["flights"])
        made[entry["code"]] = row
    return made


def _flights(row: CampaignChannel, entries: Iterable[Content]) -> None:
    """The release's flights with their hours; a row that stays keeps its number, and its version grows."""
    entries = sorted(entries, key=lambda entry: (entry["starts_on"], entry["ends_on"]))
    periods = [(days["starts_on"], days["ends_on"]) for days in map(_days, entries)]
    for flight, entry in zip(write_flights(row, periods), entries, strict=True):
        if write_hours(flight, hours_in(entry)):
            flight.save_versioned(expected=flight.version, fields=())


def _channel(campaign: Campaign, row: CampaignChannel | None, entry: Content) -> CampaignChannel:
    """The row under its old id; an allocation made to a new row goes with it."""
    amount = None
    if row is not None and row.pk != entry["id"]:
        amount = row.allocation if hasattr(row, "allocation") else None
        _drop(row, str(row.channel))
        row = None
    row = row or CampaignChannel(pk=entry["id"], campaign=campaign, channel_id=entry["channel_id"])
    row.expert_id = _expert_id(entry)
    row.save()
    if amount is not None:
        Allocation.objects.create(budget_id=amount.budget_id, campaign_channel=row, amount=amount.amount)
    return row


def _expert_id(entry: Content) -> int | None:
    return entry["expert"]["id"] if entry["expert"] else None


def _core(campaign: Campaign, said: Content, by: User) -> None:
    core = CoreMessage.objects.filter(campaign=campaign).first()
    if not said:
        if core is not None:
            core.delete()
        return
    if core is None:
        core = CoreMessage.objects.create(campaign=campaign, **said)
    _write(core, said)
    versions.append(campaign=campaign, kind=Kind.CORE, object_id=core.pk, now=texts.core_content(core), by=by)


def _write(row: Any, said: Mapping[str, Any]) -> None:
    """New values, where they differ, as a new version: a form that is open meets it."""
    if any(getattr(row, name) != value for name, value in said.items()):
        for name, value in said.items():
            setattr(row, name, value)
        row.save_versioned(expected=row.version, fields=list(said))


def _facts(campaign: Campaign, release: Release, by: User) -> None:
    now = {fact.key: fact for fact in campaign.facts.all()}
    entries = {entry["key"]: entry for entry in release.content["facts"]}
    regions = {entry["code"]: entry["region_id"] for entry in release.content["regions"]} | {"": None}
    for key in now.keys() - entries.keys():
        versions.append(campaign=campaign, kind=Kind.FACT, object_id=now[key].pk, now={}, by=by)
        now[key].delete()
    for position, (key, entry) in enumerate(entries.items()):
        fact = now.get(key) or _former_fact(release, key)
        names = {"label": entry["label"], "labels": entry.get("labels", {})}
        said = {"kind": entry["kind"], **names, "position": position}
        if fact._state.adding:
            for name, value in said.items():
                setattr(fact, name, value)
            fact.save(force_insert=True)
        _write(fact, said)
        message.write_values(fact, {regions[code]: value for code, value in entry["values"].items()})
        said_now = texts.fact_content(Fact.objects.get(pk=fact.pk))
        versions.append(campaign=campaign, kind=Kind.FACT, object_id=fact.pk, now=said_now, by=by)


def _former_fact(release: Release, key: str) -> Fact:
    """A fact that the change deleted, to be saved again under the id its versions name."""
    kept = ContentVersion.objects.filter(campaign=release.campaign_id, kind=Kind.FACT, content__key=key)
    last = (
        kept.filter(at__lte=release.approved_at).order_by("-pk").values_list("object_id", flat=True).first()
    )
    return Fact(pk=last, campaign_id=release.campaign_id, key=key)


Place = tuple[int, int, str]


def _variants(
    campaign: Campaign,
    release: Release,
    channels: Mapping[str, CampaignChannel],
    regions: Mapping[str, CampaignRegion],
    by: User,
) -> None:
    """The release's variants, word for word, each as its expert confirmed it."""
    entries = {
        (channels[entry["channel_code"]].pk, regions[entry["region_code"]].pk, entry["language"]): entry
        for entry in release.content["variants"]
    }
    _drop_variants(campaign, release, entries)
    now = {variant.pk: variant for variant in campaign.variants.all()}
    facts = list(campaign.facts.all())
    for (channel, region, language), entry in entries.items():
        variant = now.get(entry["id"])
        if variant is None:
            place = {"campaign_channel_id": channel, "campaign_region_id": region, "language": language}
            variant = Variant.objects.create(pk=entry["id"], campaign=campaign, **place)
        _write(variant, {name: entry[name] for name in texts.VARIANT_FIELDS})
        variant.facts.set([fact for fact in facts if fact.key in texts.variant_tokens(variant)])
        said = texts.variant_content(variant)
        versions.append(campaign=campaign, kind=Kind.VARIANT, object_id=variant.pk, now=said, by=by)
    experts = {entry["code"]: _expert_id(entry) for entry in release.content["channels"]}
    _confirm(campaign, release, {one["id"]: experts[one["channel_code"]] for one in entries.values()})


def _drop_variants(campaign: Campaign, release: Release, entries: Mapping[Place, Content]) -> None:
    """Variants that customers would get now and do not get by the release; those of no channel stay."""
    reach = {
        (row.pk, region.pk)
        for row in campaign.channels.prefetch_related("regions")
        for region in row.regions.all()
    }
    for one in campaign.variants.all():
        entry = entries.get((one.campaign_channel_id, one.campaign_region_id, one.language))
        carried = (one.campaign_channel_id, one.campaign_region_id) in reach
        if carried and (entry is None or entry["id"] != one.pk):
            one.delete()


def _confirm(campaign: Campaign, release: Release, experts: Mapping[int, int | None]) -> None:
    """Approval asked for every variant's confirmation by its expert; what the change took away is back."""
    dossier = Dossier(campaign)
    for variant in dossier.variants:
        expert = experts.get(variant.pk)
        if expert is None:
            continue
        seen = texts.variant_hash(dossier, variant)
        state: dict[str, Any] = {"state": VariantState.CONFIRMED}
        if (variant.confirmed_by_id, variant.confirmed_hash) != (expert, seen):
            state |= {"confirmed_by": expert, "confirmed_at": release.approved_at, "confirmed_hash": seen}
            state["basis_hash"] = texts.basis_hash(dossier, variant)
        Variant.objects.filter(pk=variant.pk).update(**state)
