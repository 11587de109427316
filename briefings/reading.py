"""A version as its readers see it: answers first, what is new marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.safestring import SafeString

from accounts.enums import Audience
from briefings.enums import Part
from briefings.services.checking import Asked, unanswered
from briefings.services.content import Content
from briefings.services.difference import Change, compare
from campaigns.services.content import Piece
from campaigns.services.flight_rows import entry_words
from campaigns.views.cards import Words
from channels.enums import Preview
from core import formats
from core.richtext import render

WORDS_A_MINUTE = 200
_BULLET = re.compile(r"^\s*[-*•]\s+")
_PHONE = re.compile(r"\+?\d[\d ()/.-]{4,}\d")
_MAIL = re.compile(r"[^\s<>@]+@[^\s<>@]+\.[a-zA-Z]{2,}")


@dataclass(frozen=True)
class Seen:
    """A channel as customers see it."""

    key: str
    name: str
    icon: str
    days: list[str]
    words: Words


@dataclass(frozen=True)
class Page:
    """What the reading page shows of a version's content. `changes`: since the version he confirmed."""

    content: Content
    changes: list[Change] = field(default_factory=list)

    @classmethod
    def since(cls, content: Content, old: Content | None) -> "Page":
        """The page with everything marked that differs from `old`."""
        return cls(content, compare(old, content) if old is not None else [])

    @cached_property
    def changed(self) -> set[str]:
        return {change.key for change in self.changes}

    @property
    def title(self) -> str:
        return self.content["title"]

    @property
    def language(self) -> str:
        return self.content["language"]

    @property
    def audience(self) -> str:
        return str(Audience(self.content["audience"]).label)

    @property
    def region(self) -> str:
        return local_name(self.content["region"])

    @property
    def offer(self) -> str:
        return self._text(Part.OFFER)

    @property
    def starts_on(self) -> date | None:
        return _day(self.content["period"]["starts_on"])

    @property
    def ends_on(self) -> date | None:
        return _day(self.content["period"]["ends_on"])

    @property
    def for_whom(self) -> SafeString:
        return render(self._text(Part.FOR_WHOM))

    @property
    def not_for_whom(self) -> SafeString:
        return render(self._text(Part.NOT_FOR_WHOM))

    @property
    def benefit(self) -> list[SafeString]:
        return list(_points(self._text(Part.BENEFIT)))

    @property
    def incentive(self) -> SafeString:
        return render(self._text(Part.INCENTIVE))

    @property
    def codes(self) -> list[Content]:
        """Facts that are typed into a till or a web shop."""
        return [fact for fact in self.content["facts"] if fact["kind"] == "code"]

    @property
    def facts(self) -> list[Content]:
        """All facts of the offer, each with whether it is new."""
        return [fact | {"new": f"fact.{fact['key']}" in self.changed} for fact in self.content["facts"]]

    @property
    def has_gap(self) -> bool:
        """True if the short answers are odd in number, so that the last one leaves half a line free."""
        short = [self.starts_on, self.for_whom, self.not_for_whom, *self.facts]
        return sum(bool(one) for one in short) % 2 == 1

    @property
    def where(self) -> str:
        return ", ".join(local_name(channel) for channel in self.content["channels"])

    @property
    def say(self) -> list[SafeString]:
        return list(_points(self._text(Part.SAY)))

    @property
    def dont_say(self) -> list[SafeString]:
        return list(_points(self._text(Part.DONT_SAY)))

    @property
    def questions(self) -> list[tuple[str, SafeString, bool]]:
        """(question, answer, whether it is new) in the author's order."""
        return [
            (one["question"], render(one["answer"]), f"question.{one['question']}" in self.changed)
            for one in self.content["questions"]
        ]

    @property
    def seen(self) -> list[Seen]:
        """What customers see on each channel."""
        return [
            Seen(
                key=f"channel.{channel['code']}",
                name=local_name(channel),
                icon=channel["icon"] or "broadcast",
                days=[entry_words(flight) for flight in channel["flights"]],
                words=self._words(channel),
            )
            for channel in self.content["channels"]
        ]

    def _words(self, channel: Content) -> Words:
        return Words(
            kind=Preview(channel.get("preview", Preview.PAGE)).value,
            headline=_piece(channel["headline"]),
            body=_piece(channel["body"]),
            language=self.language,
        )

    @property
    def complaints(self) -> list[SafeString]:
        return list(_points(self._text(Part.COMPLAINTS)))

    @property
    def inbound(self) -> list[SafeString]:
        return list(_points(self._text(Part.INBOUND)))

    @property
    def check(self) -> list[Asked]:
        """The check as nobody has answered it yet."""
        return unanswered(self.content.get("check", []))

    @property
    def contact(self) -> str:
        return self._text(Part.CONTACT)

    @property
    def phone(self) -> str:
        """The first phone number in the contact, "" if there is none."""
        found = _PHONE.search(self.contact)
        return found[0] if found else ""

    @property
    def phone_digits(self) -> str:
        return re.sub(r"[^\d+]", "", self.phone)

    @property
    def mail(self) -> str:
        """The first mail address in the contact."""
        found = _MAIL.search(self.contact)
        return found[0] if found else ""

    @property
    def minutes(self) -> int:
        """How long reading takes, at least one minute."""
        asked = [text for one in self.content["questions"] for text in one.values()]
        words = sum(len(text.split()) for text in [self.title, *self.content["texts"].values(), *asked])
        return max(1, round(words / WORDS_A_MINUTE))

    def _text(self, part: Part) -> str:
        return self.content["texts"].get(part.value, "")


def _piece(text: str) -> list[Piece]:
    """Words that are filled already."""
    return [Piece(text)] if text else []


def local_name(entry: Content) -> str:
    """`name_de` or `name_en`, by the reader's language."""
    return entry["name_de"] if formats.language() == "de" else entry["name_en"]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _points(text: str) -> Iterator[SafeString]:
    """Each line is something to say; bullets of the author's are ours already."""
    for line in text.splitlines():
        if line.strip():
            yield render(_BULLET.sub("", line.strip()))
