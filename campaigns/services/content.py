"""What a message says: facts shown in a region's language, tokens filled in, hashes of what was seen.

Pure functions on a Dossier (or on parts of it): nothing here writes, nothing reads what the dossier
has not read once. A token is `{{key}}`; spaces inside the braces do not matter.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.numbers import format_currency
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Region
from campaigns.enums import FactKind
from campaigns.models import CampaignChannel, CampaignRegion, CoreMessage, Fact, Variant
from campaigns.services.dossier import Dossier
from channels.enums import Parts
from core import formats

CORE_FIELDS = ("claim", "promise", "proof", "call_to_action", "tone")
# The tone is how we speak, not what a customer reads.
SHOWN_CORE_FIELDS = CORE_FIELDS[:-1]
VARIANT_FIELDS = ("headline", "body")
DEFAULT = "*"
_CODE_BEFORE_FIGURE = re.compile(r"(?<=[A-Z])(?=\d)")
# Inner spaces are stripped afterwards: a pattern with optional spaces at both ends is slow on long blanks.
_TOKEN = re.compile(r"\{\{([^{}\n]{1,80})\}\}")


@dataclass(frozen=True)
class ShownFact:
    """A fact as a region's customers read it: `raw` is the stored value, `text` the same in words.

    `label` is in the language of `text`, where the fact has one.
    """

    key: str
    label: str
    kind: str
    raw: dict[str, str]
    text: str


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `key` names the fact it came from, `known` is False for a token without a value."""

    text: str
    key: str = ""
    known: bool = True


@dataclass(frozen=True)
class Passage:
    """One thing a reviewer judges. `original` is what it was made from, `text` what customers get here.

    `content_hash` covers the raw text and the values of the facts it uses; `group` is a heading.
    """

    key: str
    label: str
    original: str
    text: str
    content_hash: str
    group: str


