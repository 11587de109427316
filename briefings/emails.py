"""Mails of this app: the briefing itself (rendered when it goes out), reminders and notices."""

from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from briefings.models import BriefingVersion, Confirmation, Delivery
from briefings.services import deciding
from briefings.services.difference import compare
from briefings.services.recipients import still_entitled
from briefings.services.status import undecided
from core.delivery.chat import ChatCourier, ChatMessage
from core.delivery.handling import register_handling
from core.delivery.letters import FormLetter, Letter
from core.delivery.quiet import respect_quiet
from core.delivery.routes import register_route
from core.emails import WISH_COLUMNS, absolute, chat_message, refuse_known_bad
from core.formletters import Anybody, form_letter

MAIL = "briefings/email/briefing"
# What `letter` needs of a delivery; the version's words are fetched when the form is made.
LETTER_COLUMNS = (
    "before",
    "message_id",
    *(f"version__{name}" for name in ("published_at", "briefing_id", "number")),
    *(f"user__{name}" for name in ("email", "first_name", "last_name", "language", "timezone")),
    *(f"user__notifications__{name}" for name in WISH_COLUMNS),
)


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
    """The mail of one delivery (read by `with_before`), in the person's language.

    It is whole, or only the difference to what he confirmed. It leads to the page and confirms nothing.
    """
    user = delivery.user
    refuse_known_bad(user)
    respect_quiet(user)
    return _form_for(delivery).to(
        name=str(user), address=user.email, message_id=delivery.message_id, shown=user.get_full_name()
    )


def chat(delivery: Delivery) -> ChatMessage:
    """The same as a message to the person's chat: what it is about, and where to read and confirm it."""
    user = delivery.user
    respect_quiet(user)
    with translation.override(user.language):
        words = _("Please read it in Einklang and confirm it there.")
        subject = _form_for(delivery).subject
        return chat_message(user, subject, words, read_link(delivery.version), _("Read and confirm"))


class _Content(NamedTuple):
    """A version, and the earlier one that is known to those it is written to."""

    version: BriefingVersion
    before: int | None


def _form_for(delivery: Delivery) -> FormLetter:
    version, user = delivery.version, delivery.user
    stamp = (version.pk, version.published_at, settings.SITE_URL)
    return _form(stamp, _Content(version, delivery.before), user.language, user.timezone)


@lru_cache(maxsize=256)
def _form(stamp: tuple[Any, ...], which: _Content, language: str, timezone: str) -> FormLetter:
    """The letter for everybody who reads this language and knows the same earlier version.

    Versions never change, so that it may be kept; `stamp` tells those of one database from another's.
    """
    context = mail_context(which.version, which.before, language)
    return form_letter(Anybody(language, timezone), MAIL, context)


def mail_context(version: BriefingVersion, known: int | None, language: str) -> dict[str, Any]:
    """What the mail's templates are given; `known` is the earlier version that the person confirmed."""
    before = BriefingVersion.objects.get(pk=known) if known else None
    with translation.override(language):
        changes = compare(before.content, version.content) if before else []
    return about(version) | {"before": before, "changes": changes}


def with_before(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Deliveries with the person and the version, whose words come when they are asked for.

    `before` is the newest earlier version of the briefing that the person confirmed.
    """
    earlier = Confirmation.objects.filter(
        user=OuterRef("user"),
        version__briefing=OuterRef("version__briefing"),
        version__number__lt=OuterRef("version__number"),
    )
    newest = earlier.order_by("-version__number").values("version")[:1]
    # Read once for all who get it.
    versions = Prefetch("version", BriefingVersion.objects.defer("content"))
    rows = deliveries.select_related("user__notifications").prefetch_related(versions)
    return rows.annotate(before=Subquery(newest))


def about(version: BriefingVersion) -> dict[str, Any]:
    """What every mail about a version says of it."""
    return {"version": version, "c": version.content, "link": read_link(version)}


def register() -> None:
    """Hand briefings to the delivery engine, by mail and by chat, and to the operators."""
    how = {"among": still_entitled, "rows": with_before}
    register_route(Delivery, render=letter, columns=LETTER_COLUMNS, **how)
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
