"""Offers as staff see them: read from releases, never from a draft, sorted into live, coming and expired."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from accounts.models import Region, User
from briefings.models import BriefingVersion, InboxItem
from campaigns.enums import FactKind, Preparation, Running
from campaigns.models import CampaignRegion, Release
from campaigns.services.content import label_in
from campaigns.services.snapshot import ends_at
from campaigns.services.transitions import ANYONE_RUNNING
from core import formats
from core.kept import Among, Kept, Place
from core.ui import ToneChoices
from desk import reach

EXPIRED_DAYS = 30
# Of each stage; more than anybody looks through without searching.
MOST = 60


class Stage(StrEnum):
    """Where an offer stands for a customer who asks now."""

    LIVE = "live"
    COMING = "coming"
    EXPIRED = "expired"


class Briefed(NamedTuple):
    """A briefing in the person's inbox; `confirmed`: he has confirmed what holds now."""

    briefing_id: int
    region_row_id: int
    audience: str
    release_id: int
    texts: dict[str, str]
    questions: list[dict[str, str]]
    language: str
    confirmed: bool


@dataclass(frozen=True)
class Shown:
    """A fact in words."""

    key: str
    label: str
    kind: str
    text: str


@dataclass
class Offer:
    """A campaign in one region with what its release says there; `content` holds those parts of a release."""

    row: CampaignRegion
    release_id: int
    content: dict[str, Any]
    now: datetime
    briefings: list[Briefed] = field(default_factory=list)
    planned: bool = False

    @property
    def pk(self) -> int:
        return self.row.pk

    @property
    def name(self) -> str:
        return self.content["campaign"]["name"]

    @property
    def region(self) -> Region:
        return self.row.region

    @cached_property
    def entry(self) -> dict[str, Any]:
        """What the release says about the region."""
        entries = self.content["regions"]
        return next(entry for entry in entries if entry["region_id"] == self.row.region_id)

    @cached_property
    def today(self) -> date:
        """The day that it is in the region."""
        return self._local(self.now)

    @property
    def starts_on(self) -> date:
        return date.fromisoformat(self.entry["starts_on"])

    @property
    def ends_on(self) -> date:
        return date.fromisoformat(self.entry["ends_on"])

    @property
    def last_day(self) -> date:
        """The last day on which it was offered: earlier than planned when somebody finished it."""
        ended = self.row.ended_at
        return min(self.ends_on, self._local(ended)) if ended else self.ends_on

    @property
    def days_left(self) -> int:
        return (self.ends_on - self.today).days

    @property
    def days_to_start(self) -> int:
        return (self.starts_on - self.today).days

    @cached_property
    def stage(self) -> Stage:
        """By the region's own clock: past its last day it has expired, even before the next beat says so."""
        over = ends_at(self.entry) <= self.now
        if self.row.running in ANYONE_RUNNING:
            return Stage.EXPIRED if over else Stage.LIVE
        return Stage.EXPIRED if self.row.running == Running.FINISHED or over else Stage.COMING

    @property
    def paused(self) -> bool:
        return self.stage is Stage.LIVE and self.row.running == Running.PAUSED

    @property
    def state(self) -> ToneChoices:
        """What its pill says."""
        if self.stage is Stage.COMING:
            return Preparation.APPROVED
        return Running.FINISHED if self.stage is Stage.EXPIRED else Running(self.row.running)

    @property
    def is_shown(self) -> bool:
        """In the lists: what expired lately, and nothing that never started and is over."""
        if self.stage is not Stage.EXPIRED:
            return True
        recent = self.last_day >= self.today - timedelta(days=EXPIRED_DAYS)
        return recent and self.row.launch_id is not None

    @cached_property
    def facts(self) -> list[Shown]:
        """The offer's facts in the region, in the reader's language."""
        found = self.content["facts_by_region"].get(self.entry["code"], [])
        lang = formats.language()
        shown = [
            Shown(one["key"], label_in(one, lang), one["kind"], one["shown"].get(lang, "")) for one in found
        ]
        return [fact for fact in shown if fact.text.strip()]

    @property
    def codes(self) -> list[Shown]:
        return [fact for fact in self.facts if fact.kind == FactKind.CODE]

    @property
    def terms(self) -> list[Shown]:
        return [fact for fact in self.facts if fact.kind == FactKind.TERMS]

    @property
    def main_facts(self) -> list[Shown]:
        """What is left beside codes, terms and links."""
        aside = (FactKind.CODE, FactKind.TERMS, FactKind.LINK)
        return [fact for fact in self.facts if fact.kind not in aside]

    @property
    def core(self) -> dict[str, str]:
        """The core message as customers of the region read it."""
        return self.content["core_by_region"].get(self.entry["code"], {})

    @property
    def language(self) -> str:
        return self.content["core"].get("language", self.entry["language"])

    @cached_property
    def words(self) -> Briefed | None:
        """The briefing that was published from exactly this release, if the person has one."""
        return next((one for one in self.briefings if one.release_id == self.release_id), None)

    @property
    def summary(self) -> str:
        """The offer in one sentence: as the person was briefed, else as customers are promised."""
        briefed = self.words.texts.get("offer", "") if self.words else ""
        return briefed or self.core.get("promise", "") or self.core.get("claim", "")

    @property
    def summary_language(self) -> str:
        """The language that `summary` is written in."""
        return self.words.language if self.words and self.words.texts.get("offer") else self.language

    @property
    def often_asked(self) -> dict[str, str] | None:
        """The first question of the briefing with its answer."""
        return self.words.questions[0] if self.words and self.words.questions else None

    @property
    def questions(self) -> list[dict[str, str]]:
        """Every question of the person's briefings from this release, with its answer, each once."""
        told = [one for one in self.briefings if one.release_id == self.release_id]
        return list({pair["question"]: pair for one in reversed(told) for pair in one.questions}.values())

    @property
    def said(self) -> str:
        """What stands in a list beside the questions."""
        facts = [text for fact in self.facts for text in (fact.label, fact.text)]
        return " ".join([self.name, self.summary, *facts])

    def _local(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.entry["timezone"])).date()


