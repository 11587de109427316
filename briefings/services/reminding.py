"""Reminders before the start, then a word to the team lead."""

from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Absence, Team, User
from briefings.emails import remind, tell_lead
from briefings.models import Briefing, InboxItem
from briefings.services.keeping import in_force
from campaigns.enums import Running

# Working up to the start: people are reminded from here on, their leads from there on (days before).
REMIND_DAYS = 3
LEAD_DAYS = 1


def unconfirmed(briefing: Briefing, day: date) -> list[User]:
    """People who are present on `day`, have the current version and have not confirmed it."""
    items = InboxItem.objects.filter(version=briefing.current, withdrawn=False, user__is_active=True)
    away = Absence.objects.filter(user=OuterRef("user"), starts_on__lte=day, ends_on__gte=day)
    waiting = items.unconfirmed().filter(~Exists(away)).select_related("user", "version")
    return [item.user for item in waiting]


def due_reminders() -> list[tuple[Briefing, date, int]]:
    """Briefings whose region starts within the reminding days: with the region's date, and days to go."""
    found = []
    for briefing in in_force():
        region = briefing.campaign_region
        if region.running != Running.WAITING:
            continue
        day = timezone.now().astimezone(ZoneInfo(region.region.timezone)).date()
        days = (region.starts_on - day).days
        if days <= REMIND_DAYS and day <= region.ends_on:
            found.append((briefing, day, days))
    return found


def remind_all() -> int:
    """Remind everybody who is due, once per person, version and day; number of people reminded."""
    count = 0
    for briefing, day, days in due_reminders():
        missing = unconfirmed(briefing, day)
        count += len(missing)
        with transaction.atomic():
            for user in missing:
                remind(briefing.current, user, day)
            if days <= LEAD_DAYS:
                _tell_leads(briefing, missing, day)
    return count


def _tell_leads(briefing: Briefing, missing: list[User], day: date) -> None:
    ids = {user.pk: user for user in missing}
    teams = Team.objects.filter(
        active=True, audience=briefing.audience, regions=briefing.campaign_region.region_id, members__in=ids
    ).distinct()
    for team in teams.select_related("lead", "deputy").prefetch_related("memberships"):
        people = [ids[m.user_id] for m in team.memberships.all() if m.user_id in ids]
        for lead in {team.lead, team.deputy} - {None}:
            if lead.is_active:
                tell_lead(briefing.current, team, lead, people, day)


def remind_now(briefing: Briefing) -> int:
    """The author's own reminder to everybody missing today; number of people."""
    day = timezone.now().astimezone(ZoneInfo(briefing.campaign_region.region.timezone)).date()
    missing = unconfirmed(briefing, day)
    with transaction.atomic():
        for user in missing:
            remind(briefing.current, user, day)
    return len(missing)