def canonical_hash(content: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of `content`: sorted keys, no spaces, real characters."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    # A lone surrogate from a broken client is hashed, not a reason to fail.
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def fact_value(fact: Fact, region: Region | None) -> dict | None:
    """The region's own value, else the default one, else None."""
    values = {value.region_id: value.value for value in fact.values.all()}
    own = values.get(region.pk) if region is not None else None
    return values.get(None) if own is None else own


@lru_cache(maxsize=4096)
def _price(amount: Decimal, currency: str, language: str) -> str:
    # Swiss prices are written the Swiss way: CHF 179, not 179 CHF.
    swiss = language == "de" and currency == "CHF"
    locale = formats.locale(language) if not swiss else Locale.parse("de_CH")
    if amount != amount.to_integral_value():
        shown = format_currency(amount, currency, locale=locale)
    else:
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
        shown = format_currency(amount, currency, pattern, locale=locale, currency_digits=False)
    return _CODE_BEFORE_FIGURE.sub("\u00a0", shown)


def _shown(kind: str, value: Mapping[str, str], language: str) -> str:
    if kind == FactKind.PRICE:
        return _price(Decimal(value["amount"]), value["currency"], language)
    with translation.override(language):
        if kind == FactKind.DISCOUNT:
            return formats.percent(Decimal(value["percent"]), places=2)
        return formats.short_date(date.fromisoformat(value["date"]))


def show_value(kind: str, value: Mapping[str, str], language: str) -> str:
    """A stored value in words: `159 €` (no-break space), `CHF 179`, `31.10.2026`, `20 %`, or its text.

    A value that does not fit its kind (only a hand-made one can be) gives an empty string.
    """
    if kind not in (FactKind.PRICE, FactKind.DISCOUNT, FactKind.DATE):
        return str(value.get("text", ""))
    try:
        return _shown(kind, value, language if language in formats.LOCALES else "en")
    except (KeyError, ValueError, TypeError, InvalidOperation):
        return ""


def tokens_in(text: str) -> set[str]:
    """Keys of all tokens in the text."""
    return {key for found in _TOKEN.findall(text) if (key := found.strip())}


def unknown_tokens(text: str, keys: Iterable[str]) -> set[str]:
    """Keys of tokens that are not among `keys`: they would reach customers as braces."""
    return tokens_in(text) - set(keys)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its tokens replaced; a token without a value stays as it was typed."""
    return _TOKEN.sub(lambda found: values.get(found[1].strip(), found[0]), text)


def pieces(text: str, values: Mapping[str, str]) -> list[Piece]:
    """The filled text cut at its tokens, so that a page can mark what comes from a fact."""
    cut, at = [], 0
    for found in _TOKEN.finditer(text):
        if not (key := found[1].strip()):
            continue
        cut.append(Piece(text[at : found.start()]))
        cut.append(Piece(values.get(key, found[0]), key, key in values))
        at = found.end()
    cut.append(Piece(text[at:]))
    return [piece for piece in cut if piece.text]


def shown_facts(dossier: Dossier, region: Region | None, language: str) -> list[ShownFact]:
    """The facts that have a value in the region (None: the default values), in the language."""
    shown = []
    for fact in dossier.facts:
        value = fact_value(fact, region)
        if value is not None:
            text = show_value(fact.kind, value, language)
            shown.append(ShownFact(fact.key, fact.label_in(language), fact.kind, value, text))
    return shown


def fact_texts(dossier: Dossier, region: Region | None, language: str) -> dict[str, str]:
    """What `fill` needs: the facts' texts by token key."""
    return {fact.key: fact.text for fact in shown_facts(dossier, region, language)}


def core_content(core: CoreMessage) -> dict[str, str]:
    """What a version of the core message consists of."""
    return {"language": core.language} | {name: getattr(core, name) for name in CORE_FIELDS}


def fact_labels(fact: Fact) -> dict[str, Any]:
    """A fact's label as releases, versions and copies hold it; "labels" only where there are others."""
    return {"label": fact.label} | ({"labels": fact.labels} if fact.labels else {})


def label_in(entry: Mapping[str, Any], language: str) -> str:
    """The label of such an entry in a language ("de", "en"), else as it was written."""
    return entry.get("labels", {}).get(language) or entry["label"]


def fact_content(fact: Fact) -> dict[str, Any]:
    """What a version of a fact consists of; values by region id, the default one under "*"."""
    values = {
        DEFAULT if one.region_id is None else str(one.region_id): one.value for one in fact.values.all()
    }
    return {"key": fact.key, "kind": fact.kind, **fact_labels(fact), "values": values}


def variant_content(variant: Variant) -> dict[str, str]:
    """What a version of a variant consists of: what it says, not for whom."""
    return {name: getattr(variant, name) for name in VARIANT_FIELDS}


def variant_tokens(variant: Variant) -> set[str]:
    """Keys of the facts a variant uses."""
    return tokens_in(variant.headline) | tokens_in(variant.body)


def region_of(dossier: Dossier, variant: Variant) -> CampaignRegion:
    """The variant's region, from what the dossier has read."""
    return next(one for one in dossier.regions if one.pk == variant.campaign_region_id)


def channel_of(dossier: Dossier, variant: Variant) -> CampaignChannel:
    """The variant's channel, from what the dossier has read."""
    return next(one for one in dossier.channels if one.pk == variant.campaign_channel_id)


def values_used(dossier: Dossier, region: Region | None, *texts: str) -> dict[str, Any]:
    """The stored values behind the tokens of some texts, by key; a token without a value is left out."""
    keys = set().union(*(tokens_in(text) for text in texts))
    used = {fact.key: fact_value(fact, region) for fact in dossier.facts if fact.key in keys}
    return {key: value for key, value in used.items() if value is not None}


def basis_hash(dossier: Dossier, variant: Variant) -> str:
    """Hash of what a variant is built on: the core message and, for its region, the facts it uses."""
    region = region_of(dossier, variant).region
    core = core_content(dossier.core) if dossier.core else {}
    return canonical_hash(
        {"core": core, "facts": values_used(dossier, region, variant.headline, variant.body)}
    )


def variant_hash(dossier: Dossier, variant: Variant) -> str:
    """Hash of exactly what an expert sees on a variant's card: its text and what it is built on."""
    return canonical_hash({"variant": variant_content(variant), "basis": basis_hash(dossier, variant)})


def variants_of(dossier: Dossier, campaign_region: CampaignRegion, language: str) -> list[Variant]:
    """The variants that customers of a region read in a language, in the order of the channels.

    A variant of a channel that no longer carries the campaign in the region is not among them.
    """
    order = {
        channel.pk: place
        for place, channel in enumerate(dossier.channels)
        if campaign_region.pk in {region.pk for region in channel.regions.all()}
    }
    found = [
        variant
        for variant in dossier.variants
        if variant.campaign_region_id == campaign_region.pk
        and variant.language == language
        and variant.campaign_channel_id in order
    ]
    return sorted(found, key=lambda variant: order[variant.campaign_channel_id])


def core_labels() -> dict[str, str]:
    """What the parts of a core message are called, in the reader's language."""
    return {
        "claim": _("Claim"),
        "promise": _("Promise"),
        "proof": _("Proof"),
        "call_to_action": _("Call to action"),
        "tone": _("Tone"),
    }


def _core_passages(
    dossier: Dossier, region: Region, here: Mapping[str, str], there: Mapping[str, str]
) -> Iterable[Passage]:
    labels = core_labels()
    for name in SHOWN_CORE_FIELDS:
        raw = getattr(dossier.core, name, "")
        if raw.strip():
            seen = canonical_hash({"text": raw, "facts": values_used(dossier, region, raw)})
            yield Passage(
                f"core.{name}", labels[name], fill(raw, there), fill(raw, here), seen, _("Core message")
            )


def _fact_passages(
    dossier: Dossier, region: Region, language: str, there: Mapping[str, str]
) -> Iterable[Passage]:
    for fact in shown_facts(dossier, region, language):
        seen = canonical_hash({"label": fact.label, "kind": fact.kind, "value": fact.raw})
        yield Passage(
            f"fact.{fact.key}", fact.label, there.get(fact.key, ""), fact.text, seen, _("Facts of the offer")
        )


def _original_of(dossier: Dossier, variant: Variant, field: str) -> str:
    """The same channel's text in the language of the core message, else the core message itself."""
    core = dossier.core
    language = core.language if core else variant.language
    for other in dossier.variants:
        same = other.campaign_channel_id == variant.campaign_channel_id and other.language == language
        if same and (raw := getattr(other, field)) and other.pk != variant.pk:
            return fill(raw, fact_texts(dossier, region_of(dossier, other).region, language))
        if other.pk == variant.pk and other.language == language:
            break  # the first of its channel: what the others are compared with
    if core is None:
        return ""
    fields = ("claim",) if field == "headline" else _body_says(channel_of(dossier, variant).channel.parts)
    raw = "\n".join(filter(None, (getattr(core, name).strip() for name in fields)))
    return fill(raw, fact_texts(dossier, None, language))


def _body_says(parts: str) -> tuple[str, ...]:
    """Which parts of the core message the text of such a variant has to say."""
    if parts == Parts.POSTER:
        return ("claim",)
    says = ("promise", "call_to_action")
    return ("claim", *says) if parts == Parts.TEXT else says


def _variant_passages(
    dossier: Dossier, campaign_region: CampaignRegion, language: str, here: Mapping[str, str]
) -> Iterable[Passage]:
    for variant in variants_of(dossier, campaign_region, language):
        channel = channel_of(dossier, variant).channel
        labels = {"headline": _("Headline")} | channel.part_labels
        for field in VARIANT_FIELDS:
            raw = getattr(variant, field)
            if raw.strip():
                used = values_used(dossier, campaign_region.region, raw)
                seen = canonical_hash({"text": raw, "facts": used})
                original = _original_of(dossier, variant, field)
                yield Passage(
                    f"variant.{variant.pk}.{field}",
                    labels[field],
                    original,
                    fill(raw, here),
                    seen,
                    str(channel),
                )


def passages(dossier: Dossier, campaign_region: CampaignRegion, language: str) -> list[Passage]:
    """Everything a reviewer of the region and language judges, in reading order; empty parts are left out."""
    region = campaign_region.region
    here = fact_texts(dossier, region, language)
    there = fact_texts(dossier, None, dossier.core.language if dossier.core else language)
    return [
        *_core_passages(dossier, region, here, there),
        *_fact_passages(dossier, region, language, there),
        *_variant_passages(dossier, campaign_region, language, here),
    ]


def region_content(dossier: Dossier, campaign_region: CampaignRegion, language: str) -> dict[str, Any]:
    """Exactly what customers of the region get in the language: JSON, the same whoever asks."""
    region = campaign_region.region
    here = fact_texts(dossier, region, language)
    core = {name: fill(getattr(dossier.core, name, ""), here) for name in SHOWN_CORE_FIELDS}
    variants = {
        channel_of(dossier, variant).channel.code: {
            field: fill(getattr(variant, field), here) for field in VARIANT_FIELDS
        }
        for variant in variants_of(dossier, campaign_region, language)
    }
    facts = {
        fact.key: {"label": fact.label, "kind": fact.kind, "value": fact.raw, "text": fact.text}
        for fact in shown_facts(dossier, region, language)
    }
    return {"region": region.code, "language": language, "core": core, "facts": facts, "variants": variants}


def region_hash(dossier: Dossier, campaign_region: CampaignRegion, language: str) -> str:
    """What a review approval names: the hash of `region_content`."""
    return canonical_hash(region_content(dossier, campaign_region, language))
