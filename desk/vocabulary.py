"""All words that can be found, and which of them are meant by a piece, a part of a compound or a typo."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from desk.folding import allowed_errors, distance, has_digit, indexed_errors, stem, typo_keys
from desk.models import SearchTypo, SearchWord

SHORTEST_PIECE = 3
# A piece that stands in more words than this means the shortest of them, and all that begin with it.
MOST_WORDS = 150
MOST_TYPOS = 8
_BATCH = 2000


@dataclass(frozen=True)
class Term:
    """One word of a search: the words of the index that it means, or all that begin with `typed`.

    `piece` is what of it has to stand in a word: `jack` for `jacken`. `guessed`: the words that a typing
    error was made out of.
    """

    typed: str
    words: frozenset[str] = frozenset()
    begins: bool = False
    piece: str = ""
    guessed: frozenset[str] = frozenset()

    @property
    def is_unknown(self) -> bool:
        """True if nothing in the index can be meant."""
        return not (self.words or self.begins)

    def place_in(self, word: str) -> tuple[int, int] | None:
        """Where in a folded word it stands (from, to); None if the word is not meant."""
        if self.begins and word.startswith(self.typed):
            return 0, len(self.typed)
        if word not in self.words:
            return None
        for part in (self.typed, self.piece, *sorted(map(stem, self.guessed), key=len, reverse=True)):
            at = word.find(part) if part else -1
            if at >= 0:
                return at, at + len(part)
        return 0, len(word)


# --- keeping --------------------------------------------------------------------------------------------


def learn(words: Iterable[str]) -> int:
    """Add the words that are not known yet; how many they were. Sorted, so that two writers never cross."""
    wanted = sorted(set(words))
    added = 0
    for some in _pieces(wanted, _BATCH):
        known = set(SearchWord.objects.filter(word__in=some).values_list("word", flat=True))
        new = [word for word in some if word not in known]
        rows = [SearchWord(word=word, stem=stem(word)) for word in new]
        SearchWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=_BATCH)
        _learn_typos(new)
        added += len(new)
    return added


def _learn_typos(words: list[str]) -> None:
    found = SearchWord.objects.filter(word__in=words).values_list("pk", "word")
    rows = (
        SearchTypo(key=key, word_id=pk)
        for pk, word in found
        if (errors := indexed_errors(word))
        for key in sorted(typo_keys(word, errors))
    )
    for some in _pieces(rows, 5000):
        SearchTypo.objects.bulk_create(some, ignore_conflicts=True, batch_size=5000)


def _pieces(rows: Iterable, size: int) -> Iterator[list]:
    source = iter(rows)
    while some := list(islice(source, size)):
        yield some


# --- reading --------------------------------------------------------------------------------------------


def meant_by(words: Collection[str], *, guess: bool = False) -> list[Term]:
    """What each word of a search means; with `guess` also what it may be misspelt for.

    At most three queries per word: pieces, stems, misspellings; the last one only if nothing else was found
    or `guess` asks for it.
    """
    return [_meant(word, guess) for word in words]


def _meant(typed: str, guess: bool) -> Term:
    if len(typed) < SHORTEST_PIECE or typed.isdigit():
        return Term(typed, begins=True)
    piece = stem(typed)
    exact = _with_piece(piece) | _with_stem(piece)
    # The piece may mean more words than are listed; what begins as it was typed is among them always.
    begins = len(exact) >= MOST_WORDS
    if exact and not guess:
        return Term(typed, frozenset(exact), begins, piece)
    guessed = _misspelt(typed)
    wider = set().union(*(_with_piece(stem(one)) for one in guessed))
    return Term(typed, frozenset(exact | guessed | wider), begins, piece, frozenset(guessed))


def _with_stem(piece: str) -> set[str]:
    return set(SearchWord.objects.filter(stem=piece).values_list("word", flat=True)[:MOST_WORDS])


def _with_piece(piece: str) -> set[str]:
    """The shortest words in which the piece stands."""
    if has_digit(piece):
        # A part of a code says nothing; its beginning does, while somebody types it.
        return set(
            SearchWord.objects.filter(word__startswith=piece).values_list("word", flat=True)[:MOST_WORDS]
        )
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT word FROM desk_searchpiece WHERE desk_searchpiece MATCH %s"
                " ORDER BY length(word), word LIMIT %s",
                [f'"{piece}"', MOST_WORDS],
            )
        else:
            cursor.execute(
                "SELECT word FROM desk_searchword WHERE word LIKE %s ORDER BY length(word), word LIMIT %s",
                [f"%{piece}%", MOST_WORDS],
            )
        return {word for (word,) in cursor.fetchall()}


def _misspelt(typed: str) -> set[str]:
    """The words nearest to what was typed, whole or as far as it was typed."""
    errors = allowed_errors(typed)
    if not errors:
        return set()
    near = sorted((_errors(typed, word, errors), len(word), word) for word in _sharing(typed, errors))
    best = near[0][0] if near else errors + 1
    return {word for found, _length, word in near[:MOST_TYPOS] if found == best and found <= errors}


def _errors(typed: str, word: str, most: int) -> int:
    whole = distance(typed, word, most)
    if whole <= 1 or len(word) <= len(typed) or len(typed) < 5:
        return whole
    # Somebody who is still typing has made one error at most in what stands there.
    begun = min(distance(typed, word[: len(typed) + more], 1) for more in (-1, 0, 1))
    return min(whole, 1 if begun <= 1 else most + 1)


def _sharing(typed: str, errors: int) -> list[str]:
    keys = sorted(typo_keys(typed, errors))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            listed, given = "(SELECT value FROM json_each(%s))", json.dumps(keys)
        else:
            listed, given = "(SELECT unnest(%s::bigint[]))", keys
        cursor.execute(
            "SELECT DISTINCT w.word FROM desk_searchtypo t JOIN desk_searchword w ON w.id = t.word_id"  # nosec B608
            f" WHERE t.key IN {listed}",
            [given],
        )
        return [word for (word,) in cursor.fetchall()]
