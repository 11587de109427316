"""The parts of the document that this app brings."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.models import Region, User
from campaigns.document.parts import document_part
from campaigns.enums import DecisionState, Phase
from campaigns.models import CampaignChannel, CampaignRegion, Decision, Fact, Flight, Variant
from campaigns.readiness_card import card_of
from campaigns.services import content
from campaigns.services.dossier import Dossier
from campaigns.services.figures import Figures, of_budget, of_channel
from campaigns.services.flight_rows import hours_of, hours_words
from campaigns.services.review_state import pictures
from campaigns.services.stages import steps_of
from core import formats

Shown = dict[str, Any]


@document_part("strategy", _("Goal and strategy"), order=10)
def strategy_part(dossier: Dossier, user: User) -> Shown | None:
    """Which goal it serves, and what it is about."""
    campaign = dossier.campaign
    if not (campaign.goal or campaign.theme):
        return None
    strategy = campaign.goal.strategy if campaign.goal else None
    return {"goal": campaign.goal, "theme": campaign.theme, "strategy": strategy}


@document_part("audience", _("Target groups"), order=20)
def audience_part(dossier: Dossier, user: User) -> Shown | None:
    """Whom it is for, and what is known of them."""
    groups = list(dossier.campaign.target_groups.all())
    return {"groups": groups} if groups else None


class FlightLine(NamedTuple):
    """A flight with its hours in words."""

    flight: Flight
    hours: str


class ChannelPlan(NamedTuple):
    """A channel with its regions and flights."""

    row: CampaignChannel
    regions: str
    flights: list[FlightLine]


@document_part("schedule", _("Regions, channels and flights"), order=30)
def schedule_part(dossier: Dossier, user: User) -> Shown | None:
    """Where and when it runs, and who answers for each channel."""
    if not dossier.regions and not dossier.channels:
        return None
    return {"regions": dossier.regions, "channels": [_channel(row, dossier) for row in dossier.channels]}


def _channel(row: CampaignChannel, dossier: Dossier) -> ChannelPlan:
    codes = {one.pk: one.region.code for one in dossier.regions}
    flights = [
        FlightLine(flight, "; ".join(hours_words(one) for one in hours_of(flight)))
        for flight in row.flights.all()
    ]
    return ChannelPlan(row, " · ".join(sorted(codes[one.pk] for one in row.regions.all())), flights)


class MoneyLine(NamedTuple):
    """The money of a channel."""

    row: CampaignChannel
    figures: Figures


@document_part("money", _("Budget"), order=40, page="campaigns:budget", usual=False)
def money_part(dossier: Dossier, user: User) -> Shown | None:
    """Planned, committed, spent and left, by channel and as a whole."""
    budget = dossier.budget
    if budget is None or not budget.amount:
        return None
    lines = [MoneyLine(row, of_channel(row)) for row in dossier.channels if hasattr(row, "allocation")]
    return {"budget": budget, "lines": lines, "whole": of_budget(budget, dossier.channels)}


class FactLine(NamedTuple):
    """A fact: one text for all regions, or `by_region` the codes of regions with the text they share."""

    fact: Fact
    text: str
    by_region: list[tuple[str, str]]


@document_part("message", _("Core message and facts of the offer"), order=50, page="campaigns:message")
def message_part(dossier: Dossier, user: User) -> Shown | None:
    """What it says, with the facts filled in, and the facts region by region."""
    core = dossier.core
    facts = [line for line in (_fact(fact, dossier) for fact in dossier.facts) if line]
    if core is None and not facts:
        return None
    known = content.fact_texts(dossier, None, core.language) if core else {}
    texts = {name: content.fill(getattr(core, name), known) for name in content.CORE_FIELDS} if core else {}
    return {"core": texts, "language": core.language if core else "", "facts": facts}


def _fact(fact: Fact, dossier: Dossier) -> FactLine | None:
    codes: dict[str, list[str]] = {}
    for one in dossier.regions:
        codes.setdefault(_value(fact, one.region), []).append(one.region.code)
    if len(codes) > 1:
        return FactLine(fact, "", [(" · ".join(where), text) for text, where in codes.items()])
    text = next(iter(codes), "") or _value(fact, None)
    return FactLine(fact, text, []) if text else None


def _value(fact: Fact, region: Region | None) -> str:
    value = content.fact_value(fact, region)
    return content.show_value(fact.kind, value, formats.language()) if value is not None else ""


class VariantText(NamedTuple):
    """A variant as its customers read it."""

    variant: Variant
    region: CampaignRegion
    headline: str
    body: str


@document_part("variants", _("Texts by channel"), order=60, page="campaigns:message")
def variants_part(dossier: Dossier, user: User) -> Shown | None:
    """What each channel says in each region, facts filled in."""
    texts: dict[int, list[VariantText]] = defaultdict(list)
    for variant in dossier.variants:
        if variant.headline or variant.body:
            texts[variant.campaign_channel_id].append(_text(variant, dossier))
    channels = [(row, _in_order(texts[row.pk])) for row in dossier.channels if row.pk in texts]
    return {"channels": channels} if channels else None


def _text(variant: Variant, dossier: Dossier) -> VariantText:
    region = content.region_of(dossier, variant)
    key = f"document {region.region_id} {variant.language}"
    known = dossier.once(key, lambda: content.fact_texts(dossier, region.region, variant.language))
    return VariantText(
        variant, region, content.fill(variant.headline, known), content.fill(variant.body, known)
    )


def _in_order(texts: list[VariantText]) -> list[VariantText]:
    return sorted(texts, key=lambda one: (one.region.region.code, one.variant.language))


@document_part("reviews", _("Regional reviews"), order=70, page="campaigns:reviews", usual=False)
def reviews_part(dossier: Dossier, user: User) -> Shown | None:
    """How far the review of each region and language is."""
    rows = [
        (picture, Language(picture.language).label)
        for picture in pictures(dossier)
        if picture.review or picture.passages
    ]
    return {"rows": rows} if rows else None


@document_part("stages", _("Rollout in stages"), order=90)
def stages_part(dossier: Dossier, user: User) -> Shown | None:
    """Which regions come first, and what is looked at before the next."""
    steps = steps_of(dossier)
    return {"steps": steps} if steps else None


@document_part("decisions", _("Decisions that apply"), order=100, page="campaigns:decisions", usual=False)
def decisions_part(dossier: Dossier, user: User) -> Shown | None:
    """What was decided about the campaign and still holds (one query)."""
    found = Decision.objects.visible_to(user).filter(campaign=dossier.campaign, state=DecisionState.DECIDED)
    rows = list(found.select_related("by", "decided_by", "channel"))
    return {"rows": rows} if rows else None


@document_part("partners", _("Partners"), order=110, usual=False)
def partners_part(dossier: Dossier, user: User) -> Shown | None:
    """Who joins the planning."""
    rows = list(dossier.campaign.partners.select_related("department", "person").order_by("pk"))
    return {"rows": rows} if rows else None


@document_part("readiness", _("Readiness"), order=120, usual=False)
def readiness_part(dossier: Dossier, user: User) -> Shown | None:
    """What is still open before it can be approved or start."""
    if dossier.campaign.phase in (Phase.FINISHED, Phase.EVALUATED, Phase.CANCELLED):
        return None
    card = card_of(dossier)
    return {"card": card} if card.lines else None
