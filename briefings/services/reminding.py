"""Reminders before the start, then a word to the team lead; each once per person, version and day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Team, User
from briefings.emails import about
from briefings.models import Briefing, InboxItem
from campaigns.enums import Running
from core.audit import record
from core.emails import absolute, queue_mails

# Working up to the start: people are reminded from here on, their leads from there on (days before).
REMIND_DAYS = 3
LEAD_DAYS = 1
# Nobody's day begins with a mail of midnight.
FIRST_HOUR = 7


@dataclass(frozen=True)
class Due:
    """A briefing whose region starts soon, or should have started; `day` is the region's date."""

    briefing: Briefing
    day: date
    days_left: int


def local_now(briefing: Briefing) -> datetime:
    """The clock in the briefing's region."""
    return timezone.now().astimezone(ZoneInfo(briefing.campaign_region.region.timezone))


def unconfirmed(briefing: Briefing, day: date) -> list[User]:
    """People who are present on `day`, have the current version and have not confirmed it."""
    items = InboxItem.objects.current().filter(version=briefing.current_id, user__is_active=True)
    away = Absence.objects.covering(day).filter(user=OuterRef("user"))
    waiting = items.unconfirmed().filter(~Exists(away)).select_related("user").order_by("user")
    return [item.user for item in waiting]


def due_reminders() -> list[Due]:
    """Briefings of regions that wait for their start and are within the reminding days (one query)."""
    latest = timezone.now().date() + timedelta(days=REMIND_DAYS + 1)
    soon = Briefing.objects.in_force().filter(
        campaign_region__running=Running.WAITING,
        campaign_region__starts_on__lte=latest,
        campaign_region__ends_on__gte=timezone.now().date() - timedelta(days=1),
    )
    found = []
    for briefing in soon.select_related("current", "campaign_region__region", "campaign"):
        now, region = local_now(briefing), briefing.campaign_region
        days = (region.starts_on - now.date()).days
        if days <= REMIND_DAYS and now.date() <= region.ends_on and now.hour >= FIRST_HOUR:
            found.append(Due(briefing, now.date(), days))
    return found


def remind_all() -> int:
    """Remind everybody who is due and has not been reminded today; number of people reminded now."""
    count = 0
    for due in due_reminders():
        missing = unconfirmed(due.briefing, due.day)
        with transaction.atomic():
            count += _remind(due.briefing, missing, due.day)
            if due.days_left <= LEAD_DAYS:
                _tell_leads(due.briefing, missing, due.day)
    return count


def _remind(briefing: Briefing, people: Iterable[User], day: date) -> int:
    version = briefing.current
    return queue_mails(
        people,
        template="briefings/email/reminder",
        key=lambda user: f"briefing-reminder:{version.pk}:{user.pk}:{day}",
        context=lambda _user: about(version),
        urgent=False,
    )


def _tell_leads(briefing: Briefing, missing: list[User], day: date) -> None:
    version, by_team = briefing.current, missing_by_team(briefing, missing)
    link = absolute(reverse("briefings:team_status", args=[briefing.pk]))
    for team, people in by_team.items():
        leads = [one for one in {team.lead, team.deputy} if one is not None and one.is_active]
        queue_mails(
            leads,
            template="briefings/email/lead",
            key=lambda lead, team=team: f"briefing-lead:{version.pk}:{team.pk}:{lead.pk}:{day}",
            context=lambda _lead, team=team, people=people: (
                about(version) | {"team": team, "missing": people, "link": link}
            ),
            urgent=False,
        )


def missing_by_team(briefing: Briefing, missing: Iterable[User]) -> dict[Team, list[User]]:
    """Who is missing in which of the teams that serve the briefing's audience and region (two queries)."""
    people = {user.pk: user for user in missing}
    region = briefing.campaign_region.region_id
    teams = Team.objects.serving(briefing.audience, region).select_related("lead", "deputy")
    found: dict[Team, list[User]] = defaultdict(list)
    for team in teams.prefetch_related("memberships"):
        for membership in team.memberships.all():
            if membership.user_id in people:
                found[team].append(people[membership.user_id])
    return dict(found)


@transaction.atomic
def remind_now(*, briefing: Briefing, by: User) -> int:
    """The author's own reminder to everybody who is missing and present; number of people told now.

    Whoever has been reminded today is not written to again.
    """
    day = local_now(briefing).date()
    told = _remind(briefing, unconfirmed(briefing, day), day)
    if told:
        region = briefing.campaign_region.region.code
        verb = "briefing.reminded"
        record(by=by, verb=verb, scope=briefing.campaign, subject=briefing, people=told, region=region)
    return told
