"""Mails of this app: the briefing itself (rendered when it goes out), reminders and notices."""

from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation

from accounts.models import User
from briefings.models import BriefingVersion, Confirmation, Delivery
from briefings.services.difference import compare
from briefings.services.recipients import is_entitled
from core.delivery.hints import hint_on_commit
from core.delivery.letters import Letter, compose
from core.delivery.models import OutgoingMail
from core.delivery.routes import register_route
from core.emails import absolute, render_mail

BATCH = 500


def read_link(version: BriefingVersion) -> str:
    """Where the person reads and confirms; the link alone confirms nothing."""
    return absolute(reverse("briefings:read", args=[version.briefing_id]))


def confirmed_before(version: BriefingVersion, user: User) -> BriefingVersion | None:
    """The newest earlier version of the briefing that the person confirmed."""
    earlier = Confirmation.objects.filter(
        user=user, version__briefing=version.briefing_id, version__number__lt=version.number
    )
    found = earlier.select_related("version").order_by("-version__number").first()
    return found.version if found else None


def letter(delivery: Delivery) -> Letter:
    """The mail of one delivery, in the person's language: whole, or only the difference to what he confirmed.

    It leads to the page and confirms nothing.
    """
    version, user = delivery.version, delivery.user
    before = confirmed_before(version, user)
    with translation.override(user.language):
        changes = compare(before.content, version.content) if before else []
    context = about(version) | {"before": before, "changes": changes}
    parts = render_mail(user, "briefings/email/briefing", context)
    return compose(name=str(user), address=user.email, message_id=delivery.message_id, **parts)


def about(version: BriefingVersion) -> dict[str, Any]:
    """What every mail about a version says of it."""
    return {"version": version, "c": version.content, "link": read_link(version)}


def still_entitled(delivery: Delivery) -> bool:
    """Asked by the engine with the row locked, immediately before the mail is handed over."""
    return is_entitled(delivery.user_id, delivery.version)


def register() -> None:
    """Hand briefings to the delivery engine."""
    register_route(
        Delivery,
        render=letter,
        entitled=still_entitled,
        related=("user", "version__briefing__campaign", "version__briefing__campaign_region__region"),
    )


def queue_mails(
    people: Iterable[User],
    *,
    template: str,
    key: Callable[[User], str],
    context: Callable[[User], dict[str, Any]],
) -> int:
    """Queue one mail per person, many at a time; number queued. The same key again changes nothing."""
    wanted = {key(user): user for user in people}
    keys = list(wanted)
    for start in range(0, len(keys), BATCH):
        known = OutgoingMail.objects.filter(key__in=keys[start : start + BATCH])
        for one in known.values_list("key", flat=True):
            del wanted[one]
    mails = [
        OutgoingMail(key=name, recipient=user, **render_mail(user, template, context(user)))
        for name, user in wanted.items()
    ]
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=BATCH)
    if mails:
        hint_on_commit(OutgoingMail)
    return len(mails)