def offers_for(
    user: User, regions: list[Region], now: datetime | None = None, *, most: int = MOST
) -> list[Offer]:
    """The offers in these of the person's regions that he may see; of each stage about `most`, not fewer.

    Live ones end soonest first, coming ones start soonest first, expired ones ended latest first.
    """
    now = now or timezone.now()
    ids = [pk for rows in _by_stage(user, regions, now) for pk in rows.values_list("pk", flat=True)[:most]]
    rows = CampaignRegion.objects.filter(pk__in=ids).select_related("region", "campaign")
    offers = [offer for offer in _made(user, list(rows), now) if offer.is_shown]
    return sorted(offers, key=_rank)


def _by_stage(user: User, regions: list[Region], now: datetime) -> Iterator[QuerySet[CampaignRegion]]:
    """Rows that the person sees, in the order of the lists, as far as they tell without their releases.

    What is past its end and not finished yet comes first among those that run. Dates of a draft under way
    may differ from the release's; so nothing that runs is left out because of them.
    """
    here = {"region__in": [region.pk for region in regions]}
    launched = reach.launched(user).filter(**here)
    yield launched.filter(running__in=ANYONE_RUNNING).order_by("ends_on", "pk")
    missed = Q(campaign__state=Preparation.APPROVED, ends_on__lt=now.date() - timedelta(days=2))
    yield reach.coming(user).filter(**here).exclude(missed).order_by("starts_on", "pk")
    old = now - timedelta(days=EXPIRED_DAYS + 2)
    yield launched.filter(running=Running.FINISHED, ended_at__gte=old).order_by("-ended_at", "pk")


def offers_of(user: User, found: dict[int, int], regions: list[Region], now: datetime) -> dict[int, Offer]:
    """The offers of campaign regions that a search found in these regions, by id, as far as they are shown.

    `found` says by which release the person sees each of them (desk.hits.Sight).
    """
    rows, known = reach.in_regions(user).filter(pk__in=found), {region.pk: region for region in regions}
    for row in rows:
        row.region = known[row.region_id]
    return {offer.pk: offer for offer in _made(user, list(rows), now, found) if offer.is_shown}


def offer_for(user: User, row: CampaignRegion, release_id: int | None = None) -> Offer | None:
    """One offer as its release, or an earlier one (`release_id`), says; None if that has not the region."""
    made = _made(user, [row], timezone.now(), {row.pk: release_id} if release_id else None)
    return made[0] if made else None


