"""Writing a demo campaign's message: the owner its core and facts, each expert his channel's variants."""

from datetime import date
from typing import Any

from accounts.models import User
from campaigns.models import Campaign, CoreMessage, Variant
from campaigns.services.dossier import Dossier
from campaigns.services.message import adapt, offer_hash, save_core, save_fact
from campaigns.services.variants import create_variants_missing
from dashboard.demo.company import Company
from dashboard.demo.plan import fact_values

Row = dict[str, Any]


def write_core(campaign: Campaign, row: Row, company: Company, today: date, by: User) -> None:
    """Core message and facts."""
    save_core(campaign=campaign, values=row["core"], expected=0, by=by)
    for fact in row.get("facts", []):
        save_fact(
            campaign=campaign,
            key=fact["key"],
            kind=fact["kind"],
            label=fact["label"],
            labels=fact.get("labels"),
            values=fact_values(fact, company, today),
            by=by,
        )


def change_core(campaign: Campaign, values: dict[str, str], by: User) -> None:
    """Other words in the core message."""
    core = CoreMessage.objects.get(campaign=campaign)
    save_core(campaign=campaign, values=values, expected=core.version, by=by)


def change_fact(campaign: Campaign, row: Row, company: Company, today: date, by: User) -> None:
    """Another value for a fact."""
    fact = campaign.facts.get(key=row["key"])
    values = fact_values(row, company, today)
    save_fact(campaign=campaign, fact=fact, label=fact.label, values=values, expected=fact.version, by=by)


def make_drafts(campaign: Campaign, by: User) -> None:
    """A draft for every channel, region and language of the plan."""
    create_variants_missing(campaign=campaign, by=by)


def words_for(row: Row, variant: Variant) -> dict[str, str] | None:
    """What the file says for a variant: its region's own words, else those of its language."""
    texts = row.get("variants", {}).get(variant.campaign_channel.channel.code, {})
    return texts.get(variant.campaign_region.region.code) or texts.get(variant.language)


def confirm_variants(campaign: Campaign, row: Row) -> None:
    """Every expert writes and confirms the variants of his channels, as far as the file has words."""
    related = ("campaign_channel__channel", "campaign_channel__expert", "campaign_region__region")
    for variant in campaign.variants.select_related(*related).order_by("id"):
        words, expert = words_for(row, variant), variant.campaign_channel.expert
        if words is None or expert is None:
            continue
        adapt(
            variant=variant,
            headline=words.get("headline", ""),
            body=words["body"].strip(),
            expected=variant.version,
            seen_offer=offer_hash(Dossier(campaign), variant),
            by=expert,
        )
