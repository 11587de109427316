"""Drafts for the variants that a campaign's plan asks for and that nobody has made yet."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from campaigns import hooks
from campaigns.enums import Content
from campaigns.models import Campaign, CampaignChannel, CampaignRegion, Variant
from campaigns.services import content, message, versions
from campaigns.services.dossier import Dossier
from core import audit


@dataclass(frozen=True)
class Place:
    """A channel, region and language for which the plan asks for a variant."""

    channel: CampaignChannel
    region: CampaignRegion
    language: str

    @property
    def key(self) -> str:
        """How a form names it: "12-7-de"."""
        return f"{self.channel.pk}-{self.region.pk}-{self.language}"

    @property
    def ids(self) -> tuple[int, int, str]:
        return (self.channel.pk, self.region.pk, self.language)


def places(dossier: Dossier) -> list[Place]:
    """Every variant that the plan asks for: channel by channel, its regions, their languages."""
    regions = {region.pk: region for region in dossier.regions}
    return [
        Place(channel, regions[region.pk], language)
        for channel in dossier.channels
        for region in sorted(channel.regions.all(), key=lambda one: regions[one.pk].region.code)
        for language in regions[region.pk].region.languages
    ]


def missing(dossier: Dossier) -> list[Place]:
    """The places that have no variant yet."""
    there = {(one.campaign_channel_id, one.campaign_region_id, one.language) for one in dossier.variants}
    return [place for place in places(dossier) if place.ids not in there]


@transaction.atomic
def create_variants_missing(
    *, campaign: Campaign, by: User, only: Collection[str] | None = None, copy_from: Variant | None = None
) -> list[Variant]:
    """Make a draft for every place without a variant (or those in `only`, by Place.key), once.

    A draft says what `copy_from` says, else what its channel already says in that language, else the core
    message.
    """
    campaign = message.opened(campaign)
    dossier = Dossier(campaign)
    wanted = [place for place in missing(dossier) if only is None or place.key in only]
    if not wanted:
        return []
    made = Variant.objects.bulk_create(_draft(dossier, place, copy_from) for place in wanted)
    rows = [(one.pk, content.variant_content(one)) for one in made]
    versions.append_first(campaign=campaign, kind=Content.VARIANT, rows=rows, by=by)
    _link_facts(dossier, made)
    names = ", ".join(f"{place.channel.channel} · {place.region.region.code}" for place in wanted)
    audit.record(by=by, verb="variants.created", scope=campaign, variants=names)
    hooks.run(hooks.message_changed, campaign, by)
    return made


def _draft(dossier: Dossier, place: Place, copy_from: Variant | None) -> Variant:
    like = copy_from or _same_words(dossier, place)
    headline, body = (like.headline, like.body) if like else from_core(dossier)
    if "headline" not in place.channel.channel.part_labels:
        headline, body = "", "\n\n".join(part for part in (headline, body) if part)
    return Variant(
        campaign=dossier.campaign,
        campaign_channel=place.channel,
        campaign_region=place.region,
        language=place.language,
        headline=headline,
        body=body,
    )


def _same_words(dossier: Dossier, place: Place) -> Variant | None:
    """A variant of the same channel and language that already says something."""
    for variant in dossier.variants:
        same = (variant.campaign_channel_id, variant.language) == (place.channel.pk, place.language)
        if same and variant.body.strip():
            return variant
    return None


def from_core(dossier: Dossier) -> tuple[str, str]:
    """Headline and text as the core message has them."""
    core = dossier.core
    if core is None:
        return "", ""
    return core.claim, "\n\n".join(part for part in (core.promise, core.proof, core.call_to_action) if part)


def _link_facts(dossier: Dossier, made: list[Variant]) -> None:
    link = Variant.facts.through
    link.objects.bulk_create(
        link(variant_id=variant.pk, fact_id=fact.pk)
        for variant in made
        for fact in dossier.facts
        if fact.key in content.variant_tokens(variant)
    )
