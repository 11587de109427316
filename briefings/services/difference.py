"""What differs between two versions, in the order in which a briefing is read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from briefings.enums import Part
from briefings.services.content import Content
from campaigns.services.flight_rows import entry_words
from core import formats
from core.richtext import plain

# What the page shows as Markdown, besides the answers.
_MARKED = (Part.SAY, Part.DONT_SAY, Part.COMPLAINTS, Part.INBOUND)


@dataclass(frozen=True)
class Change:
    """One thing that reads differently, both without marks of emphasis.

    `key` finds its place on the page ("offer", "fact.price").
    """

    key: str
    label: str
    old: str
    new: str


def _names(channel: Content) -> str:
    return channel["name_de"] if formats.language() == "de" else channel["name_en"]


def days(period: Content) -> str:
    """A stored pair of ISO dates in words."""
    first, last = (date.fromisoformat(text) if text else None for text in _ends(period))
    return formats.date_range(first, last) if first and last else ""


def _ends(period: Content) -> tuple[str, str]:
    return period.get("starts_on", ""), period.get("ends_on", "")


def _readable(content: Content) -> Iterator[tuple[str, str, str]]:
    """(key, label, text) of everything a briefing says."""
    yield "title", _("Title"), content["title"]
    yield Part.OFFER, _("The offer"), content["texts"].get(Part.OFFER, "")
    yield "period", _("From when to when"), days(content["period"])
    for fact in content["facts"]:
        yield f"fact.{fact['key']}", fact["label"], fact["text"]
    for part in Part:
        if part != Part.OFFER:
            yield part.value, str(part.label), content["texts"].get(part.value, "")
    for one in content["questions"]:
        yield f"question.{one['question']}", one["question"], one["answer"]
    for channel in content["channels"]:
        flights = "; ".join(entry_words(flight) for flight in channel["flights"])
        text = "\n".join(filter(None, [flights, channel["headline"], channel["body"]]))
        yield f"channel.{channel['code']}", _names(channel), text


def compare(old: Content, new: Content) -> list[Change]:
    """Everything that went, came or reads differently from `old` to `new`."""
    before = {key: (label, text) for key, label, text in _readable(old)}
    after = {key: (label, text) for key, label, text in _readable(new)}
    order = list(after) + [key for key in before if key not in after]
    changes = []
    for key in order:
        label = (after.get(key) or before[key])[0]
        was, now = before.get(key, ("", ""))[1], after.get(key, ("", ""))[1]
        if was != now:
            changes.append(Change(str(key), label, _as_read(key, was), _as_read(key, now)))
    return changes


def _as_read(key: str, text: str) -> str:
    return plain(text) if key in _MARKED or key.startswith("question.") else text


def check_changes(old: Content, new: Content) -> list[Change]:
    """Questions of the check that went, came or changed; for authors only, since it tells what is right."""
    before, after = _checks(old), _checks(new)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        was, now = before.get(key, ""), after.get(key, "")
        if was != now:
            found.append(Change(f"check.{key}", _("Check of understanding"), was, now))
    return found


def _checks(content: Content) -> dict[str, str]:
    return {one["key"]: _check_text(one) for one in content.get("check", [])}


def _check_text(one: Content) -> str:
    right = [
        _("Right: %(answer)s") % {"answer": text["text"]}
        for text in one["options"]
        if text["key"] in one["right"]
    ]
    others = [text["text"] for text in one["options"] if text["key"] not in one["right"]]
    return "\n".join(filter(None, [one["question"], *right, *others, one["explanation"]]))
