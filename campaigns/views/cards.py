"""What the Message page shows: the facts by region and one card for each variant."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Region, User
from accounts.permissions import can
from campaigns.enums import Content, VariantState
from campaigns.models import CampaignChannel, CampaignRegion, Variant
from campaigns.services import content, message, versions
from campaigns.services.content import Piece, ShownFact
from campaigns.services.dossier import Dossier
from campaigns.services.typed import Typed, typed_figures

ORDER = [VariantState.OUTDATED, VariantState.DRAFT, VariantState.CONFIRMED]


@dataclass(frozen=True)
class Words:
    """A variant's filled words, for components/preview/<kind>.html. `old`: what its facts said before."""

    kind: str
    headline: list[Piece]
    body: list[Piece]
    old: Mapping[str, str] = field(default_factory=dict)
    language: str = "de"

    @property
    def sender(self) -> str:
        return settings.COMPANY_NAME

    @property
    def lines(self) -> list[list[Piece]]:
        """The body by line, without empty ones."""
        found: list[list[Piece]] = [[]]
        for piece in self.body:
            first, *more = piece.text.split("\n")
            found[-1].append(Piece(first, piece.key, piece.known))
            found += [[Piece(text, piece.key, piece.known)] for text in more]
        return [line for line in found if any(piece.text.strip() for piece in line)]

    @property
    def spoken(self) -> list[tuple[str, list[Piece]]]:
        """The lines of a script with what stands before their colon as the cue."""
        return [_cue(line) for line in self.lines]

    @property
    def is_empty(self) -> bool:
        return not self.headline and not self.lines


def _cue(line: list[Piece]) -> tuple[str, list[Piece]]:
    first = line[0]
    cue, colon, rest = first.text.partition(":")
    if first.key or not colon or len(cue) > 24 or rest.startswith("//"):
        return "", line
    return cue.strip(), [Piece(rest.lstrip()), *line[1:]] if rest.strip() else line[1:]


@dataclass(frozen=True)
class Change:
    """Something a variant is built on that is no longer what its expert saw; a figure changes as a whole."""

    label: str
    old: str
    new: str
    whole: bool = True


@dataclass(frozen=True)
class Card:
    """One variant on the page."""

    variant: Variant
    title: str
    channel: CampaignChannel
    region: CampaignRegion
    words: Words
    seen: str
    changes: list[Change]
    warnings: list[str]
    may_edit: bool
    may_confirm: bool

    @property
    def outdated(self) -> bool:
        return self.variant.state == VariantState.OUTDATED

    @property
    def confirmed(self) -> bool:
        return self.variant.state == VariantState.CONFIRMED

    @property
    def only_facts_changed(self) -> bool:
        """True if taking over the new values is all there is to do."""
        return bool(self.changes) and bool(self.words.old)


@dataclass(frozen=True)
class FactRow:
    """A fact with its distinct texts and the regions they hold for."""

    fact: Any
    texts: list[tuple[str, str]]
    is_code: bool


def fact_rows(dossier: Dossier) -> list[FactRow]:
    """Every fact, its texts grouped by the regions that read the same."""
    rows = []
    for fact in dossier.facts:
        by_text: dict[str, list[str]] = {}
        for row in dossier.regions:
            value = content.fact_value(fact, row.region)
            text = "" if value is None else content.show_value(fact.kind, value, row.region.language)
            by_text.setdefault(text, []).append(row.region.code)
        texts = [(", ".join(codes) if len(by_text) > 1 else "", text) for text, codes in by_text.items()]
        rows.append(FactRow(fact, texts, fact.kind == "code"))
    return rows


def core_parts(dossier: Dossier, region: Region | None = None) -> list[tuple[str, str, list[Piece]]]:
    """The core message's parts as (name, label, pieces), empty ones left out.

    Filled with the values of the region, or with those that hold everywhere.
    """
    if dossier.core is None:
        return []
    values = content.fact_texts(dossier, region, dossier.core.language)
    labels = content.core_labels()
    return [
        (name, labels[name], content.pieces(text, values))
        for name in content.CORE_FIELDS
        if (text := getattr(dossier.core, name)).strip()
    ]


def sorted_cards(dossier: Dossier, user: User) -> list[Card]:
    """A card for every variant of a channel that the plan still has there; out-of-date ones first."""
    found = [
        (variant, region)
        for region in dossier.regions
        for language in {variant.language for variant in dossier.variants}
        for variant in content.variants_of(dossier, region, language)
    ]
    plans = can(user, "message.edit", dossier.campaign)
    order = {channel.pk: place for place, channel in enumerate(dossier.channels)}
    cards = [_card(dossier, variant, region, user, plans) for variant, region in found]
    return sorted(
        cards,
        key=lambda card: (
            ORDER.index(VariantState(card.variant.state)),
            order[card.channel.pk],
            card.region.region.code,
            card.variant.language,
        ),
    )


