"""Telling people what they have to read again, and leads who is not up to date: once a week at the most."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from accounts.models import Absence, Team, TeamMember, User
from briefings.models import TrainingRhythm
from briefings.services.training import Lesson, PersonRecord, Standing, records
from core.emails import absolute, queue_mails

# A lead hears of what is late by a week: before that the person has been reminded himself.
LEAD_AFTER_DAYS = 7
FIRST_HOUR = 7


def _week(now: datetime) -> str:
    """Year and week of the mail, which is part of its key."""
    year, week, _day = now.isocalendar()
    return f"{year}-{week:02d}"


def _present(user: User, now: datetime, away: set[int]) -> bool:
    """Whether it is a mail's hour for the person, and he is here."""
    return user.pk not in away and now.astimezone(ZoneInfo(user.timezone)).hour >= FIRST_HOUR


def remind_of_training() -> int:
    """Tell everybody who is present what to read again, and leads who is late; number of mails queued."""
    now = timezone.now()
    people = User.objects.filter(
        is_active=True, memberships__team__in=TrainingRhythm.objects.filter(team__active=True).values("team")
    )
    found = {record.user.pk: record for record in records(people.distinct())}
    away = set(Absence.objects.covering(timezone.localdate()).values_list("user", flat=True))
    here = [record for pk, record in found.items() if _present(record.user, now, away)]
    return _remind(here, _week(now)) + _tell_leads(found, away, _week(now))


def _to_refresh(record: PersonRecord) -> list[Lesson]:
    return [lesson for lesson in record.lessons if lesson.standing is Standing.REFRESH]


def _remind(people: list[PersonRecord], week: str) -> int:
    due = {record.user: lessons for record in people if (lessons := _to_refresh(record))}
    return queue_mails(
        due,
        template="briefings/email/refresher",
        key=lambda user: f"training-refresher:{user.pk}:{week}",
        context=lambda user: {"lessons": due[user], "link": absolute(reverse("briefings:training"))},
        urgent=False,
    )


def _late(record: PersonRecord) -> bool:
    return any(lesson.days_late >= LEAD_AFTER_DAYS for lesson in record.open)


def _tell_leads(found: dict[int, PersonRecord], away: set[int], week: str) -> int:
    late = {pk for pk, record in found.items() if pk not in away and _late(record)}
    teams: dict[Team, list[PersonRecord]] = {}
    rows = TeamMember.objects.filter(user__in=late, team__active=True, team__training_rhythm__isnull=False)
    for row in rows.select_related("team__lead", "team__deputy").order_by("team", "user"):
        teams.setdefault(row.team, []).append(found[row.user_id])
    return sum(_tell_lead(team, people, week) for team, people in teams.items())


def _tell_lead(team: Team, people: list[PersonRecord], week: str) -> int:
    link = absolute(reverse("briefings:training_team", args=[team.pk]))
    return queue_mails(
        [one for one in {team.lead, team.deputy} if one is not None and one.is_active],
        template="briefings/email/training_lead",
        key=lambda lead: f"training-lead:{team.pk}:{lead.pk}:{week}",
        context=lambda _lead: {"team": team, "people": people, "link": link},
        urgent=False,
    )
