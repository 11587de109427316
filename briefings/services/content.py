"""What a published version says, and whether a change asks staff for confirmation again.

A version's content: {"title", "texts": {part: filled text}, "questions": [{"question", "answer"}],
"period": {"starts_on", "ends_on"}, "facts": [{"key", "label", "kind", "text"}], "claim",
"channels": [{"code", "name_de", "name_en", "icon", "preview", "flights", "headline", "body"}],
"check": [{"key", "question", "multiple", "options": [{"key", "text"}], "right": [key of an option],
"explanation", "digest"}], "campaign": {"id", "name", "owner"}, "region": {"code", "name_de", "name_en"},
"audience", "language"}. Versions of old have no "check", and channels without "preview".

Besides the release's facts a text may use the tokens of CONTEXT_TOKENS. All of them are filled when a version
is built, so that a briefing says the dates and the owner of the very release it is published from.

`release` below is the content of a release (campaigns/services/snapshot.py), fixed or of the working copy.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from briefings.enums import BINDING, Part
from briefings.models import Briefing
from campaigns.services.content import canonical_hash, fill, label_in, tokens_in, unknown_tokens
from channels.enums import Preview
from channels.models import Channel
from core import formats

Content = dict[str, Any]
QuestionPair = tuple[str, str]
_CHANNEL_KEYS = ("code", "name_de", "name_en", "icon", "flights")
CONTEXT_TOKENS = ("campaign", "region", "starts_on", "ends_on", "owner", "owner_phone")


def token_labels() -> dict[str, str]:
    """What the tokens of CONTEXT_TOKENS stand for, in the reader's language."""
    return {
        "campaign": _("Name of the campaign"),
        "region": _("Region"),
        "starts_on": _("First day in the region"),
        "ends_on": _("Last day in the region"),
        "owner": _("Owner of the campaign"),
        "owner_phone": _("Phone number of the owner"),
    }


def written(key: str) -> str:
    """A token as it stands in a text."""
    return f"{{{{{key}}}}}"


def shown_facts(release: Content, code: str, language: str) -> list[dict[str, str]]:
    """The release's facts of a region, as they are called and written in `language`."""
    facts = release["facts_by_region"].get(code, [])
    return [
        {"key": f["key"], "label": label_in(f, language), "kind": f["kind"], "text": f["shown"][language]}
        for f in facts
    ]


def _channels(release: Content, code: str, language: str) -> list[Content]:
    variants = {
        v["channel_code"]: v
        for v in release["variants"]
        if v["region_code"] == code and v["language"] == language
    }
    carried = [channel for channel in release["channels"] if code in channel["region_codes"]]
    looks = dict(Channel.objects.filter(code__in=variants).order_by().values_list("code", "preview"))
    shown = []
    for channel in carried:
        variant = variants.get(channel["code"], {})
        words = {
            "preview": looks.get(channel["code"], Preview.PAGE.value),
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


def _context(briefing: Briefing, release: Content, used: set[str]) -> dict[str, str]:
    """What the tokens of CONTEXT_TOKENS say, in the briefing's language; the phone only if it is `used`."""
    region, owner = briefing.campaign_region.region, release["campaign"].get("owner") or {}
    period = release_region(release, region.code) or {}
    with translation.override(briefing.language):
        days = {key: _day(period.get(key, "")) for key in ("starts_on", "ends_on")}
    values = {
        "campaign": release["campaign"]["name"],
        "region": region.name_in(briefing.language),
        "owner": owner.get("name", ""),
        **days,
    }
    if "owner_phone" in used:
        values["owner_phone"] = _reached_by(owner.get("id"))
    return {key: text for key, text in values.items() if text}


def _day(iso: str) -> str:
    return formats.short_date(date.fromisoformat(iso)) if iso else ""


def _reached_by(owner_id: int | None) -> str:
    """The owner's phone number, his mail address while he has none."""
    owner = User.objects.filter(pk=owner_id).first()
    return (owner.phone or owner.email) if owner else ""


def draft_texts(briefing: Briefing, questions: Iterable[QuestionPair]) -> dict[str, str]:
    """Everything an author has written, by the field in which it stands: for tokens and their places."""
    texts = {name: getattr(briefing, name) for name in ("title", *Part.values)}
    texts["questions"] = "\n".join(text for pair in questions for text in pair)
    texts["understanding"] = "\n".join(text for one in briefing.understanding for text in _said(one))
    return texts


def _said(question: Content) -> Iterable[str]:
    yield question["question"]
    yield question["explanation"]
    yield from (option["text"] for option in question["options"])


def token_values(briefing: Briefing, release: Content, used: set[str]) -> dict[str, str]:
    """Text of every token that is known here; a fact comes before a token of CONTEXT_TOKENS."""
    facts = shown_facts(release, briefing.campaign_region.region.code, briefing.language)
    return _context(briefing, release, used) | {fact["key"]: fact["text"] for fact in facts}


def build(briefing: Briefing, release: Content, questions: Iterable[QuestionPair] | None = None) -> Content:
    """What publishing `briefing` from `release` fixes; tokens filled.

    `questions` replace the stored ones, for a preview of what has not been saved.
    """
    region = briefing.campaign_region.region
    pairs = list(stored_questions(briefing) if questions is None else questions)
    used = set().union(*map(tokens_in, draft_texts(briefing, pairs).values()))
    values = token_values(briefing, release, used)
    period = release_region(release, region.code) or {}
    return {
        "title": fill(briefing.title, values),
        "texts": {part.value: fill(getattr(briefing, part.value), values) for part in Part},
        "questions": [{"question": fill(q, values), "answer": fill(a, values)} for q, a in pairs],
        "check": [_check_question(briefing, one, values) for one in briefing.understanding],
        "period": {key: period.get(key, "") for key in ("starts_on", "ends_on")},
        "facts": shown_facts(release, region.code, briefing.language),
        "claim": fill(release["core"].get("claim", ""), values),
        "channels": _channels(release, region.code, briefing.language),
        "campaign": release["campaign"],
        "region": {"code": region.code, "name_de": region.name_de, "name_en": region.name_en},
        "audience": briefing.audience,
        "language": briefing.language,
    }


def _check_question(briefing: Briefing, one: Content, values: dict[str, str]) -> Content:
    """A question of the check as it is asked; its digest is the same as long as it asks the same."""
    options = [
        {"key": str(place), "text": fill(option["text"], values)}
        for place, option in enumerate(one["options"], start=1)
    ]
    asked = {
        "key": one["key"],
        "question": fill(one["question"], values),
        "multiple": one["multiple"],
        "options": options,
        "right": [str(n) for n, option in enumerate(one["options"], start=1) if option["right"]],
    }
    digest = canonical_hash(asked | {"briefing": briefing.pk})
    return asked | {"explanation": fill(one["explanation"], values), "digest": digest}


def unknown_in(
    briefing: Briefing, release: Content, questions: Iterable[QuestionPair] | None = None
) -> dict[str, set[str]]:
    """Tokens that nothing would fill, by the field in which they stand."""
    pairs = stored_questions(briefing) if questions is None else questions
    texts = draft_texts(briefing, pairs)
    used = set().union(*map(tokens_in, texts.values()))
    known = token_values(briefing, release, used)
    found = {name: unknown_tokens(text, known) for name, text in texts.items()}
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
