"""Links for people without an account: making, opening, revoking.

The secret has 256 bits and is shown once; the row holds its hash: a copy of the database opens nothing.
A link never shows more than its maker sees when it is opened, and nothing once he may no longer make it.
"""

import secrets
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import RoleGrant, User
from accounts.permissions import can
from accounts.rights import Rights
from campaigns.document.parts import part_kinds
from campaigns.enums import LinkState
from campaigns.models import Campaign, SavedView, ShareLink
from campaigns.services.calendar_feed import TOKEN_BYTES, hashed
from core import audit

USUAL_DAYS, LONGEST_DAYS = 14, 90
MOST_OPEN = 50


def days_for(user: User, now: datetime | None = None) -> tuple[date, date, date]:
    """The first, the usual and the last day until which the person may open a link, in his time zone."""
    today = (now or timezone.now()).astimezone(ZoneInfo(user.timezone)).date()
    return today, today + timedelta(days=USUAL_DAYS), today + timedelta(days=LONGEST_DAYS)


@transaction.atomic
def share_plan(
    *, campaign: Campaign, by: User, label: str, until: date, parts: Collection[str]
) -> tuple[ShareLink, str]:
    """A link to the plan, open to the end of `until` in the person's time zone, and its secret.

    PermissionDenied for whoever is neither owner nor manager; ValidationError by field (label, until, parts).
    """
    if not can(by, "link.make", campaign):
        raise PermissionDenied
    known = [kind.key for kind in part_kinds(by)]
    chosen = [key for key in known if key in parts]
    if not chosen or set(parts) - set(known):
        raise ValidationError({"parts": _("Choose at least one part of the plan.")})
    link, token = _make(by, label, until, campaign.share_links.all(), campaign=campaign, parts=chosen)
    audit.record(by=by, verb="link.made", scope=campaign, label=link.label, until=until.isoformat())
    return link, token


@transaction.atomic
def share_view(*, view: SavedView, by: User, label: str, until: date) -> tuple[ShareLink, str]:
    """A link to one's own saved view and its secret; errors as `share_plan`."""
    if not can(by, "link.make_view", view):
        raise PermissionDenied
    link, token = _make(by, label, until, view.share_links.all(), view=view)
    audit.record(by=by, verb="link.made", scope=by, label=link.label, until=until.isoformat())
    return link, token


def _make(
    by: User, label: str, until: date, among: QuerySet[ShareLink], **shows: Any
) -> tuple[ShareLink, str]:
    first, _usual, last = days_for(by)
    if not label.strip():
        raise ValidationError({"label": _("Say for whom the link is.")})
    if not first <= until <= last:
        words = _("Choose a day from today on, at most %(days)s days ahead.")
        raise ValidationError({"until": words % {"days": LONGEST_DAYS}})
    if among.filter(revoked_at=None, expires_at__gt=timezone.now()).count() >= MOST_OPEN:
        words = _("At most %(most)s links can be open at once. Revoke one that nobody needs.")
        raise ValidationError(words % {"most": MOST_OPEN})
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ends = datetime.combine(until + timedelta(days=1), time.min, ZoneInfo(by.timezone))
    row = ShareLink(token_hash=hashed(token), by=by, label=label.strip(), expires_at=ends, **shows)
    row.save(force_insert=True)
    return row, token


@transaction.atomic
def revoke(*, link: ShareLink, by: User) -> bool:
    """Let the link open nothing from now on; False if it was revoked before. PermissionDenied."""
    if not can(by, "link.revoke", link):
        raise PermissionDenied
    taken = ShareLink.objects.filter(pk=link.pk, revoked_at=None)
    if not taken.update(revoked_at=timezone.now(), revoked_by=by):
        return False
    audit.record(by=by, verb="link.revoked", scope=link.campaign or link.by, label=link.label)
    return True


def find(token: str) -> ShareLink | None:
    """The link of this secret, also one that no longer opens; found by its hash: time tells nothing."""
    related = ("by", "view__owner", "campaign__owner", "campaign__goal__strategy")
    found = ShareLink.objects.select_related(*related, "campaign__theme", "campaign__release")
    return found.filter(token_hash=hashed(token)).first()


def opens(link: ShareLink) -> bool:
    """Whether it shows anything now: neither expired nor revoked, and its maker may still share this."""
    if not link.is_open or not _may_share(link):
        return False
    return link.campaign is None or Campaign.objects.visible_to(link.by).filter(pk=link.campaign_id).exists()


def _may_share(link: ShareLink) -> bool:
    if link.campaign is not None:
        return can(link.by, "link.make", link.campaign)
    return can(link.by, "link.make_view", link.view)


def note_opening(link: ShareLink, *, counts: bool) -> None:
    """Keep that it was used now; `counts`: by somebody who looked at the page."""
    values: dict[str, Any] = {"last_used_at": timezone.now()}
    if counts:
        values["openings"] = F("openings") + 1
    ShareLink.objects.filter(pk=link.pk).update(**values)


def with_states(links: Iterable[ShareLink]) -> list[tuple[ShareLink, LinkState]]:
    """Links with their state as of now; one whose maker may no longer share rests. One query."""
    rows = list(links)
    _read_rights([link.by for link in rows])
    return [
        (link, LinkState.RESTING if link.is_open and not _may_share(link) else link.state) for link in rows
    ]


def _read_rights(users: Collection[User]) -> None:
    """The rights of all of them at once, as `User.rights` reads them one by one."""
    grants: dict[int, list[tuple[str, int | None]]] = {user.pk: [] for user in users if user.is_active}
    for pk, role, region in RoleGrant.objects.filter(user__in=list(grants)).values_list(
        "user_id", "role", "region_id"
    ):
        grants[pk].append((role, region))
    for user in users:
        user.rights = Rights.of(grants.get(user.pk, []))
