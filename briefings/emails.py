"""Mails of this app: the briefing itself (rendered when it goes out), reminders and notices."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from briefings.models import BriefingVersion, Confirmation, Delivery
from briefings.services import deciding
from briefings.services.difference import compare
from briefings.services.recipients import is_entitled
from briefings.services.status import undecided
from core.delivery.chat import ChatCourier, ChatMessage
from core.delivery.handling import register_handling
from core.delivery.letters import Letter, compose
from core.delivery.models import OutgoingMail
from core.delivery.quiet import respect_quiet
from core.delivery.routes import register_route
from core.emails import absolute, chat_message, outgoing, queue_outgoing, refuse_known_bad, render_mail

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
    user = delivery.user
    refuse_known_bad(user)
    respect_quiet(user)
    parts = _parts(delivery)
    return compose(name=str(user), address=user.email, message_id=delivery.message_id, **parts)


def _parts(delivery: Delivery) -> dict[str, str]:
    version, user = delivery.version, delivery.user
    before = confirmed_before(version, user)
    with translation.override(user.language):
        changes = compare(before.content, version.content) if before else []
    context = about(version) | {"before": before, "changes": changes}
    return render_mail(user, "briefings/email/briefing", context)


def chat(delivery: Delivery) -> ChatMessage:
    """The same as a message to the person's chat: what it is about, and where to read and confirm it."""
    user = delivery.user
    respect_quiet(user)
    subject = _parts(delivery)["subject"]
    with translation.override(user.language):
        words = _("Please read it in Einklang and confirm it there.")
        return chat_message(user, subject, words, read_link(delivery.version), _("Read and confirm"))


def about(version: BriefingVersion) -> dict[str, Any]:
    """What every mail about a version says of it."""
    return {"version": version, "c": version.content, "link": read_link(version)}


def still_entitled(delivery: Delivery) -> bool:
    """Asked by the engine with the row locked, immediately before the mail is handed over."""
    return is_entitled(delivery.user_id, delivery.version)


def register() -> None:
    """Hand briefings to the delivery engine, by mail and by chat, and to the operators."""
    related = (
        "user__notifications",
        "version__briefing__campaign",
        "version__briefing__campaign_region__region",
    )
    how = {"entitled": still_entitled, "related": related}
    register_route(Delivery, render=letter, **how)
    register_route(Delivery, name="chat", render=chat, courier=ChatCourier, **how)
    register_handling(
        Delivery,
        person="user",
        kind=gettext_lazy("Briefing"),
        title=lambda row: str(row.version),
        link=lambda row: reverse("briefings:deliveries", args=[row.version.briefing_id, row.version.number]),
        undecided=undecided,
        again=lambda row, by, reason: deciding.send_again(delivery=row, by=by, reason=reason),
        found=lambda row, by, reason: deciding.found_in_log(delivery=row, by=by, reason=reason),
        aside=lambda row, by, reason: deciding.clear_by_name(
            version=row.version, user=row.user, by=by, reason=reason
        ),
        aside_label=gettext_lazy("Told in another way"),
        related=("version__briefing__campaign",),
    )


def queue_mails(
    people: Iterable[User],
    *,
    template: str,
    key: Callable[[User], str],
    context: Callable[[User], dict[str, Any]],
    urgent: bool = True,
) -> int:
    """Queue one notice per person, many at a time; number queued. The same key again changes nothing.

    It goes the way that the person wishes; what is `urgent` waits for no digest and no end of quiet hours.
    """
    wanted = {key(user): user for user in people}
    keys = list(wanted)
    for start in range(0, len(keys), BATCH):
        known = OutgoingMail.objects.filter(key__in=keys[start : start + BATCH])
        for one in known.values_list("key", flat=True):
            del wanted[one]
    prefetch_related_objects(list(wanted.values()), "notifications")
    mails = [
        outgoing(user, key=name, urgent=urgent, **render_mail(user, template, context(user)))
        for name, user in wanted.items()
    ]
    queue_outgoing(mails, BATCH)
    return len(mails)
