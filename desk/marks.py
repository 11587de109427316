"""What a search found in a text: the words that are meant, marked, and the questions that answer it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from desk.folding import fold, folded_letters
from desk.vocabulary import Term

_WORD = re.compile(r"[^\W_]+")
MOST_QUESTIONS = 3
_folded = lru_cache(maxsize=20_000)(fold)


def spans(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Where in the text a term stands, from and to, in order."""
    found = []
    for match in _WORD.finditer(text):
        place = _place(_folded(match[0]), terms)
        if place:
            start, end = _unfolded(match[0], *place)
            found.append((match.start() + start, match.start() + end))
    return found


def _place(word: str, terms: Sequence[Term]) -> tuple[int, int] | None:
    places = [place for term in terms if (place := term.place_in(word))]
    return max(places, key=lambda place: place[1] - place[0], default=None)


def _unfolded(word: str, start: int, end: int) -> tuple[int, int]:
    """The part of the word as written that stands for these folded letters."""
    letters = [place for _letter, place in folded_letters(word)]
    last = letters[end] if end < len(letters) else len(word)
    return letters[start], last


def found_in(text: str, terms: Sequence[Term]) -> set[int]:
    """Numbers of the terms that stand in the text."""
    words = {_folded(match[0]) for match in _WORD.finditer(text)}
    return {at for at, term in enumerate(terms) if any(term.place_in(word) for word in words)}


def answers(questions: Sequence[dict[str, Any]], told: str, terms: Sequence[Term]) -> list[dict[str, Any]]:
    """The questions with what was searched for, best first; `told` is what stands beside them anyway.

    A question says more than the offer itself, or nothing of what was searched for stands there.
    """
    beside = found_in(told, terms)
    ranked = sorted(_ranked(questions, beside, terms), key=lambda one: -one[0])
    best = ranked[0][0] if ranked else 0
    return [pair for number, pair in ranked if number == best][:MOST_QUESTIONS]


def _ranked(
    questions: Sequence[dict[str, Any]], beside: set[int], terms: Sequence[Term]
) -> Iterator[tuple[int, dict[str, Any]]]:
    for pair in questions:
        own = found_in(f"{pair['question']} {pair['answer']}", terms)
        if own - beside or (own and len(own) == len(terms)):
            yield len(own), pair
