"""The parts of a plan and of its message that a copy can take along (see copying.py)."""

from typing import Any

from django.utils.translation import gettext as _

from campaigns.copying import Copy, Part, parts
from campaigns.enums import FactKind
from campaigns.models import Campaign, Variant
from campaigns.services import content, message, variants
from campaigns.services import copying as service
from campaigns.services.dossier import Dossier

# What is only right until it is not: to be looked at before it is said again.
TO_CHECK = (FactKind.PRICE, FactKind.DISCOUNT, FactKind.DATE, FactKind.TERMS, FactKind.CODE)


@parts.register("about")
def about() -> Part:
    return Part("about", _("Goal, theme and what it is about"), service.take_about, order=10)


@parts.register("regions")
def regions() -> Part:
    hint = _("moved to the new first day; only those in which you plan")
    return Part("regions", _("Regions"), service.take_regions, order=15, hint=hint)


@parts.register("channels")
def channels() -> Part:
    hint = _("experts who still answer for the channel")
    return Part("channels", _("Channels with their experts"), service.take_channels, order=20, hint=hint)


@parts.register("flights")
def flights() -> Part:
    hint = _("moved to the new first day")
    return Part("flights", _("Flights"), service.take_flights, order=25, needs="channels", hint=hint)


@parts.register("target_groups")
def target_groups() -> Part:
    return Part("target_groups", _("Target groups"), service.take_groups, order=30)


@parts.register("partners")
def partners() -> Part:
    hint = _("departments, and people who are still here; what was asked of them stays where it was")
    return Part("partners", _("Partners"), service.take_partners, service.put_partners, order=35, hint=hint)


@parts.register("budget")
def budget() -> Part:
    hint = _("as a new proposal; nothing is approved")
    return Part("budget", _("Budget with its allocations"), service.take_budget, order=40, hint=hint)


@parts.register("core")
def core_message() -> Part:
    return Part("core", _("Core message"), take_core, put_core, order=50)


@parts.register("facts")
def facts() -> Part:
    hint = _("prices, dates, discounts, codes and terms are marked to be checked")
    return Part("facts", _("Facts of the offer"), take_facts, put_facts, order=55, hint=hint)


@parts.register("variants")
def channel_variants() -> Part:
    hint = _("as drafts; nothing is confirmed")
    return Part("variants", _("Variants"), take_variants, put_variants, order=60, needs="channels", hint=hint)


def take_core(campaign: Campaign) -> dict[str, str]:
    """The core message with its language."""
    core = getattr(campaign, "core_message", None)
    return {"language": core.language} | content.core_content(core) if core else {}


def put_core(made: Copy, data: dict[str, str]) -> None:
    """Write it as the first version of the new campaign's."""
    message.save_core(campaign=made.campaign, values=data, expected=0, by=made.by)


def take_facts(campaign: Campaign) -> list[dict[str, Any]]:
    """Facts with their values by region code; empty for all other regions."""
    return [
        {
            "key": fact.key,
            "kind": fact.kind,
            **content.fact_labels(fact),
            "values": {row.region.code if row.region else "": row.value for row in fact.values.all()},
        }
        for fact in campaign.facts.prefetch_related("values__region")
    ]


def put_facts(made: Copy, data: list[dict[str, Any]]) -> None:
    """Write facts that have a value here; those that go out of date are to be checked."""
    ids = dict(made.campaign.regions.values_list("region__code", "region"))
    for row in data:
        values = {ids.get(code): value for code, value in row["values"].items() if not code or code in ids}
        if values:
            about = {name: row[name] for name in ("key", "kind", "label", "labels") if name in row}
            message.save_fact(campaign=made.campaign, values=values, by=made.by, **about)
            if row["kind"] in TO_CHECK:
                made.unchecked.append(row["key"])


def take_variants(campaign: Campaign) -> list[dict[str, str]]:
    """Texts by channel, region and language."""
    rows = campaign.variants.select_related("campaign_channel__channel", "campaign_region__region")
    return [
        {
            "channel": row.campaign_channel.channel.code,
            "region": row.campaign_region.region.code,
            "language": row.language,
            "headline": row.headline,
            "body": row.body,
        }
        for row in rows
    ]


def put_variants(made: Copy, data: list[dict[str, str]]) -> None:
    """Drafts with these words where the new plan asks for them."""
    texts = {(row["channel"], row["region"], row["language"]): row for row in data}
    dossier = Dossier(made.campaign)
    wanted = {
        place.key: texts[found]
        for place in variants.places(dossier)
        if (found := (place.channel.channel.code, place.region.region.code, place.language)) in texts
    }
    drafts = variants.create_variants_missing(campaign=made.campaign, by=made.by, only=set(wanted))
    for draft in drafts:
        row = wanted[f"{draft.campaign_channel_id}-{draft.campaign_region_id}-{draft.language}"]
        _say(draft, row, made)


def _say(draft: Variant, row: dict[str, str], made: Copy) -> None:
    words = {"headline": row["headline"], "body": row["body"]}
    if {"headline": draft.headline, "body": draft.body} != words:
        message.save_variant(variant=draft, expected=draft.version, by=made.by, **words)
