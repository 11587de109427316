"""The secret address of a person's calendar feed. Only its hash is stored; who loses it makes a new one."""

import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from campaigns.models import CalendarFeed
from core import audit

TOKEN_BYTES = 32


@transaction.atomic
def make_feed(*, by: User) -> str:
    """A new secret for the person's feed; an old one stops working at once. It is shown only now."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = {"token_hash": hashed(token), "created_at": timezone.now(), "last_read_on": None}
    CalendarFeed.objects.update_or_create(user=by, defaults=now)
    audit.record(by=by, verb="feed.made", scope=by)
    return token


@transaction.atomic
def revoke_feed(*, by: User) -> None:
    """Let the feed's address stop working."""
    gone, _rows = CalendarFeed.objects.filter(user=by).delete()
    if gone:
        audit.record(by=by, verb="feed.revoked", scope=by)


def reader_of(token: str) -> User | None:
    """Whose feed the secret opens: None for an unknown or revoked one, and for who has left."""
    feed = CalendarFeed.objects.select_related("user").filter(token_hash=hashed(token)).first()
    if feed is None or not feed.user.is_active:
        return None
    today = timezone.localdate()
    if feed.last_read_on != today:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_read_on=today)
    return feed.user


def hashed(token: str) -> str:
    """What is stored: the secret has enough chance in it that it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()
