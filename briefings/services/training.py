"""The training record: who is up to date, and whose turn it is to read a running campaign's briefing again.

A refresher falls due `every_days` (the shortest rhythm of the person's teams that serve the briefing's
audience and region) after he confirmed or last refreshed it, while the campaign runs there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.services.demand import demand
from briefings.errors import NotAddressed, Superseded
from briefings.models import Briefing, BriefingVersion, CheckAnswer, InboxItem, Refresher, TrainingRhythm
from briefings.services.recipients import is_entitled
from campaigns.enums import Running
from core.audit import record
from core.ui import ToneChoices


class Standing(ToneChoices):
    """Where a person stands with one briefing; those that ask something of him come first."""

    UNREAD = "unread", _("Unread")
    OPEN = "open", _("Not confirmed")
    REFRESH = "refresh", _("To read again")
    DONE = "done", _("Up to date")

    __tones__ = {
        "unread": ("stop", "envelope"),
        "open": ("care", "clock"),
        "refresh": ("care", "arrow-repeat"),
        "done": ("good", "check-all"),
    }


@dataclass(frozen=True)
class Lesson:
    """One briefing in force in a person's record. `due_on`: when it was, or is, to be done."""

    item: InboxItem
    standing: Standing
    due_on: date | None
    right: int = 0
    tries: int = 0

    @property
    def title(self) -> str:
        return self.item.title

    @property
    def briefing(self) -> Briefing:
        return self.item.version.briefing

    @property
    def days_late(self) -> int:
        """Days since it was due; 0 before and when it is done."""
        if self.due_on is None or self.standing is Standing.DONE:
            return 0
        return max(0, (_today(self.item) - self.due_on).days)


@dataclass
class PersonRecord:
    """A person's lessons, those to be done first."""

    user: User
    lessons: list[Lesson] = field(default_factory=list)

    @property
    def open(self) -> list[Lesson]:
        return [one for one in self.lessons if one.standing is not Standing.DONE]

    @property
    def up_to_date(self) -> bool:
        return not self.open

    @property
    def standing(self) -> Standing:
        """The worst of all lessons."""
        order = list(Standing)
        return min((one.standing for one in self.lessons), key=order.index, default=Standing.DONE)

    @property
    def right(self) -> int:
        """Check questions answered rightly at the first try."""
        return sum(one.right for one in self.lessons)

    @property
    def tries(self) -> int:
        """Check questions answered."""
        return sum(one.tries for one in self.lessons)

    @property
    def last_done(self) -> datetime | None:
        """When the person last confirmed or refreshed something that is in force."""
        moments = [one.item.done_at for one in self.lessons if one.item.done_at]
        return max(moments, default=None)


def _today(item: InboxItem) -> date:
    zone = ZoneInfo(item.version.briefing.campaign_region.region.timezone)
    return timezone.now().astimezone(zone).date()


def _with_training(items: QuerySet[InboxItem]) -> QuerySet[InboxItem]:
    """Items with title, `confirmed_at`, `refreshed_at` and the person's rhythm in days (`every_days`)."""
    mine = {"user": OuterRef("user"), "version__briefing": OuterRef("version__briefing")}
    rhythm = TrainingRhythm.objects.filter(
        team__active=True,
        team__memberships__user=OuterRef("user"),
        team__audience=OuterRef("version__briefing__audience"),
        team__regions=OuterRef("version__briefing__campaign_region__region"),
    )
    return items.annotate(
        title=KeyTextTransform("title", "version__content"),
        confirmed_at=Subquery(InboxItem.objects.confirmation().order_by("-at").values("at")[:1]),
        refreshed_at=Subquery(Refresher.objects.filter(**mine).order_by("-at").values("at")[:1]),
        every_days=Subquery(rhythm.order_by("every_days").values("every_days")[:1]),
    )


def _lesson(item: InboxItem, results: dict[tuple[int, int], tuple[int, int]]) -> Lesson:
    right, tries = results.get((item.version.briefing_id, item.user_id), (0, 0))
    region = item.version.briefing.campaign_region
    item.done_at = max(filter(None, [item.confirmed_at, item.refreshed_at]), default=None)
    if item.confirmed_at is None:
        standing = Standing.OPEN if item.first_read_at else Standing.UNREAD
        return Lesson(item, standing, item.due_on, right, tries)
    if not item.every_days or region.running != Running.LIVE:
        return Lesson(item, Standing.DONE, None, right, tries)
    zone = ZoneInfo(region.region.timezone)
    due_on = item.done_at.astimezone(zone).date() + timedelta(days=item.every_days)
    standing = Standing.REFRESH if due_on <= _today(item) else Standing.DONE
    return Lesson(item, standing, due_on, right, tries)