def _card(dossier: Dossier, variant: Variant, region: CampaignRegion, user: User, plans: bool) -> Card:
    channel = content.channel_of(dossier, variant)
    facts = content.shown_facts(dossier, region.region, variant.language)
    expert = channel.expert_id == user.pk
    before = _facts_before(dossier, variant, region.region)
    return Card(
        variant=variant,
        title=message.name_of(dossier, variant),
        channel=channel,
        region=region,
        words=words_of(channel, variant, facts, before),
        seen=content.variant_hash(dossier, variant),
        changes=_changes(dossier, variant, facts, before),
        warnings=warnings_of(dossier, variant, facts),
        may_edit=plans or expert,
        may_confirm=expert,
    )


def words_of(
    channel: CampaignChannel, variant: Variant, facts: Iterable[ShownFact], before: Mapping[str, str]
) -> Words:
    """The variant's words with the facts filled in."""
    values = {fact.key: fact.text for fact in facts}
    return Words(
        kind=channel.channel.preview,
        headline=content.pieces(variant.headline, values),
        body=content.pieces(variant.body, values),
        old={key: text for key, text in before.items() if text != values.get(key)},
        language=variant.language,
    )


def _facts_before(dossier: Dossier, variant: Variant, region: Region) -> dict[str, str]:
    """What the facts it uses said when its expert confirmed it; empty unless it is out of date."""
    if variant.state != VariantState.OUTDATED or variant.confirmed_at is None:
        return {}
    found, used = {}, content.variant_tokens(variant)
    for fact in dossier.facts:
        said = versions.as_of(dossier.versions, Content.FACT, fact.pk, variant.confirmed_at)
        values = said.get("values", {}) if said and fact.key in used else {}
        value = values.get(str(region.pk), values.get(content.DEFAULT))
        if value is not None:
            found[fact.key] = content.show_value(fact.kind, value, variant.language)
    return found


def _changes(
    dossier: Dossier, variant: Variant, facts: list[ShownFact], before: Mapping[str, str]
) -> list[Change]:
    if variant.state != VariantState.OUTDATED:
        return []
    changed = [
        Change(fact.label, before[fact.key], fact.text)
        for fact in facts
        if fact.key in before and before[fact.key] != fact.text
    ]
    return [*_core_changes(dossier, variant), *changed]


def _core_changes(dossier: Dossier, variant: Variant) -> list[Change]:
    if dossier.core is None or variant.confirmed_at is None:
        return []
    said = versions.as_of(dossier.versions, Content.CORE, dossier.core.pk, variant.confirmed_at)
    labels = content.core_labels()
    return [
        Change(labels[name], said.get(name, ""), getattr(dossier.core, name), whole=False)
        for name in content.CORE_FIELDS
        if said is not None and said.get(name, "") != getattr(dossier.core, name)
    ]


def warnings_of(dossier: Dossier, variant: Variant, facts: list[ShownFact]) -> list[str]:
    """What should be looked at before the review: tokens without a value, figures typed by hand."""
    text = f"{variant.headline}\n{variant.body}"
    lost = content.unknown_tokens(text, {fact.key for fact in facts})
    said = [
        _("There is no value for %(token)s here; customers would see the braces.") % {"token": token(key)}
        for key in sorted(lost)
    ]
    return said + [_typed_words(one) for one in typed_figures(text, facts)]


def token(key: str) -> str:
    """How a fact stands in a text."""
    return f"{{{{{key}}}}}"


def _typed_words(one: Typed) -> str:
    if one.key:
        words = _("%(text)s is typed by hand; use %(token)s, so that it cannot come to differ.")
        return words % {"text": one.text, "token": token(one.key)}
    words = _("%(text)s is typed by hand and is none of the offer's facts (%(tokens)s).")
    return words % {"text": one.text, "tokens": ", ".join(token(key) for key in one.facts)}


def tokens(dossier: Dossier, region: Region | None = None, language: str = "") -> list[dict[str, str]]:
    """What the token picker offers: token, label and what customers read."""
    language = language or (dossier.core.language if dossier.core else "de")
    return [
        {"token": token(fact.key), "label": fact.label, "text": fact.text}
        for fact in content.shown_facts(dossier, region, language)
    ]
