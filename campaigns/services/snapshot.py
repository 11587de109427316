"""What a release holds: an immutable JSON copy of what customers and staff get, and how to read it.

    {"campaign": {"id", "name", "purpose", "goal", "theme", "owner": {"id", "name"}, "starts_on", "ends_on"},
     "core": {"language", "claim", "promise", "proof", "call_to_action", "tone"}      as written, with tokens
     "core_by_region": {"AT": {"claim", …}}                                           as read in the region
     "regions": [{"id", "region_id", "code", "name_de", "name_en", "starts_on", "ends_on", "timezone",
                  "currency", "language", "reviewed": {"de": hash that the review approved}}],
     "channels": [{"id", "channel_id", "code", "name_de", "name_en", "icon", "customer_facing",
                   "expert": {"id", "name"} or None, "region_codes": [],
                   "flights": [{"starts_on", "ends_on"} and "dayparts" where it has any (flight_rows.py)]}],
     "facts": [{"key", "label", "kind", "values": {"": raw, "AT": raw}}],
     "facts_by_region": {"AT": [{"key", "label", "kind", "raw", "shown": {"de", "en"}}]},
                    a fact also has "labels": {"en"} where it is called otherwise there (content.label_in)
     "variants": [{"id", "channel_code", "region_code", "language", "headline", "body",
                   "shown_headline", "shown_body"}],
     "target_groups": [{"id", "name_de", "name_en"}]}

`id` of a region or channel is that of the campaign's own row, `region_id` and `channel_id` that of the
company's. Days are ISO dates in the region's zone. The release's hash is `canonical_hash(content)`.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts.enums import Language
from accounts.models import User
from campaigns.models import CampaignChannel, CampaignRegion, Fact, Release, Variant
from campaigns.services import content as texts
from campaigns.services.dossier import Dossier
from campaigns.services.flight_rows import entry_of

Content = dict[str, Any]


def build(dossier: Dossier) -> Content:
    """The content of a release of the campaign as it stands now."""
    return {
        "campaign": _campaign(dossier),
        "core": texts.core_content(dossier.core) if dossier.core else {},
        "core_by_region": {one.region.code: _core_in(dossier, one) for one in dossier.regions},
        "regions": [_region(dossier, one) for one in dossier.regions],
        "channels": [_channel(dossier, one) for one in dossier.channels],
        "facts": [_fact(dossier, one) for one in dossier.facts],
        "facts_by_region": {one.region.code: _facts_in(dossier, one) for one in dossier.regions},
        "variants": [_variant(dossier, region, one) for region, one in _carried(dossier)],
        "target_groups": [
            {"id": group.pk, "name_de": group.name_de, "name_en": group.name_en}
            for group in dossier.campaign.target_groups.order_by("pk")
        ],
    }


def _who(user: User | None) -> Content | None:
    return None if user is None else {"id": user.pk, "name": str(user)}


def _campaign(dossier: Dossier) -> Content:
    campaign = dossier.campaign
    return {
        "id": campaign.pk,
        "name": campaign.name,
        "purpose": campaign.purpose,
        "goal": str(campaign.goal) if campaign.goal else "",
        "theme": str(campaign.theme) if campaign.theme else "",
        "owner": _who(campaign.owner),
        "starts_on": campaign.starts_on.isoformat(),
        "ends_on": campaign.ends_on.isoformat(),
    }


def _core_in(dossier: Dossier, one: CampaignRegion) -> Content:
    here = texts.fact_texts(dossier, one.region, one.region.language)
    return {name: texts.fill(getattr(dossier.core, name, ""), here) for name in texts.CORE_FIELDS}


def _region(dossier: Dossier, one: CampaignRegion) -> Content:
    region = one.region
    return {
        "id": one.pk,
        "region_id": region.pk,
        "code": region.code,
        "name_de": region.name_de,
        "name_en": region.name_en,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "timezone": region.timezone,
        "currency": region.currency,
        "language": region.language,
        "reviewed": {
            language: texts.region_hash(dossier, one, language) for language in one.region.languages
        },
    }


def _channel(dossier: Dossier, one: CampaignChannel) -> Content:
    channel = one.channel
    carried = {region.pk for region in one.regions.all()}
    return {
        "id": one.pk,
        "channel_id": channel.pk,
        "code": channel.code,
        "name_de": channel.name_de,
        "name_en": channel.name_en,
        "icon": channel.icon,
        "customer_facing": channel.customer_facing,
        "expert": _who(one.expert),
        "region_codes": [region.region.code for region in dossier.regions if region.pk in carried],
        "flights": [
            entry_of(flight)
            for flight in sorted(one.flights.all(), key=lambda flight: (flight.starts_on, flight.ends_on))
        ],
    }


def _fact(dossier: Dossier, fact: Fact) -> Content:
    codes = {one.region_id: one.region.code for one in dossier.regions} | {None: ""}
    values = {codes[value.region_id]: value.value for value in fact.values.all() if value.region_id in codes}
    return {"key": fact.key, **texts.fact_labels(fact), "kind": fact.kind, "values": values}


def _facts_in(dossier: Dossier, one: CampaignRegion) -> list[Content]:
    labels = {fact.key: texts.fact_labels(fact) for fact in dossier.facts}
    return [
        {
            "key": fact.key,
            **labels[fact.key],
            "kind": fact.kind,
            "raw": fact.raw,
            "shown": {lang: texts.show_value(fact.kind, fact.raw, lang) for lang in Language.values},
        }
        for fact in texts.shown_facts(dossier, one.region, one.region.language)
    ]


def _carried(dossier: Dossier) -> list[tuple[CampaignRegion, Variant]]:
    """The variants that customers get: of channels that carry the campaign in that region."""
    return [
        (region, variant)
        for region in dossier.regions
        for language in region.region.languages
        for variant in texts.variants_of(dossier, region, language)
    ]


def _variant(dossier: Dossier, region: CampaignRegion, variant: Variant) -> Content:
    here = texts.fact_texts(dossier, region.region, variant.language)
    return {
        "id": variant.pk,
        "channel_code": texts.channel_of(dossier, variant).channel.code,
        "region_code": region.region.code,
        "language": variant.language,
        "headline": variant.headline,
        "body": variant.body,
        "shown_headline": texts.fill(variant.headline, here),
        "shown_body": texts.fill(variant.body, here),
    }


def is_intact(release: Release) -> bool:
    """True if the stored content still is what was approved."""
    return texts.canonical_hash(release.content) == release.content_hash


def region_entry(release: Release | None, region: CampaignRegion) -> Content | None:
    """What the release says about a region of the campaign; None when it is not part of it."""
    entries = release.content["regions"] if release else []
    # By the company's region: the campaign's own row may have been removed and made again in a draft.
    return next((entry for entry in entries if entry["region_id"] == region.region_id), None)


def starts_at(entry: Content) -> datetime:
    """The instant (UTC) at which the entry's first day begins in its own zone."""
    return _midnight(date.fromisoformat(entry["starts_on"]), entry["timezone"])


def ends_at(entry: Content) -> datetime:
    """The instant (UTC) at which the entry's last day is over in its own zone."""
    return _midnight(date.fromisoformat(entry["ends_on"]) + timedelta(days=1), entry["timezone"])


def _midnight(day: date, zone: str) -> datetime:
    # Where clocks skip midnight, the day begins at the first instant that exists: fold 0 reads the skipped
    # hour with the offset before the change, which is that very instant.
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)
