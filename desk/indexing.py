"""Keeping the index of the desk true: an entry per release in a region, and per briefing version of it.

Entries say what can be found, not who may find it. They are written in the transaction that changes what is
in force (desk/keeping.py); `catch_up` finds what was changed past the services, such as by an import.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from briefings.models import BriefingVersion
from campaigns.enums import FactKind, Running
from campaigns.models import CampaignRegion, Release
from campaigns.querysets import IDLE
from campaigns.services.snapshot import ends_at, starts_at
from desk.folding import words_in
from desk.models import SearchEntry, SearchTypo, SearchWord
from desk.offers import EXPIRED_DAYS
from desk.vocabulary import learn

CHUNK = 200
_CALLED = (FactKind.PRODUCT, FactKind.CODE)
_MOST_WORDS = 20_000


class Key(NamedTuple):
    """What an entry is about; `version` None for the release itself."""

    row: int
    release: int
    version: int | None


def rows_to_find(now: datetime | None = None) -> QuerySet[CampaignRegion]:
    """What is live, coming or expired lately, as far as rows without their releases tell."""
    now = now or timezone.now()
    old = now - timedelta(days=EXPIRED_DAYS + 2)
    launched = Q(launch__isnull=False) & ~Q(running=Running.FINISHED, ended_at__lt=old)
    coming = Q(running=Running.WAITING, campaign__release__isnull=False, ends_on__gte=old.date())
    return CampaignRegion.objects.filter(launched | coming & ~Q(campaign__state__in=IDLE))


def wanted(rows: QuerySet[CampaignRegion]) -> set[Key]:
    """The entries that rows should have (two queries).

    Where it runs: the release in force. Before the start: the release approved last, and those from which
    staff have been briefed. Of each of them the newest version of every briefing.
    """
    base = rows.order_by()
    own = base.values_list("pk", "release", "campaign__release")
    keys = {Key(pk, running or approved, None) for pk, running, approved in own if running or approved}
    versions = BriefingVersion.objects.filter(briefing__campaign_region__in=base.values("pk")).order_by()
    newer = versions.filter(
        briefing=OuterRef("briefing"), release=OuterRef("release"), number__gt=OuterRef("number")
    )
    here = F("briefing__campaign_region__release")
    waiting = Q(briefing__campaign_region__release__isnull=True)
    current = Q(pk=F("briefing__current")) | Q(release=F("briefing__campaign__release"))
    shown = versions.filter(Q(release=here) | waiting & current).filter(~Exists(newer))
    for pk, row, release in shown.values_list("pk", "briefing__campaign_region", "release"):
        keys |= {Key(row, release, pk), Key(row, release, None)}
    return keys


def there(entries: QuerySet[SearchEntry]) -> set[Key]:
    """The entries that are there."""
    return {Key(*values) for values in entries.values_list("campaign_region", "release", "version")}


@transaction.atomic
def index_rows(row_ids: Collection[int]) -> int:
    """Bring the entries of some campaign regions in line; number of entries that came or went."""
    rows = rows_to_find().filter(pk__in=row_ids)
    should, have = wanted(rows), there(SearchEntry.objects.filter(campaign_region__in=row_ids))
    _drop(have - should)
    _add(should - have)
    return len(should ^ have)


def catch_up() -> int:
    """Find rows whose entries differ from what should be there, and mend only these; number of entries."""
    differing = wanted(rows_to_find()) ^ there(SearchEntry.objects.all())
    ids = sorted({key.row for key in differing})
    return sum(index_rows(ids[at : at + CHUNK]) for at in range(0, len(ids), CHUNK))


def rebuild() -> int:
    """Make the index anew, words included; number of entries. Searches find little until it is done."""
    with transaction.atomic():
        for model in (SearchTypo, SearchEntry, SearchWord):
            model.objects.all().delete()
    return catch_up()


def _drop(keys: Iterable[Key]) -> None:
    gone = list(keys)
    versions = [key.version for key in gone if key.version is not None]
    SearchEntry.objects.filter(version__in=versions).delete()
    for key in gone:
        if key.version is None:
            SearchEntry.objects.filter(
                campaign_region=key.row, release=key.release, version__isnull=True
            ).delete()


def _add(keys: Collection[Key]) -> None:
    if not keys:
        return
    releases = Release.objects.in_bulk({key.release for key in keys})
    versions = BriefingVersion.objects.in_bulk({key.version for key in keys if key.version is not None})
    made = [_entry(key, releases[key.release].content, versions.get(key.version)) for key in keys]
    entries = sorted(filter(None, made), key=lambda one: (one.campaign_region_id, one.version_id or 0))
    learn(word for one in entries for word in one.words.split())
    SearchEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=CHUNK)


def _entry(key: Key, content: dict[str, Any], version: BriefingVersion | None) -> SearchEntry | None:
    place = next((one for one in content["regions"] if one["id"] == key.row), None)
    if place is None:
        return None
    code = place["code"]
    told = [] if version is None else list(_briefing_texts(version.content))
    return SearchEntry(
        campaign_region_id=key.row,
        region_id=place["region_id"],
        release_id=key.release,
        briefing_id=version.briefing_id if version else None,
        version_id=key.version,
        starts_at=starts_at(place),
        ends_at=ends_at(place),
        head=_distinct(_called(content, code)),
        words=_distinct([*_release_texts(content, code), *told]),
    )


def _distinct(texts: Iterable[str]) -> str:
    found = dict.fromkeys(word for text in texts for word in words_in(text))
    return " ".join(list(found)[:_MOST_WORDS])


def _called(content: dict[str, Any], code: str) -> Iterator[str]:
    """What people call the offer by."""
    yield content["campaign"]["name"]
    for fact in content["facts_by_region"].get(code, []):
        if fact["kind"] in _CALLED:
            yield from fact["shown"].values()


def _release_texts(content: dict[str, Any], code: str) -> Iterator[str]:
    """Everything that customers of the region are told."""
    yield content["campaign"]["name"]
    yield code
    yield from content["core_by_region"].get(code, {}).values()
    for fact in content["facts_by_region"].get(code, []):
        yield from (fact["label"], *fact.get("labels", {}).values())
        yield from fact["shown"].values()
    for one in content["variants"]:
        if one["region_code"] == code:
            yield one["shown_headline"]
            yield one["shown_body"]


def _briefing_texts(content: dict[str, Any]) -> Iterator[str]:
    """Everything that staff are told beyond the release."""
    yield content["title"]
    yield from content["texts"].values()
    for pair in content["questions"]:
        yield from (pair["question"], pair["answer"])
