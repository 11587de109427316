"""What a published version says, and whether a change asks staff for confirmation again.

A version's content: {"title", "texts": {part: filled text}, "questions": [{"question", "answer"}],
"period": {"starts_on", "ends_on"}, "facts": [{"key", "label", "kind", "text"}], "claim",
"channels": [{"code", "name_de", "name_en", "icon", "flights", "headline", "body"}],
"campaign": {"id", "name", "owner"}, "region": {"code", "name_de", "name_en"}, "audience", "language"}.

`release` below is the content of a release (campaigns/services/snapshot.py), fixed or of the working copy.
"""

from collections.abc import Iterable
from typing import Any

from briefings.enums import BINDING, Part
from briefings.models import Briefing
from campaigns.services.content import fill, unknown_tokens

Content = dict[str, Any]
QuestionPair = tuple[str, str]
_CHANNEL_KEYS = ("code", "name_de", "name_en", "icon", "flights")


def shown_facts(release: Content, code: str, language: str) -> list[dict[str, str]]:
    """The release's facts of a region, as they are written in `language`."""
    facts = release["facts_by_region"].get(code, [])
    return [
        {"key": f["key"], "label": f["label"], "kind": f["kind"], "text": f["shown"][language]} for f in facts
    ]


def _channels(release: Content, code: str, language: str) -> list[Content]:
    variants = {
        v["channel_code"]: v
        for v in release["variants"]
        if v["region_code"] == code and v["language"] == language
    }
    shown = []
    for channel in release["channels"]:
        if code in channel["region_codes"]:
            variant = variants.get(channel["code"], {})
            words = {
                "headline": variant.get("shown_headline", ""),
                "body": variant.get("shown_body", ""),
            }
            shown.append({key: channel[key] for key in _CHANNEL_KEYS} | words)
    return shown


def release_region(release: Content, code: str) -> Content | None:
    """The region's entry in the release, None if the release does not reach it."""
    return next((r for r in release["regions"] if r["code"] == code), None)


def stored_questions(briefing: Briefing) -> list[QuestionPair]:
    """The draft's questions and answers in order."""
    return [(one.question, one.answer) for one in briefing.questions.all()]


def build(briefing: Briefing, release: Content, questions: Iterable[QuestionPair] | None = None) -> Content:
    """What publishing `briefing` from `release` fixes; tokens filled with its facts.

    `questions` replace the stored ones, for a preview of what has not been saved.
    """
    region = briefing.campaign_region.region
    facts = shown_facts(release, region.code, briefing.language)
    values = {fact["key"]: fact["text"] for fact in facts}
    period = release_region(release, region.code) or {}
    pairs = stored_questions(briefing) if questions is None else questions
    return {
        "title": fill(briefing.title, values),
        "texts": {part.value: fill(getattr(briefing, part.value), values) for part in Part},
        "questions": [{"question": fill(q, values), "answer": fill(a, values)} for q, a in pairs],
        "period": {key: period.get(key, "") for key in ("starts_on", "ends_on")},
        "facts": facts,
        "claim": fill(release["core"].get("claim", ""), values),
        "channels": _channels(release, region.code, briefing.language),
        "campaign": release["campaign"],
        "region": {"code": region.code, "name_de": region.name_de, "name_en": region.name_en},
        "audience": briefing.audience,
        "language": briefing.language,
    }


def unknown_in(briefing: Briefing, release: Content) -> dict[str, set[str]]:
    """Tokens the release has no fact for, by the field in which they stand."""
    keys = {f["key"] for f in shown_facts(release, briefing.campaign_region.region.code, briefing.language)}
    texts = {name: getattr(briefing, name) for name in ["title", *Part.values]}
    texts["questions"] = "\n".join(text for pair in stored_questions(briefing) for text in pair)
    found = {name: unknown_tokens(text, keys) for name, text in texts.items()}
    return {name: tokens for name, tokens in found.items() if tokens}


def _facts_of(content: Content) -> list[Any]:
    """What staff must never have wrong: values of the facts, dates, and the words that customers read."""
    facts = sorted((fact["key"], fact["kind"], fact["text"]) for fact in content["facts"])
    seen = sorted(
        ([one[key] for key in ("code", "flights", "headline", "body")] for one in content["channels"]),
        key=lambda one: one[0],
    )
    return [facts, content["period"], seen]


def insists(old: Content, new: Content) -> bool:
    """True where facts, dates, or what customers see differ: then confirmation is asked again in any case."""
    return _facts_of(old) != _facts_of(new)


def binding_changes(old: Content, new: Content) -> list[Part]:
    """The texts that staff act on and that differ; the author is advised to ask again."""
    return [part for part in BINDING if old["texts"].get(part.value) != new["texts"].get(part.value)]
