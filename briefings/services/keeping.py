"""Keeping inboxes true whoever changes teams: newcomers get what is in force, leavers get nothing more.

Three queries say what differs, however many there are; only that is locked and brought in line.
"""

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.hooks import membership_changed
from accounts.models import TeamMember
from briefings.models import Briefing, BriefingVersion, Delivery, InboxItem
from briefings.services.handing import batches, hand_out
from briefings.services.routing import queue_returned
from core.delivery.decisions import withhold
from core.delivery.states import State

CHUNK = 200
_TEAMS = "campaign_region__region__teams"
_PEOPLE = f"{_TEAMS}__memberships__user"


def _meant() -> Q:
    """The briefing is the one in this person's language: his own, else the region's, else any.

    Stands on the annotations person_language, region_language, of_region, of_audience and of_language.
    """
    published = Briefing.objects.filter(
        campaign_region=OuterRef("of_region"), audience=OuterRef("of_audience"), current__isnull=False
    )
    own = Exists(published.filter(language=OuterRef("person_language")))
    main = Exists(published.filter(language=OuterRef("region_language")))
    spare = Q(~own) & (Q(of_language=F("region_language")) | Q(~main))
    return Q(of_language=F("person_language")) | spare


def _missing(briefings: QuerySet[Briefing], people: Collection[int] | None) -> QuerySet:
    """(briefing, version, person) for everybody who should have the current version and has not."""
    serving = {f"{_TEAMS}__active": True, f"{_TEAMS}__audience": F("audience"), f"{_PEOPLE}__is_active": True}
    if people is not None:
        serving[f"{_PEOPLE}__in"] = people
    rows = briefings.filter(**serving).annotate(
        person=F(_PEOPLE),
        person_language=F(f"{_PEOPLE}__language"),
        region_language=F("campaign_region__region__language"),
        of_region=F("campaign_region"),
        of_audience=F("audience"),
        of_language=F("language"),
    )
    has = InboxItem.objects.filter(version=OuterRef("current"), user=OuterRef("person"), withdrawn=False)
    found = rows.filter(_meant(), ~Exists(has)).order_by()
    return found.values_list("pk", "current", "person").distinct()


def _gone(briefings: QuerySet[Briefing], people: Collection[int] | None) -> QuerySet[InboxItem]:
    """Items of current versions whose person should not have them (any more)."""
    items = InboxItem.objects.current().filter(version__briefing__in=briefings)
    if people is not None:
        items = items.filter(user__in=people)
    items = items.annotate(
        person_language=F("user__language"),
        region_language=F("version__briefing__campaign_region__region__language"),
        of_region=F("version__briefing__campaign_region"),
        of_audience=F("version__briefing__audience"),
        of_language=F("version__briefing__language"),
    )
    serves = TeamMember.objects.filter(
        user=OuterRef("user"),
        user__is_active=True,
        team__active=True,
        team__audience=OuterRef("of_audience"),
        team__regions=OuterRef("version__briefing__campaign_region__region"),
    )
    return items.filter(~Exists(serves) | ~_meant()).order_by()


def differing(people: Collection[int] | None = None) -> list[int]:
    """Ids of the briefings in force whose inboxes are not as they should be (two queries)."""
    force = Briefing.objects.in_force()
    missing = {row[0] for row in _missing(force, people)}
    gone = set(_gone(force, people).values_list("version__briefing", flat=True))
    return sorted(missing | gone)


def keep_all(people: Collection[int] | None = None) -> int:
    """Bring all inboxes (or those of `people`) in line with who is entitled now; number of changes."""
    changed = sum(_keep(ids, people) for ids in batches(differing(people), CHUNK))
    # Not only of `people`: while somebody's return was being written, a worker may have withheld his mail.
    rows = Delivery.objects.all() if people is None else Delivery.objects.filter(user__in=people)
    return changed + _queue_returned(rows)


def keep(briefing_ids: Collection[int]) -> int:
    """The same for some briefings."""
    return sum(_keep(ids, None) for ids in batches(sorted(briefing_ids), CHUNK))


@transaction.atomic
def _keep(briefing_ids: Collection[int], people: Collection[int] | None) -> int:
    locked = Briefing.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    ids = [briefing.pk for briefing in locked.filter(pk__in=briefing_ids)]
    force = Briefing.objects.in_force().filter(pk__in=ids)
    return _withdraw(list(_gone(force, people))) + _add(list(_missing(force, people)))


def _withdraw(items: list[InboxItem]) -> int:
    for some in batches(items):
        InboxItem.objects.filter(pk__in=[item.pk for item in some]).update(withdrawn=True)
    _withhold({item.version_id for item in items})
    return len(items)


def _withhold(version_ids: Collection[int]) -> None:
    out = InboxItem.objects.filter(version=OuterRef("version"), user=OuterRef("user"), withdrawn=True)
    if version_ids:
        withhold(Delivery.objects.filter(Exists(out), version__in=version_ids))


def _add(missing: list[tuple[int, int, int]]) -> int:
    people: dict[int, list[int]] = defaultdict(list)
    for _briefing, version, person in missing:
        people[version].append(person)
    versions = BriefingVersion.objects.select_related("briefing").in_bulk(people)
    for pk, persons in people.items():
        hand_out(versions[pk], persons)
        back = InboxItem.objects.filter(version=pk, withdrawn=True)
        for some in batches(persons):
            back.filter(user__in=some).update(withdrawn=False, created_at=timezone.now())
    if people:
        _queue_returned(Delivery.objects.filter(version__in=people))
    return len(missing)


def _queue_returned(deliveries: QuerySet[Delivery]) -> int:
    """What was withheld from people who are entitled again, and have not confirmed meanwhile, is due."""
    mine = InboxItem.objects.current().unconfirmed()
    here = mine.filter(version=OuterRef("version"), user=OuterRef("user"))
    force = Briefing.objects.in_force().filter(pk=OuterRef("version__briefing"))
    withheld = deliveries.filter(Exists(here), Exists(force), state=State.WITHHELD)
    return queue_returned(withheld) if withheld.exists() else 0


@membership_changed.register("briefings")
def keep_people(user_ids: Collection[int]) -> None:
    """Whoever came, left, or changed team has the right inbox as soon as the change itself stands."""
    keep_all(user_ids)
