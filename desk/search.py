"""Finding what somebody types at the desk: offers by every word that stands in them or in his briefings.

`find` is the one way in. It asks an index that knows no rights (desk/indexing.py), by the means of each
database (`_having`), and lets through only what the person may see: the release that he sees in a region, and
briefings that lie in his inbox.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Region, User
from accounts.rights import PLANNERS
from briefings.models import InboxItem
from campaigns.enums import Running
from campaigns.querysets import IDLE
from campaigns.services.transitions import ANYONE_RUNNING
from desk.folding import query_words
from desk.models import SearchEntry
from desk.offers import EXPIRED_DAYS, Offer, Stage, offers_of
from desk.vocabulary import Term, meant_by

# What one page shows of a stage, and what it shows when somebody asks for more.
SHOWN = {Stage.LIVE: 8, Stage.COMING: 4, Stage.EXPIRED: 4}
MORE = 40
# With so many hits or more it is quicker to go through offers in their order than through the hits.
FREQUENT = 1500
# More words than these are a sentence: not every one of them has to be found.
SENTENCE = 4
MOST_WORDS = 10
_LITTLE_GERMAN = """
    der die das den dem des ein eine einen einem einer eines und oder ist sind war hat haben ich du er sie
    es wir ihr mir mich mein meine was wie wo wer wann warum auf an in im am zu zum zur mit von vom bei
    nach noch nicht kein keine auch so nur aber dass ob wenn man kann für über um als bis aus
"""
_LITTLE_ENGLISH = """
    the a an of and or is are was has have i you he she it we they my what how where who when why on in at
    to with from for by not no also so only but that if can do does did this
"""
LITTLE_WORDS = frozenset(query_words(_LITTLE_GERMAN + _LITTLE_ENGLISH))


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
    found = Found()
    for terms, least in _readings(words):
        found = Looking(user, regions, now, terms, least, stage).found()
        if found.total:
            break
    return found


def _telling(words: list[str]) -> list[str]:
    """Without the little words, if anything is left."""
    telling = [word for word in words if word not in LITTLE_WORDS and len(word) > 1]
    return (telling or words)[:MOST_WORDS]


def _readings(words: list[str]) -> Iterator[tuple[list[Term], int]]:
    """Ways to understand the search, the strict one first, each with how many words have to be found."""
    terms = meant_by(words)
    if not any(term.is_unknown for term in terms):
        yield terms, len(terms)
    wider = meant_by(words, guess=True)
    if wider != terms and not any(term.is_unknown for term in wider):
        yield wider, len(wider)
    known = [term for term in wider if not term.is_unknown]
    least = (len(words) + 1) // 2
    if len(words) >= SENTENCE and len(known) >= least:
        yield known, least


class Hit(NamedTuple):
    """An entry that was found: where, by which release, and what its stage and its place follow from."""

    row: int
    release: int
    running: str
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    called: bool = False

    def stage(self, now: datetime) -> Stage:
        """As `staged` says for entries."""
        if self.running == Running.FINISHED or (self.ends_at <= now and self.running != Running.WAITING):
            return Stage.EXPIRED
        return Stage.COMING if self.running == Running.WAITING else Stage.LIVE

    def place(self, now: datetime) -> tuple[Any, ...]:
        """Sorts within a stage: what is called so first."""
        when = {
            Stage.LIVE: self.ends_at.timestamp(),
            Stage.COMING: self.starts_at.timestamp(),
            Stage.EXPIRED: -min(self.ends_at, self.ended_at or self.ends_at).timestamp(),
        }
        return not self.called, when[self.stage(now)], self.row


_STATE = ("campaign_region__running", "starts_at", "ends_at", "campaign_region__ended_at")
HIT = ("campaign_region", "release", *_STATE)


@dataclass
class Looking:
    """One reading of a search: whose, where, when, and what has to stand in an entry."""

    user: User
    regions: list[Region]
    now: datetime
    terms: list[Term]
    least: int
    stage: Stage | None

    def found(self) -> Found:
        """The offers by stage: what is called so, then what only says so."""
        found = Found(terms=self.terms)
        chosen = self._chosen()
        wanted: dict[int, int] = {}
        for stage, rows in chosen.items():
            most = MORE if self.stage else SHOWN[stage]
            if len(rows) > most:
                found.more.add(stage)
            chosen[stage] = rows[:most]
            wanted |= {hit.row: hit.release for hit in rows[:most]}
        made = offers_of(self.user, wanted, self.now)
        for stage, rows in chosen.items():
            here = [made[hit.row] for hit in rows if hit.row in made]
            found.groups[stage] = [offer for offer in here if offer.stage is stage]
        return found

    def _chosen(self) -> dict[Stage, list[Hit]]:
        """The hits of every stage that is asked for, each offer once, best first."""
        hits = self._few(self._entries("words"))
        if hits is None:
            called = self._few(self._entries("head")) or []
            hits = [hit._replace(called=True) for hit in called] + self._next()
        by_row: dict[tuple[Stage, int], Hit] = {}
        for hit in sorted(hits, key=lambda one: one.place(self.now)):
            by_row.setdefault((hit.stage(self.now), hit.row), hit)
        asked = [self.stage] if self.stage else list(Stage)
        return {stage: [hit for (at, _row), hit in by_row.items() if at is stage] for stage in asked}

    def _few(self, entries: QuerySet[SearchEntry] | None) -> list[Hit] | None:
        """All that the person sees of the entries; None if they are too many."""
        if entries is None:
            return []
        lately = self.now - timedelta(days=EXPIRED_DAYS + 2)
        seen = seen_by(self.user, entries).exclude(
            campaign_region__running=Running.FINISHED, campaign_region__ended_at__lt=lately
        )
        called = _having("head", _all(self.terms)) if self.least == len(self.terms) else Value(False)
        values = seen.annotate(called=called).values_list(*HIT, "called")[:FREQUENT]
        found = [Hit(*row[:-1], bool(row[-1])) for row in values]
        return None if len(found) == FREQUENT else found

    def _next(self) -> list[Hit]:
        """Of so many that they are not listed: those that come first in each stage."""
        entries = seen_by(self.user, self._entries("words"))
        found: list[Hit] = []
        for stage in [self.stage] if self.stage else list(Stage):
            most = 4 * (1 + (MORE if self.stage else SHOWN[stage]))
            found += [Hit(*row) for row in staged(entries, stage, self.now).values_list(*HIT)[:most]]
        return found

    def _entries(self, column: str) -> QuerySet[SearchEntry] | None:
        """Entries with enough of the words in the column; whoever sees them."""
        here = SearchEntry.objects.filter(region__in=[region.pk for region in self.regions])
        if self.least == len(self.terms):
            return here.filter(_having(column, _all(self.terms)))
        ids = self._sentence(here, column)
        return here.filter(pk__in=_listed(ids)) if ids else None

    def _sentence(self, here: QuerySet[SearchEntry], column: str) -> list[int]:
        """Entries with most of the words, if they are enough."""
        counted: Counter[int] = Counter()
        for term in self.terms:
            ids = here.filter(_having(column, _all([term]))).values_list("pk", flat=True)
            counted.update(ids[:FREQUENT])
        best = max(counted.values(), default=0)
        return [pk for pk, number in counted.items() if number == best >= self.least][: FREQUENT - 1]


# --- what may be seen -----------------------------------------------------------------------------------


def seen_by(user: User, entries: QuerySet[SearchEntry]) -> QuerySet[SearchEntry]:
    """Entries of the release that the person sees in a region, and of briefings in his inbox.

    As desk.reach.visible_to and desk.offers.release_of say for rows: launched, the release in force; coming,
    the release approved last for who plans there, else the one from which he was briefed.
    """
    inbox = InboxItem.objects.of(user)
    his = Q(briefing__isnull=True) | Exists(inbox.filter(version__briefing=OuterRef("briefing")))
    row = "campaign_region__"
    running = Q(**{f"{row}launch__isnull": False, "release": F(f"{row}release")})
    coming = Q(
        **{
            f"{row}launch__isnull": True,
            f"{row}running": Running.WAITING,
            f"{row}campaign__release__isnull": False,
        }
    ) & ~Q(**{f"{row}campaign__state__in": IDLE})
    told = inbox.filter(
        version__briefing__campaign_region=OuterRef("campaign_region"), version__release=OuterRef("release")
    )
    planned = user.rights.regions(*PLANNERS)
    plans = Q(release=F(f"{row}campaign__release"))
    if planned is None:
        return entries.filter(his, running | coming & plans)
    return entries.filter(his, running | coming & (plans & Q(region__in=planned) | Q(Exists(told))))


def staged(entries: QuerySet[SearchEntry], stage: Stage, now: datetime) -> QuerySet[SearchEntry]:
    """Entries of one stage by the release's own period, in the order of the lists."""
    row = "campaign_region__running"
    if stage is Stage.LIVE:
        return entries.filter(**{f"{row}__in": ANYONE_RUNNING}, ends_at__gt=now).order_by("ends_at", "pk")
    if stage is Stage.COMING:
        return entries.filter(**{row: Running.WAITING}, ends_at__gt=now).order_by("starts_at", "pk")
    ended = F("campaign_region__ended_at")
    last = Case(When(campaign_region__ended_at__lt=F("ends_at"), then=ended), default=F("ends_at"))
    over = Q(**{row: Running.FINISHED}) | Q(**{f"{row}__in": ANYONE_RUNNING}, ends_at__lte=now)
    since = now - timedelta(days=EXPIRED_DAYS + 2)
    return entries.filter(over).alias(last=last).filter(last__gte=since).order_by("-last", "pk")