def _rank(offer: Offer) -> tuple[Any, ...]:
    if offer.stage is Stage.LIVE:
        return 0, offer.ends_on.toordinal(), offer.name
    if offer.stage is Stage.COMING:
        return 1, offer.starts_on.toordinal(), offer.name
    return 2, -offer.last_day.toordinal(), offer.name


def _made(
    user: User, rows: list[CampaignRegion], now: datetime, chosen: dict[int, int] | None = None
) -> list[Offer]:
    """Offers as the release that is `chosen` for each row says, else as the one that the person sees."""
    told = _briefed(user, rows)
    chosen = chosen or {row.pk: release_of(user, row, told.get(row.pk, [])) for row in rows}
    told = _as_in_force(told, chosen)
    contents = _contents({pk for pk in chosen.values() if pk})
    offers = []
    for row in rows:
        content = contents.get(chosen[row.pk])
        if content and any(entry["region_id"] == row.region_id for entry in content["regions"]):
            planned = reach.plans_in(user, row.region_id)
            offers.append(Offer(row, chosen[row.pk], content, now, told.get(row.pk, []), planned))
    return offers


def release_of(user: User, row: CampaignRegion, told: list[Briefed]) -> int | None:
    """The release that the person sees: in force; before the start, the one he plans or was briefed from."""
    if row.release_id:
        return row.release_id
    if reach.plans_in(user, row.region_id):
        return row.campaign.release_id
    current = [one.release_id for one in told if one.release_id == row.campaign.release_id]
    return next(iter(current), told[0].release_id if told else None)


def _briefed(user: User, rows: list[CampaignRegion]) -> dict[int, list[Briefed]]:
    """The person's briefings by the campaign's region; those to confirm first."""
    found: dict[int, list[Briefed]] = {}
    for values in _inbox()(user=user.pk, rows=[row.pk for row in rows]):
        one = Briefed(*values)
        found.setdefault(one.region_row_id, []).append(one)
    return found


@lru_cache
def _inbox() -> Kept:
    """What `Briefed` holds of a person's inbox about some rows."""
    mine = InboxItem.objects.filter(user=Place("user")).current()
    mine = mine.filter(Among("version__briefing__campaign_region", "rows"))
    fields = ("briefing", "briefing__campaign_region", "briefing__audience", "release")
    content = ("content__texts", "content__questions", "briefing__language")
    names = [f"version__{name}" for name in (*fields, *content)]
    confirmed = Exists(InboxItem.objects.confirmation())
    return Kept(mine.annotate(done=confirmed).order_by("done", "pk").values_list(*names, "done"))


def _as_in_force(told: dict[int, list[Briefed]], chosen: dict[int, int | None]) -> dict[int, list[Briefed]]:
    """The same, with the words of the version from the release that is shown, where a newer one waits.

    One query more while staff are briefed of a change that is not in force yet.
    """
    ahead = {
        one.briefing_id: chosen[row]
        for row, found in told.items()
        for one in found
        if one.release_id != chosen[row] and chosen[row]
    }
    if not ahead:
        return told
    versions = BriefingVersion.objects.filter(briefing__in=ahead, release__in=set(ahead.values()))
    names = ("briefing", "release", "content__texts", "content__questions")
    then = {
        (briefing, release): rest
        for briefing, release, *rest in versions.order_by("number").values_list(*names)
    }

    def as_then(one: Briefed) -> Briefed:
        said = then.get((one.briefing_id, chosen[one.region_row_id]))
        if said is None:
            return one
        return one._replace(release_id=chosen[one.region_row_id], texts=said[0], questions=said[1])

    return {row: [as_then(one) for one in found] for row, found in told.items()}


PARTS = ("campaign", "core", "core_by_region", "regions", "facts_by_region")


def _contents(release_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """What lists need of the releases' contents, by id; the texts of all channels stay where they are."""
    return {pk: dict(zip(PARTS, values, strict=True)) for pk, *values in _parts()(ids=list(release_ids))}


@lru_cache
def _parts() -> Kept:
    paths = [f"content__{part}" for part in PARTS]
    return Kept(Release.objects.filter(Among("pk", "ids")).order_by().values_list("pk", *paths))
