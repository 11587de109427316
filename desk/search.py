"""Finding what somebody types at the desk: offers by every word that stands in them or in his briefings.

`find` is the one way in. It asks an index that knows no rights (desk/indexing.py), by the means of each
database (desk/means.py), and lets through only what the person may see (desk/hits.py). Words that stand
nearly everywhere are looked for in the order of the lists instead (desk/walk.py); the result is the same.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.utils import timezone

from accounts.models import Region, User
from desk import walk
from desk.folding import query_words
from desk.hits import Hit, Sight
from desk.little import LITTLE_WORDS
from desk.means import Split, entries_having, seem_more
from desk.offers import Offer, Stage, offers_of
from desk.vocabulary import Meaning, Term

# What one page shows of a stage, and what it shows when somebody asks for more.
SHOWN = {Stage.LIVE: 8, Stage.COMING: 4, Stage.EXPIRED: 4}
MORE = 40
# As few hits as these are asked for at once; of more, those that come first, in such steps.
FEW, STEPS = 300, (24, 96, 384)
# With more hits than these, or if one entry of so many has what a word begins with, it is quicker to go
# through all entries in their order; but not past so many of them without a result.
FREQUENT, ONE_OF, FAR = 2500, 10, 2000
# More entries than there can be.
EVERY = 10_000_000
# More words than these are a sentence: not every one of them has to be found.
SENTENCE = 4
MOST_WORDS = 10


@dataclass
class Found:
    """Offers by stage, those shown first that are called so; `more` names the stages that have others."""

    groups: dict[Stage, list[Offer]] = field(default_factory=lambda: {stage: [] for stage in Stage})
    more: set[Stage] = field(default_factory=set)
    terms: list[Term] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(map(len, self.groups.values()))

    @property
    def guessed(self) -> bool:
        """Whether a typing error was put right."""
        return any(term.guessed for term in self.terms)


def find(
    user: User,
    regions: list[Region],
    query: str,
    *,
    now: datetime | None = None,
    stage: Stage | None = None,
) -> Found:
    """What the person may see in these regions that has the words of `query`: live, coming, just expired.

    Words are found as pieces (`jacke` in `Winterjacke`), whatever their ending, accents and umlauts; a word
    that stands nowhere is taken for a misspelt one. Of a sentence half the words will do. `stage` gives more
    of one stage, and nothing else. A query without a word finds nothing.
    """
    now = now or timezone.now()
    words = _telling(query_words(query))
    if not words or not regions:
        return Found()
    found, sight = Found(), Sight(user, regions)
    for terms, least in _readings(words):
        found = Looking(sight, now, terms, least, stage).found()
        if found.total:
            break
    return found


def _telling(words: list[str]) -> list[str]:
    """Without the little words, if anything is left."""
    telling = [word for word in words if word not in LITTLE_WORDS and len(word) > 1]
    return (telling or words)[:MOST_WORDS]


def _readings(words: list[str]) -> Iterator[tuple[list[Term], int]]:
    """Ways to understand the search, the strict one first, each with how many words have to be found."""
    meaning = Meaning(words)
    terms = meaning.terms()
    if not any(term.is_unknown for term in terms):
        yield terms, len(terms)
    if len(words) < SENTENCE:
        wider = meaning.terms(guess=True)
        if wider != terms and not any(term.is_unknown for term in wider):
            yield wider, len(wider)
        return
    known = [term for term in terms if not term.is_unknown]
    least = (len(words) + 1) // 2
    if len(known) >= least:
        yield known, least


@dataclass
class Looking:
    """One reading of a search: whose, where, when, and what has to stand in an entry."""

    sight: Sight
    now: datetime
    terms: Sequence[Term]
    least: int
    stage: Stage | None
    _lists: dict[str, list[int] | None] = field(default_factory=dict)
    _all: dict[str, list[int]] = field(default_factory=dict)
    _unchecked: dict[str, dict[Stage | None, list[Hit]]] = field(default_factory=dict)
    _often: dict[str, bool] = field(default_factory=dict)
    _splits: dict[str, list[Split]] = field(default_factory=dict)

    def found(self) -> Found:
        """The offers by stage: what is called so, then what only says so."""
        found = Found(terms=list(self.terms))
        chosen = self._chosen()
        wanted: dict[int, int] = {}
        for stage, hits in chosen.items():
            most = self._most(stage)
            if len(hits) > most:
                found.more.add(stage)
            chosen[stage] = hits[:most]
            wanted |= {hit.row: hit.release for hit in hits[:most]}
        made = offers_of(self.sight.user, wanted, self.sight.regions, self.now) if wanted else {}
        for stage, hits in chosen.items():
            here = [made[hit.row] for hit in hits if hit.row in made]
            found.groups[stage] = [offer for offer in here if offer.stage is stage]
        return found

    def _most(self, stage: Stage) -> int:
        return MORE if self.stage else SHOWN[stage]

    def _chosen(self) -> dict[Stage, list[Hit]]:
        """The hits of every stage that is asked for, each offer once, best first."""
        asked = [self.stage] if self.stage else list(Stage)
        if self.least < len(self.terms):
            by_stage = self._by_stage(self._sentence())
            found = {stage: by_stage.get(stage, []) for stage in asked}
        else:
            found = walk.side_by_side(self.sight, {stage: self._best(stage) for stage in asked})
        return {stage: self._each_once(stage, hits) for stage, hits in found.items()}

    def _each_once(self, stage: Stage, hits: list[Hit]) -> list[Hit]:
        by_row: dict[int, Hit] = {}
        for hit in self._ordered(stage, hits):
            by_row.setdefault(hit.row, hit)
        return list(by_row.values())

    def _ordered(self, stage: Stage, hits: Iterable[Hit]) -> list[Hit]:
        return sorted(hits, key=lambda one: (not self._is_called(one), *one.when(stage)))

    def _is_called(self, hit: Hit) -> bool:
        if self.least < len(self.terms):
            return False
        return self._stand_in(hit.head) if self._called is None else hit.entry in self._called

    @cached_property
    def _called(self) -> frozenset[int] | None:
        """Ids of the entries that are called so, if they have been listed."""
        ids = self._lists.get("head")
        return None if ids is None else frozenset(ids)

    def _stand_in(self, text: str) -> bool:
        split = Split(text)
        return all(map(split.has, self.terms))

    def _by_stage(self, hits: Iterable[Hit]) -> dict[Stage | None, list[Hit]]:
        found: dict[Stage | None, list[Hit]] = {}
        for hit in hits:
            found.setdefault(hit.stage(self._moment), []).append(hit)
        return found

    @cached_property
    def _moment(self) -> float:
        return self.now.timestamp()

    # --- every word has to be found -----------------------------------------------------------------------

    def _best(self, stage: Stage) -> walk.Asking[list[Hit]]:
        """Hits of a stage: all, or those that come first."""
        most, called = self._most(stage) + 1, None
        if self._many_are_called:
            called = yield from self._first(stage, "head", most)
            if len({hit.row for hit in called}) >= most:
                return called
        if not self._is_frequent("words") and (ids := self._list("words")) is not None:
            return (yield from self._among(stage, "words", ids))
        if called is None:
            called = yield from self._first(stage, "head", most)
        return called + (yield from self._first(stage, "words", most))

    @cached_property
    def _many_are_called(self) -> bool:
        """Whether what is called so may do alone; what only says so can be half of everything."""
        return self._is_frequent("head") or (ids := self._list("head")) is None or len(ids) > FEW

    def _first(self, stage: Stage, column: str, most: int) -> walk.Asking[list[Hit]]:
        """The hits that come first in a stage; maybe all of them."""

        def matches(entry: walk.Entry) -> bool:
            return self._stand_in(getattr(entry, column))

        if not self._is_frequent(column) and (ids := self._list(column)) is not None:
            return (yield from self._among(stage, column, ids))
        found = yield from self._walks[stage].best(matches, most, FAR)
        if found is not None:
            return found
        # Frequent, but not here: as in a region where hardly anybody uses the word.
        return (yield from self._among(stage, column, self._every(column)))

    def _list(self, column: str) -> list[int] | None:
        """Ids of the entries with all words in the column, whoever sees them; None if they are too many."""
        if column not in self._lists:
            self._lists[column] = self._listed(column)
        return self._lists[column]

    def _every(self, column: str) -> list[int]:
        """Ids of all entries with all words in the column; asked once for all stages."""
        if column not in self._all:
            self._all[column] = sorted(entries_having(column, self.terms, EVERY))
        return self._all[column]

    def _listed(self, column: str) -> list[int] | None:
        # What is called so is never that many.
        if column == "words" and seem_more(column, self.terms, 2 * FREQUENT):
            return None
        ids = entries_having(column, self.terms, FREQUENT + 1)
        return None if len(ids) > FREQUENT else sorted(ids)

    def _among(self, stage: Stage, column: str, ids: list[int]) -> walk.Asking[list[Hit]]:
        """The hits of a stage that come first among those listed for the column; all, if they are few."""
        if len(ids) <= FEW:
            yield ids
            return self._by_stage(self.sight.hits(ids)).get(stage, [])
        if column not in self._unchecked:
            self._unchecked[column] = self._by_stage(self.sight.unchecked(ids))
        found, at, sizes = [], 0, iter(STEPS)
        order = [hit.entry for hit in self._ordered(stage, self._unchecked[column].get(stage, ()))]
        while at < len(order) and len({hit.row for hit in found}) <= self._most(stage):
            size = next(sizes, STEPS[-1])
            yield (step := order[at : at + size])
            found += self.sight.hits(step)
            at += size
        return found

    @cached_property
    def _walks(self) -> dict[Stage, walk.Walk]:
        asked = [self.stage] if self.stage else list(Stage)
        beside = walk.Beside(self.sight, self.now)
        return {stage: walk.Walk(self.sight, beside, stage) for stage in asked}

    @cached_property
    def _sample(self) -> list[walk.Entry]:
        return [entry for way in self._walks.values() for entry in way.first()]

    def _is_frequent(self, column: str) -> bool:
        """Whether to go through the lists without a look at the index, which is slow for how words begin."""
        if column not in self._often:
            begins = any(term.begins for term in self.terms)
            self._often[column] = begins and self._stand_often(column, self.terms)
        return self._often[column]

    def _stand_often(self, column: str, terms: Sequence[Term]) -> bool:
        """Whether many of the entries that come first in the lists have the words."""
        having = sum(all(map(one.has, terms)) for one in self._split(column))
        return len(self._sample) >= walk.STEPS[0] and having * ONE_OF >= len(self._sample)

    def _split(self, column: str) -> list[Split]:
        if column not in self._splits:
            self._splits[column] = [Split(getattr(entry, column)) for entry in self._sample]
        return self._splits[column]

    # --- most of the words will do ------------------------------------------------------------------------

    def _sentence(self) -> list[Hit]:
        """Entries with the most of the words, if they are enough; one of the rarer words has to be there."""
        frequent, counted = self._counted()
        if not counted:
            return []
        for pk, text in self.sight.texts(list(counted)) if frequent else ():
            counted[pk] += sum(map(Split(text).has, frequent))
        for best in range(len(self.terms), self.least - 1, -1):
            hits = self.sight.hits(sorted(pk for pk, number in counted.items() if number == best))
            if hits:
                return hits
        return []

    def _counted(self) -> tuple[list[Term], Counter[int]]:
        """Words that stand nearly everywhere, and how many of the others every entry has."""
        frequent, counted = [], Counter()
        for term in self.terms:
            often = self._stand_often("words", [term])
            ids = [] if often else entries_having("words", [term], FREQUENT + 1)
            if often or len(ids) > FREQUENT:
                frequent.append(term)
            else:
                counted.update(ids)
        return frequent, counted
