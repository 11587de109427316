"""What a search found in a text: the words that are meant, marked, and the questions that answer it."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from desk.folding import folded, folded_letters
from desk.vocabulary import Term

_WORD = re.compile(r"[^\W_]+")
MOST_QUESTIONS = 2


class Marks:
    """What a search was understood as; remembers what it found out about each word of a page."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self.terms = list(terms)
        self.places = _Places(self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)


class _Places(dict[str, tuple[tuple[int, int] | None, frozenset[int]]]):
    """Of a word as it is written: the part of it that was meant, and the numbers of the terms."""

    def __init__(self, terms: Sequence[Term]) -> None:
        super().__init__()
        self._terms = terms

    def __missing__(self, written: str) -> tuple[tuple[int, int] | None, frozenset[int]]:
        word = folded(written)
        places = {at: place for at, term in enumerate(self._terms) if (place := term.place_in(word))}
        longest = max(places.values(), key=lambda place: place[1] - place[0], default=None)
        self[written] = found = (longest and _unfolded(written, *longest), frozenset(places))
        return found


def spans(text: str, marks: Marks) -> list[tuple[int, int]]:
    """Where in the text something stands that was searched for, from and to, in order."""
    places = marks.places
    found = ((match.start(), place) for match in _WORD.finditer(text) if (place := places[match[0]][0]))
    return [(at + place[0], at + place[1]) for at, place in found]


def _unfolded(word: str, start: int, end: int) -> tuple[int, int]:
    """The part of the word as written that stands for these folded letters."""
    letters = [place for _letter, place in folded_letters(word)]
    last = letters[end] if end < len(letters) else len(word)
    return letters[start], last


def found_in(text: str, marks: Marks) -> frozenset[int]:
    """Numbers of the terms that stand in the text."""
    places = marks.places
    return frozenset(number for word in _WORD.findall(text) for number in places[word][1])


def answers(questions: Sequence[dict[str, Any]], told: str, marks: Marks) -> list[dict[str, Any]]:
    """The questions with what was searched for, best first; `told` is what stands beside them anyway.

    A question says more than the offer itself, or everything that was searched for.
    """
    beside = found_in(told, marks)
    ranked = sorted(_ranked(questions, beside, marks), key=lambda one: -one[0])
    best = ranked[0][0] if ranked else 0
    return [pair for number, pair in ranked if number == best][:MOST_QUESTIONS]


def _ranked(
    questions: Sequence[dict[str, Any]], beside: frozenset[int], marks: Marks
) -> Iterator[tuple[int, dict[str, Any]]]:
    for pair in questions:
        own = found_in(f"{pair['question']} {pair['answer']}", marks)
        if own - beside or (own and len(own) == len(marks.terms)):
            yield len(own), pair
