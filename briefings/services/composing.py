"""The first words of a briefing, composed from the campaign as it stands: message, facts, channels, people.

Facts, dates and people stay tokens, so that a briefing cannot come to say anything else than its release.
Nothing is promised here that the campaign does not say: where it says nothing, the part stays empty.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.enums import Audience
from briefings.services.content import written
from campaigns.enums import FactKind
from campaigns.models import CampaignRegion, CoreMessage, Variant
from campaigns.services.content import ShownFact, shown_facts, variants_of
from campaigns.services.dossier import Dossier
from channels.enums import Direction
from channels.models import Channel

_BENEFIT = re.compile(r"return|refund|delivery|rückgab|umtausch|retour|versand|liefer", re.IGNORECASE)
_INCENTIVE = re.compile(r"commission|incentive|bonus for|provision|prämie|staff", re.IGNORECASE)
COLLECT = "click-and-collect"


@dataclass(frozen=True)
class Texts:
    """Parts by field ("title" and briefings.enums.Part) and (question, answer) in order."""

    fields: dict[str, str]
    questions: list[tuple[str, str]] = field(default_factory=list)

    def stored(self) -> dict[str, Any]:
        """As Briefing.composed keeps it."""
        return self.fields | {"questions": [list(pair) for pair in self.questions]}


@dataclass(frozen=True)
class _Source:
    """What of the campaign concerns one region and language."""

    region: CampaignRegion
    language: str
    core: CoreMessage
    facts: list[ShownFact]
    variants: list[Variant]
    channels: list[Channel]

    def of(self, *kinds: FactKind) -> list[ShownFact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def like(self, pattern: re.Pattern) -> list[ShownFact]:
        """Facts whose name or text speaks of something; never prices and dates."""
        worded = self.of(FactKind.TERMS, FactKind.TEXT)
        return [one for one in worded if pattern.search(f"{one.key} {one.label} {one.text}")]


def compose(campaign_region: CampaignRegion, audience: str, language: str) -> Texts:
    """Title, parts and questions for one audience, in `language`."""
    source = _source(campaign_region, language)
    with translation.override(language):
        fields = {
            "title": (_("%(campaign)s: what you need to know") % {"campaign": _name(source)})[:200],
            "offer": _offer(source),
            "for_whom": _for_whom(source),
            "not_for_whom": _points(_only_under(one) for one in source.of(FactKind.TERMS)),
            "say": _say(source),
            "dont_say": _points(_dont_say(source)),
            "complaints": _points(_complaints(source)),
            "benefit": _points(_benefit(source)),
            "incentive": _points(_named(one) for one in source.like(_INCENTIVE)),
            "inbound": _points(_inbound(source, audience)),
            "contact": "{{owner}} · {{owner_phone}}",
        }
        return Texts(fields, list(_questions(source)))


def speaks(campaign_region: CampaignRegion, language: str) -> bool:
    """False if the campaign has words for this region, but none in `language`: then they are composed as they
    are, and their author has to translate them."""
    source = _source(campaign_region, language)
    return not source.core.claim or source.core.language == language or bool(source.variants)


def _source(campaign_region: CampaignRegion, language: str) -> _Source:
    dossier = Dossier(campaign_region.campaign)
    carried = [one for one in dossier.channels if campaign_region.pk in {r.pk for r in one.regions.all()}]
    return _Source(
        campaign_region,
        language,
        dossier.core or CoreMessage(language=language),
        shown_facts(dossier, campaign_region.region, language),
        variants_of(dossier, campaign_region, language),
        [one.channel for one in carried],
    )


def _named(fact: ShownFact) -> str:
    return f"{fact.label}: {written(fact.key)}"


def _points(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines if line)


def _worded(source: _Source) -> tuple[str, list[str]]:
    """(the offer in a sentence, what else may be said) in the briefing's language.

    The core message is written in one language only; for another one the variants speak.
    """
    core = source.core
    if core.language == source.language or not source.variants:
        said = [core.claim, core.proof, core.call_to_action]
        return core.promise or core.claim, [text for text in said if text]
    first = source.variants[0]
    return first.body or first.headline, [one.headline for one in source.variants[:3] if one.headline]


def _name(source: _Source) -> str:
    """Written out, not a token: titles also stand in lists, where nothing fills them."""
    return source.region.campaign.name


def _offer(source: _Source) -> str:
    return _worded(source)[0]


def _say(source: _Source) -> str:
    shown = source.of(
        FactKind.PRODUCT, FactKind.PRICE, FactKind.DISCOUNT, FactKind.DATE, FactKind.CODE, FactKind.LINK
    )
    return "\n".join([*_worded(source)[1], *(f"- {_named(fact)}" for fact in shown)])


def _for_whom(source: _Source) -> str:
    groups = source.region.campaign.target_groups.all()
    return ", ".join(group.name_in(source.language) for group in groups)


def _only_under(fact: ShownFact) -> str:
    return _("Whoever does not meet the terms: %(terms)s") % {"terms": written(fact.key)}


def _dont_say(source: _Source) -> Iterable[str]:
    for fact in source.of(FactKind.PRICE, FactKind.DISCOUNT):
        yield _("No other figure than %(figure)s (%(label)s)") % {
            "figure": written(fact.key),
            "label": fact.label,
        }
    for fact in source.of(FactKind.TERMS):
        yield _("No promise beyond the terms: %(terms)s") % {"terms": written(fact.key)}
    yield _("No promise that the offer goes on after {{ends_on}}")


def _complaints(source: _Source) -> Iterable[str]:
    yield _("Hear the customer out, and write down what happened and what was bought when and where.")
    for fact in source.of(FactKind.PRICE, FactKind.DISCOUNT)[:1]:
        yield _("“I was told another price”: %(figure)s holds from {{starts_on}} to {{ends_on}}.") % {
            "figure": written(fact.key)
        }
    for fact in source.of(FactKind.TERMS)[:1]:
        yield _("“Nobody told me that”: the terms are %(terms)s") % {"terms": written(fact.key)}
    yield _("What you cannot settle goes to {{owner}}, {{owner_phone}}.")


def _benefit(source: _Source) -> Iterable[str]:
    for fact in source.like(_BENEFIT):
        yield _named(fact)
    if any(channel.code == COLLECT for channel in source.channels):
        yield _("The customer can order online and collect it in the store.")


def _inbound(source: _Source, audience: str) -> Iterable[str]:
    yield {
        Audience.SERVICE: _("Whoever calls or writes may hear of it too: settle his own question first."),
        Audience.SALES: _("Bring it up in your talks: settle the customer's own question first."),
        Audience.BRANCH: _("Whoever comes into the store may hear of it too: help with his own wish first."),
    }[Audience(audience)]
    said = source.core.claim if source.core.language == source.language else ""
    if said:
        yield _("Then one sentence, if it fits: “%(claim)s”") % {"claim": said}
    ways = [one.name_in(source.language) for one in source.channels if one.direction != Direction.OUTBOUND]
    if ways:
        yield _("Customers also ask about it here: %(channels)s.") % {"channels": ", ".join(ways)}
    if source.region.campaign.goal:
        yield _("What we want to reach: %(goal)s") % {"goal": source.region.campaign.goal}


def _questions(source: _Source) -> Iterable[tuple[str, str]]:
    yield _("From when to when does it run?"), _("From {{starts_on}} to {{ends_on}}.")
    for fact in source.of(FactKind.PRICE)[:1]:
        yield _("What does it cost?"), written(fact.key)
    for fact in source.of(FactKind.CODE)[:1]:
        yield _("Which code do I need?"), written(fact.key)
    for fact in source.of(FactKind.TERMS)[:1]:
        yield _("What are the terms?"), written(fact.key)