# --- by the means of each database ----------------------------------------------------------------------


def _all(terms: list[Term]) -> str:
    return " & ".join(_one(term) for term in terms) if connection.vendor != "sqlite" else _fts(terms)


def _one(term: Term) -> str:
    parts = [f"'{word}'" for word in sorted(term.words)]
    if term.begins:
        parts.append(f"'{term.typed}':*")
    return f"({' | '.join(parts)})"


def _fts(terms: list[Term]) -> str:
    groups = []
    for term in terms:
        parts = [f'"{word}"' for word in sorted(term.words)]
        if term.begins:
            parts.append(f'"{term.typed}"*')
        groups.append(f"({' OR '.join(parts)})")
    return " AND ".join(groups)


def _having(column: str, asked: str) -> RawSQL:
    """True for entries that have it in the column: a tsvector on PostgreSQL, FTS5 on SQLite.

    `column` is one of ours; words are letters and digits only (desk.folding), so they need no quoting.
    """
    if connection.vendor == "sqlite":
        sql = '"desk_searchentry"."id" IN (SELECT rowid FROM desk_searchtext WHERE desk_searchtext MATCH %s)'
        return RawSQL(sql, [f"{{{column}}} : ({asked})"], output_field=BooleanField())  # nosec B611
    sql = f'"desk_searchentry"."{column}_found" @@ %s::tsquery'
    return RawSQL(sql, [asked], output_field=BooleanField())  # nosec B611


def _listed(ids: list[int]) -> RawSQL:
    """Ids as one parameter, however many there are."""
    if connection.vendor == "sqlite":
        sql, given = "SELECT value FROM json_each(%s)", json.dumps(ids)
    else:
        sql, given = "SELECT unnest(%s::bigint[])", ids
    return RawSQL(sql, [given], output_field=BigIntegerField())  # nosec B611
