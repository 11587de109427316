"""All words that can be found, and which of them are meant by a piece, a part of a compound or a typo."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from django.db import connection
from django.db.models import Q

from desk.folding import allowed_errors, distance, has_digit, indexed_errors, stem, typo_keys
from desk.little import LITTLE_WORDS
from desk.models import SearchTypo, SearchWord

SHORTEST_PIECE = 3
# Of a compound that stands nowhere (`Übergröße`): its last word, and what has to be left before that.
SHORTEST_PART, SHORTEST_REST = 4, 3
# A piece that stands in more words than this means the shortest of them, and all that begin with it.
MOST_WORDS = 150
MOST_TYPOS = 8
_BATCH = 2000

# Text and what is given for its places.
Query = tuple[str, list[object]]
# What was asked for, and the words that were found for it.
Words = dict[str, set[str]]


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


@dataclass
class Meaning:
    """What each word of one search means. Nothing about a word is asked twice."""

    words: Collection[str]
    _near: Words = field(default_factory=dict)

    def terms(self, *, guess: bool = False) -> list[Term]:
        """A term for each word; with `guess` also what it may be misspelt for.

        Four queries, however many words: what stands in the index, what is near to that, which word a
        compound ends with, and where the near ones stand in. All but the first only if a word is found
        nowhere or `guess` asks for them.
        """
        exact = self._exact
        guessed = self._guessed([word for word, piece in self._pieces.items() if guess or not exact[piece]])
        lost = [word for word, piece in self._pieces.items() if not (exact[piece] or guessed.get(word))]
        ends = _ends(lost)
        near = {stem(one) for ones in guessed.values() for one in ones}.union(ends.values())
        wider = exact | _at_once({piece: [_with_piece(piece)] for piece in near - exact.keys()})
        return [_meant(word, exact, guessed, wider, ends) for word in self.words]

    def _guessed(self, words: Sequence[str]) -> Words:
        self._near |= _misspelt([word for word in words if word not in self._near])
        return {word: self._near.get(word, set()) for word in words}

    @cached_property
    def _pieces(self) -> dict[str, str]:
        return {word: stem(word) for word in self.words if not _is_beginning(word)}

    @cached_property
    def _exact(self) -> Words:
        return _at_once({piece: [_with_piece(piece), _with_stem(piece)] for piece in self._pieces.values()})


def _is_beginning(typed: str) -> bool:
    return len(typed) < SHORTEST_PIECE or typed.isdigit()


def _meant(typed: str, exact: Words, guessed: Words, wider: Words, ends: Mapping[str, str]) -> Term:
    if _is_beginning(typed):
        return Term(typed, begins=True)
    if typed in ends:
        return Term(typed, frozenset(wider[ends[typed]]), piece=ends[typed])
    piece = stem(typed)
    near = guessed.get(typed, set())
    found = exact[piece].union(near, *(wider[stem(one)] for one in near))
    # The piece may mean more words than are listed; what begins as it was typed is among them always.
    begins = len(exact[piece]) >= MOST_WORDS
    return Term(typed, frozenset(found), begins, piece, frozenset(near))


def _at_once(asked: Mapping[str, Sequence[Query]]) -> Words:
    """The words that the queries of each key find: one query in all, none without any."""
    found: Words = {key: set() for key in asked}
    keys = list(asked)
    parts = [(at, *query) for at, key in enumerate(keys) for query in asked[key]]
    if parts:
        each = (f"SELECT {at}, word FROM ({one}) AS part" for at, one, _given in parts)  # nosec B608
        sql = " UNION ALL ".join(each)
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for _at, _one, given in parts for value in given])
            for at, word in cursor.fetchall():
                found[keys[at]].add(word)
    return found


def _with_stem(piece: str) -> Query:
    return "SELECT word FROM desk_searchword WHERE stem = %s LIMIT %s", [piece, MOST_WORDS]


def _with_piece(piece: str) -> Query:
    """The shortest words in which the piece stands."""
    if has_digit(piece):
        # A part of a code says nothing; its beginning does, while somebody types it.
        having, given = "desk_searchword WHERE word LIKE %s", f"{piece}%"
    elif connection.vendor == "sqlite":
        having, given = "desk_searchpiece WHERE desk_searchpiece MATCH %s", f'"{piece}"'
    else:
        having, given = "desk_searchword WHERE word LIKE %s", f"%{piece}%"
    return f"SELECT word FROM {having} ORDER BY length(word), word LIMIT %s", [given, MOST_WORDS]  # nosec B608


def _misspelt(typed: Sequence[str]) -> Words:
    """Of each the words nearest to what was typed, whole or as far as it was typed; one query."""
    errors = {word: most for word in typed if (most := allowed_errors(word))}
    sharing = _at_once({word: [_sharing(word, most)] for word, most in errors.items()})
    return {word: _nearest(word, sharing[word], most) for word, most in errors.items()}


def _ends(typed: Sequence[str]) -> dict[str, str]:
    """Of compounds the longest word of the index that they end with, without its ending; one query."""
    parts = {word: _last_parts(word) for word in typed}
    asked = {part for found in parts.values() for part in found}
    # An ending that belongs to the word looks like any other: `gutschein` is left of one, `gutschei` of both.
    known = SearchWord.objects.filter(Q(word__in=asked) | Q(stem__in=asked)).values_list("word", "stem")
    words = {text for pair in known for text in pair} if asked else set()
    longest = {word: next((part for part in found if part in words), "") for word, found in parts.items()}
    return {word: part for word, part in longest.items() if part}


def _last_parts(word: str) -> list[str]:
    """What a compound may end with, the longest first: of `regenhose` `enhos`, `nhos`, `hose`."""
    places = range(SHORTEST_REST, len(word) - SHORTEST_PART + 1)
    parts = [word[at:] for at in places if not has_digit(word)]
    return [stem(part) for part in parts if part not in LITTLE_WORDS]


def _nearest(typed: str, words: Collection[str], most: int) -> set[str]:
    near = sorted((_errors(typed, word, most), len(word), word) for word in words)
    best = near[0][0] if near else most + 1
    return {word for found, _length, word in near[:MOST_TYPOS] if found == best and found <= most}


def _errors(typed: str, word: str, most: int) -> int:
    whole = distance(typed, word, most)
    if whole <= 1 or len(word) <= len(typed) or len(typed) < 5:
        return whole
    # Somebody who is still typing has made one error at most in what stands there.
    begun = min(distance(typed, word[: len(typed) + more], 1) for more in (-1, 0, 1))
    return min(whole, 1 if begun <= 1 else most + 1)


def _sharing(typed: str, errors: int) -> Query:
    """The words that may be what was typed, with so many errors."""
    keys = sorted(typo_keys(typed, errors))
    if connection.vendor == "sqlite":
        listed, given = "(SELECT value FROM json_each(%s))", json.dumps(keys)
    else:
        listed, given = "(SELECT unnest(%s::bigint[]))", keys
    sql = "SELECT DISTINCT w.word FROM desk_searchtypo t JOIN desk_searchword w ON w.id = t.word_id"
    return f"{sql} WHERE t.key IN {listed}", [given]  # nosec B608