def _check_results(people: Iterable[int]) -> dict[tuple[int, int], tuple[int, int]]:
    """(right, answered) at the first try by (briefing, person), over all versions; one query."""
    found: dict[tuple[int, int], tuple[int, int]] = {}
    rows = CheckAnswer.objects.filter(first_try=True, user__in=list(people)).order_by()
    for briefing, user, right in rows.values_list("version__briefing", "user", "right"):
        done, tries = found.get((briefing, user), (0, 0))
        found[briefing, user] = (done + right, tries + 1)
    return found


def records(people: Iterable[User]) -> list[PersonRecord]:
    """Records of `people` over all briefings in force (three queries): not up to date first, then by name."""
    found = {user.pk: PersonRecord(user) for user in people}
    force = Briefing.objects.in_force().order_by().values("pk")
    items = InboxItem.objects.current().filter(user__in=list(found), version__briefing__in=force)
    related = ("version__briefing__campaign_region__region", "version__briefing__campaign")
    shown = _with_training(items).select_related(*related).defer("version__content")
    results = _check_results(found)
    for item in shown.order_by("version__briefing__campaign_region__starts_on", "pk"):
        found[item.user_id].lessons.append(_lesson(item, results))
    order = list(Standing)
    for one in found.values():
        one.lessons.sort(key=lambda lesson: order.index(lesson.standing))
    return sorted(found.values(), key=lambda one: (one.up_to_date, one.user.last_name, one.user.first_name))


def team_records(team: Team) -> list[PersonRecord]:
    """The records of a team's active members."""
    return records(User.objects.filter(memberships__team=team, is_active=True))


def record_of(user: User) -> PersonRecord:
    """One person's own record."""
    return records([user])[0]


def to_read_again(user: User) -> list[Lesson]:
    """What this person is to read once more by now; one query where none of his teams has a rhythm."""
    if not TrainingRhythm.objects.filter(team__memberships__user=user, team__active=True).exists():
        return []
    return [lesson for lesson in record_of(user).lessons if lesson.standing is Standing.REFRESH]


def refresher_due(item: InboxItem) -> date | None:
    """The day on which the reader of `item` (confirmed) was to read it again, None while he need not."""
    found = _with_training(InboxItem.objects.filter(pk=item.pk))
    lesson = _lesson(found.select_related("version__briefing__campaign_region__region").get(), {})
    return lesson.due_on if lesson.standing is Standing.REFRESH else None


@transaction.atomic
def refresh(*, version: BriefingVersion, user: User) -> bool:
    """Record that the person has read `version` again; False when it was not (or is no longer) due.

    Raises NotAddressed if the briefing is not this person's any more, Superseded if a newer version stands.
    """
    # As for a confirmation: ordered against a publication, and against a second click.
    locked = Briefing.objects.select_for_update(of=("self",), no_key=True)
    briefing = locked.select_related("current").get(pk=version.briefing_id)
    if briefing.current is None or not is_entitled(user.pk, briefing.current):
        raise NotAddressed
    if briefing.current_id != version.pk:
        raise Superseded(briefing.current)
    item = InboxItem.objects.of(user).filter(version=version).first()
    if item is None:
        raise NotAddressed
    if refresher_due(item) is None:
        return False
    Refresher.objects.create(version=version, user=user)
    return True


@transaction.atomic
def set_rhythm(*, team: Team, by: User, every_days: int | None) -> None:
    """Let the team read running briefings again every so many days (7 to 365), or no more (None).

    Raises PermissionDenied unless `by` manages the team, ValidationError for another number.
    """
    demand(by, "team.manage", team)
    if every_days is None:
        gone, _rows = TrainingRhythm.objects.filter(team=team).delete()
        if gone:
            record(by=by, verb="team.rhythm_ended", scope=team)
        return
    rhythm = TrainingRhythm(team=team, every_days=every_days)
    rhythm.clean_fields(exclude=["team"])
    before = TrainingRhythm.objects.filter(team=team).values_list("every_days", flat=True).first()
    if before == every_days:
        return
    TrainingRhythm.objects.update_or_create(team=team, defaults={"every_days": every_days})
    record(by=by, verb="team.rhythm_set", scope=team, days=every_days)


def teams_with_people() -> QuerySet[Team]:
    """Active teams, with lead and deputy, for those who are told of gaps."""
    return Team.objects.filter(active=True).select_related("lead", "deputy").order_by("pk")
