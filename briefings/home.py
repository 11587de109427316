"""What waits on Home: briefings to confirm, to write, mails that failed, people who are missing."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Role
from accounts.models import Absence, Team, TeamMember, User
from briefings.models import Briefing, Clearance, Delivery, InboxItem
from briefings.services.due import Due, due_of
from briefings.services.lateness import FARTHEST_DAYS, lacking
from briefings.services.training import to_read_again
from campaigns.enums import Running
from campaigns.models import CampaignRegion
from core import formats
from core.delivery.states import State
from core.registry import HomeItem, home_sources

MOST = 50
# A briefing is written in the two weeks before it is due; leads are told a few days before the start.
AHEAD_DAYS = 14
MOST_ROWS = 200
LEAD_AHEAD_DAYS = 3


@home_sources.register("briefings")
def to_do(user: User, now: datetime) -> list[HomeItem]:
    """What the person has to read, for the first time or once more: the figure in the menu, too."""
    return [*to_confirm(user, now), *to_refresh(user, now)]


def to_confirm(user: User, now: datetime) -> list[HomeItem]:
    """Briefings that this person has not confirmed, earliest start first (one query)."""
    related = ("version__briefing__campaign", "version__briefing__campaign_region__region")
    # First what is in force: of the archive in an inbox nobody needs to ask whether it was confirmed.
    items = InboxItem.objects.of(user).in_force().unconfirmed().with_earlier().select_related(*related)
    ordered = items.order_by("version__briefing__campaign_region__starts_on", "pk")
    return [_confirm_item(item) for item in ordered[:MOST]]


def _confirm_item(item: InboxItem) -> HomeItem:
    briefing = item.version.briefing
    region = briefing.campaign_region
    return HomeItem(
        title=item.version.content["title"],
        detail=_("Briefing %(region)s: read what is new and confirm") % {"region": region.region.name}
        if item.knows_earlier
        else _("Briefing %(region)s: read and confirm") % {"region": region.region.name},
        url=reverse("briefings:read", args=[briefing.pk]),
        action=_("Read"),
        icon="journal-check",
        tone="move",
        due=item.due_on,
        key=f"briefing-{briefing.pk}",
    )


def to_refresh(user: User, now: datetime) -> list[HomeItem]:
    """Running briefings that this person reads again (one query where none of his teams has a rhythm)."""
    return [
        HomeItem(
            title=lesson.title,
            detail=_("Still running: read the briefing once more"),
            url=reverse("briefings:read", args=[lesson.briefing.pk]),
            action=_("Read"),
            icon="arrow-repeat",
            tone="care",
            due=lesson.due_on,
            key=f"refresh-{lesson.briefing.pk}",
        )
        for lesson in to_read_again(user)
    ]


@home_sources.register("briefings_to_write")
def to_write(user: User, now: datetime) -> list[HomeItem]:
    """The owner's regions in which a serving audience lacks a current briefing that is due soon (one query).

    From the first draft of the campaign on: a briefing can be late before a message is shared.
    """
    if not user.rights.has(Role.MARKETER, Role.MANAGER, Role.ADMIN):
        return []
    regions = CampaignRegion.objects.filter(campaign__owner=user)
    found = lacking(regions, within=AHEAD_DAYS + FARTHEST_DAYS)
    rows: dict[int, list[CampaignRegion]] = {}
    for one in found.order_by("starts_on", "pk")[:MOST_ROWS]:
        rows.setdefault(one.pk, []).append(one)
    due = [(due_of(same[0]), same) for same in rows.values()]
    soon = now.date() + timedelta(days=AHEAD_DAYS)
    shown = sorted((item for item in due if item[0].on <= soon), key=lambda item: item[0].on)
    return [_write_item(when, same[0], len(same)) for when, same in shown[:MOST]]


def _write_item(when: Due, region: CampaignRegion, count: int) -> HomeItem:
    names = {"campaign": region.campaign.name, "region": region.region.code, "count": formats.number(count)}
    detail = ngettext(
        "%(count)s audience in %(region)s has no briefing from the current release; %(due)s",
        "%(count)s audiences in %(region)s have no briefing from the current release; %(due)s",
        count,
    )
    return HomeItem(
        title=_("Brief the staff: %(campaign)s") % names,
        detail=detail % {**names, "due": when.words},
        url=reverse("briefings:campaign", args=[region.campaign_id]),
        action=_("Write"),
        icon="pencil-square",
        tone="move",
        due=when.on,
        key=f"briefing-write-{region.pk}",
    )


@home_sources.register("briefing_mails")
def failed_mails(user: User, now: datetime) -> list[HomeItem]:
    """Mails of the owner's briefings in force that failed or are in doubt.

    One query, a second one for whoever owns such a briefing.
    """
    owned = Briefing.objects.in_force().filter(campaign__owner=user)
    versions = list(owned.order_by().values_list("current", flat=True))
    if not versions:
        return []
    cleared = Clearance.objects.filter(version=OuterRef("version"), user=OuterRef("user"))
    mails = Delivery.objects.filter(
        ~Exists(cleared), version__in=versions, state__in=[State.FAILED, State.UNCERTAIN]
    )
    rows = mails.order_by().values(
        "version__briefing",
        "version__number",
        "version__briefing__title",
        "version__briefing__campaign_region__region__code",
    )
    counted = rows.annotate(n=Count("pk"), since=Min("changed_at")).order_by("since")
    return [_mail_item(row) for row in counted[:MOST]]


def _mail_item(row: dict) -> HomeItem:
    detail = ngettext(
        "%(count)s mail failed or is in doubt (%(region)s)",
        "%(count)s mails failed or are in doubt (%(region)s)",
        row["n"],
    )
    place = {
        "count": formats.number(row["n"]),
        "region": row["version__briefing__campaign_region__region__code"],
    }
    return HomeItem(
        title=row["version__briefing__title"],
        detail=detail % place,
        url=reverse("briefings:deliveries", args=[row["version__briefing"], row["version__number"]]),
        action=_("Decide"),
        icon="envelope-exclamation",
        tone="stop",
        key=f"briefing-mails-{row['version__briefing']}",
    )


@home_sources.register("briefing_team")
def missing_in_teams(user: User, now: datetime) -> list[HomeItem]:
    """Briefings that start soon and that people of this lead's teams have not confirmed.

    One query, for leads two more: most people lead nobody, and need not wait for them.
    """
    led = Team.objects.filter(active=True).filter(Q(lead=user) | Q(deputy=user))
    led = list(led.order_by().values_list("pk", flat=True))
    if not led:
        return []
    away = Absence.objects.covering(now.date()).filter(user=OuterRef("user"))
    member = TeamMember.objects.filter(
        team__in=led,
        team__audience=OuterRef("version__briefing__audience"),
        team__regions=OuterRef("version__briefing__campaign_region__region"),
        user=OuterRef("user"),
    )
    soon = Briefing.objects.in_force().filter(
        campaign_region__running=Running.WAITING,
        campaign_region__starts_on__lte=now.date() + timedelta(days=LEAD_AHEAD_DAYS),
        campaign_region__ends_on__gte=now.date() - timedelta(days=1),
        campaign_region__region__teams__in=led,
        campaign_region__region__teams__audience=F("audience"),
    )
    # By the few briefings that start soon there, not by all that was ever told to the team; asked for alone,
    # because PostgreSQL takes them for many.
    versions = set(soon.order_by().values_list("current", flat=True))
    if not versions:
        return []
    told = InboxItem.objects.current().filter(version__in=versions)
    items = told.filter(Exists(member), ~Exists(away)).unconfirmed()
    rows = (
        items.exclude(user=user)
        .order_by()
        .values(
            "version__briefing", "version__briefing__campaign_region__starts_on", "version__content__title"
        )
    )
    counted = rows.annotate(n=Count("pk")).order_by("version__briefing__campaign_region__starts_on")
    return [_team_item(row) for row in counted[:MOST]]


def _team_item(row: dict) -> HomeItem:
    words = ngettext(
        "%(count)s person in your team has not confirmed",
        "%(count)s people in your team have not confirmed",
        row["n"],
    )
    return HomeItem(
        title=row["version__content__title"],
        detail=words % {"count": formats.number(row["n"])},
        url=reverse("briefings:team_status", args=[row["version__briefing"]]),
        action=_("See"),
        icon="people",
        tone="care",
        due=row["version__briefing__campaign_region__starts_on"],
        key=f"briefing-team-{row['version__briefing']}",
    )
