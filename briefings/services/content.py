"""What a published version says, and whether a change asks staff for confirmation again.

A version's content: {"title", "texts": {part: filled text}, "questions": [{"question", "answer"}],
"period": {"starts_on", "ends_on"}, "facts": [{"key", "label", "kind", "text"}], "claim",
"channels": [{"code", "name_de", "name_en", "icon", "preview", "headline", "body", "flights"}],
"campaign": {"id", "name", "owner"}, "region": {"code", "name_de", "name_en"}, "audience", "language"}.
"""

from typing import Any

from briefings.enums import BINDING, Part
from briefings.models import Briefing
from campaigns.models import Release
from campaigns.services.content import fill, unknown_tokens

Content = dict[str, Any]


def shown_facts(release: Release, code: str, language: str) -> list[dict[str, str]]:
    """The release's facts of a region, as they are written in `language`."""
    facts = release.content["facts_by_region"].get(code, [])
    return [
        {"key": f["key"], "label": f["label"], "kind": f["kind"], "text": f["shown"][language]} for f in facts
    ]


_CHANNEL_KEYS = ("code", "name_de", "name_en", "icon", "preview", "flights")


def _channels(release: Release, code: str, language: str) -> list[dict[str, Any]]:
    variants = {
        v["channel_code"]: v
        for v in release.content["variants"]
        if v["region_code"] == code and v["language"] == language
    }
    shown = []
    for channel in release.content["channels"]:
        if code in channel["region_codes"]:
            variant = variants.get(channel["code"], {})
            kept = {
                key: channel.get(key, "")
                for key in ("code", "name_de", "name_en", "icon", "preview", "flights")
            }
            kept |= {"headline": variant.get("shown_headline", ""), "body": variant.get("shown_body", "")}
            shown.append(kept)
    return shown


def release_region(release: Release, code: str) -> dict[str, Any] | None:
    """The region's entry in the release, None if the release does not reach it."""
    return next((r for r in release.content["regions"] if r["code"] == code), None)


def build(briefing: Briefing, release: Release) -> Content:
    """The content that publishing `briefing` from `release` fixes; tokens filled with its facts."""
    region = briefing.campaign_region.region
    facts = shown_facts(release, region.code, briefing.language)
    values = {fact["key"]: fact["text"] for fact in facts}
    period = release_region(release, region.code) or {}
    questions = [(q.question, q.answer) for q in briefing.questions.all()]
    return {
        "title": fill(briefing.title, values),
        "texts": {part.value: fill(getattr(briefing, part.value), values) for part in Part},
        "questions": [{"question": fill(q, values), "answer": fill(a, values)} for q, a in questions],
        "period": {key: period.get(key, "") for key in ("starts_on", "ends_on")},
        "facts": facts,
        "claim": fill(release.content["core"].get("claim", ""), values),
        "channels": _channels(release, region.code, briefing.language),
        "campaign": release.content["campaign"],
        "region": {"code": region.code, "name_de": region.name_de, "name_en": region.name_en},
        "audience": briefing.audience,
        "language": briefing.language,
    }


def unknown_in(briefing: Briefing, release: Release) -> dict[str, set[str]]:
    """Tokens the release has no fact for, by the field in which they stand."""
    keys = {f["key"] for f in shown_facts(release, briefing.campaign_region.region.code, briefing.language)}
    texts = {name: getattr(briefing, name) for name in ["title", *Part.values]}
    for question in briefing.questions.all():
        texts.setdefault("questions", "")
        texts["questions"] += f"{question.question}\n{question.answer}\n"
    found = {name: unknown_tokens(text, keys) for name, text in texts.items()}
    return {name: tokens for name, tokens in found.items() if tokens}


def insists(old: Content, new: Content) -> bool:
    """True where facts, dates, or what customers see differ: then confirmation is asked again in any case."""
    return any(old.get(key) != new.get(key) for key in ("facts", "period", "channels"))


def binding_changes(old: Content, new: Content) -> list[str]:
    """Names of the texts that staff act on and that differ; the author is advised to ask again."""
    return [part.value for part in BINDING if old["texts"].get(part.value) != new["texts"].get(part.value)]
