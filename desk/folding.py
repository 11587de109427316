"""Words as searches compare them: without case, accents and the two ways to write an umlaut.

`grün`, `gruen` and `grun` are one word, so are `Straße` and `strasse`; a hyphenated word counts by its parts
and in one piece. Everything here is about letters only; what is in the index is desk/vocabulary.py.
"""

import re
import unicodedata
import zlib
from collections.abc import Iterator
from functools import lru_cache

LONGEST = 60
# Letters at the end of a word that say case and number, not what it is about; German and English.
_ENDINGS = (("en", 4), ("ern", 4), ("er", 4), ("em", 4), ("es", 4), ("e", 4), ("n", 4), ("s", 5))
_PLAIN = {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ı": "i"}
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile(r"[^\W_]+(?:[-'’.&+][^\W_]+)+")


def folded_letters(text: str) -> Iterator[tuple[str, int]]:
    """The letters of the folded text, each with the place in `text` that it stands for."""
    before = ""
    for place, raw in enumerate(text):
        for letter in _plain(raw):
            if letter == "e" and before in ("a", "o", "u"):
                before = ""
                continue
            before = letter
            yield letter, place


def _plain(raw: str) -> str:
    if raw.isascii():
        return raw.lower()
    low = raw.casefold()
    apart = unicodedata.normalize("NFKD", _PLAIN.get(low, low))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """The text without case and accents; an e after a, o or u goes with the umlaut it may stand for."""
    return "".join(letter for letter, _place in folded_letters(text))


folded = lru_cache(maxsize=50_000)(fold)


def words_in(text: str) -> Iterator[str]:
    """Every word of the text, folded, in order; hyphenated ones also in one piece."""
    whole = unicodedata.normalize("NFC", text)
    for raw in _WORD.findall(whole):
        yield from _split(raw)
    for raw in _JOINED.findall(whole):
        yield "".join(_WORD.findall(folded(raw)))[:LONGEST]


def _split(raw: str) -> Iterator[str]:
    """A word as it is written, folded; a few signs fold to several words, or to none."""
    return (word[:LONGEST] for word in _WORD.findall(folded(raw)))


def query_words(text: str) -> list[str]:
    """The words that somebody searches for, folded, each once."""
    whole = unicodedata.normalize("NFC", text)
    return list(dict.fromkeys(word for raw in _WORD.findall(whole) for word in _split(raw)))


def stem(word: str) -> str:
    """The word without an ending: `jacke` and `jacken` are `jack`. Never shorter than four letters."""
    if has_digit(word):
        return word
    for ending, least in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= least:
            return word[: -len(ending)]
    return word


def has_digit(word: str) -> bool:
    """Whether the word is a price, a date or a code: these are never guessed."""
    return any(letter.isdigit() for letter in word)


# --- typing errors --------------------------------------------------------------------------------------

_HEAD = 7


def allowed_errors(word: str) -> int:
    """How many letters may be wrong, missing or swapped: one from four letters on, two from seven."""
    if len(word) < 4 or has_digit(word):
        return 0
    return 1 if len(word) < 7 else 2


def typo_keys(word: str, errors: int) -> set[int]:
    """Numbers that two words share if at most `errors` letters differ in how they begin.

    Of the first seven letters every choice of at most `errors` is left out (symmetric deletion).
    """
    found = {word[:_HEAD]}
    edge = found
    for _one in range(errors):
        edge = {text[:at] + text[at + 1 :] for text in edge for at in range(len(text))}
        found = found | edge
    return {zlib.crc32(text.encode()) for text in found if len(text) > 1}


def indexed_errors(word: str) -> int:
    """For how many errors a word of the index is prepared; shorter searches than itself reach it, too."""
    if len(word) < 3 or has_digit(word):
        return 0
    return 1 if len(word) < 6 else 2


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add, drop or swap with their neighbour; `most` + 1 when there are more."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        last, row, before = before, [at], row
        for to, goal in enumerate(other, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != goal))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == goal:
                cost = min(cost, last[to - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
