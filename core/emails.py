"""Mails to people: rendered in their language with absolute links, queued once, sent by core.delivery."""

from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.functions import Now
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_lazy

from core.delivery.bounces import set_aside, set_aside_rows
from core.delivery.chat import ChatCourier, ChatMessage
from core.delivery.decisions import resolve
from core.delivery.errors import Refused
from core.delivery.handling import register_handling
from core.delivery.hints import hint_on_commit
from core.delivery.letters import Letter, compose, one_line
from core.delivery.models import OutgoingMail
from core.delivery.quiet import respect_quiet
from core.delivery.routes import register_route
from core.delivery.states import IllegalEdge, State

SUBJECT_LENGTH = 250
# The ways on which a notice waits; "app" has arrived as soon as it is written.
NOTICE_ROUTES = ("mail", "chat", "digest")
# Notices to many people are kept so many at a time.
BATCH = 500


def absolute(path: str) -> str:
    """The full address of a path such as /campaigns/3/, for links in mails."""
    return f"{settings.SITE_URL.rstrip('/')}/{path.lstrip('/')}"


def _render(template: str, context: dict[str, Any], *, escape: bool) -> str:
    return get_template(template).template.render(Context(context, autoescape=escape))


def render_mail(
    to: AbstractBaseUser, template: str, context: dict[str, Any], subject: str | None = None
) -> dict[str, str]:
    """Subject, text and HTML of `<template>.{subject.txt,txt,html}` in the language and zone of `to`.

    Templates also get `recipient`, `site_url` and `language`. A `subject` given replaces the template's.
    """
    language = to.language
    shown = {"recipient": to, "site_url": settings.SITE_URL.rstrip("/"), "language": language} | context
    with translation.override(language), timezone.override(ZoneInfo(to.timezone)):
        line = subject if subject is not None else _render(f"{template}.subject.txt", shown, escape=False)
        shown["subject"] = line = one_line(line)[:SUBJECT_LENGTH]
        return {
            "subject": line,
            "text": _render(f"{template}.txt", shown, escape=False),
            "html": _render(f"{template}.html", shown, escape=True),
            "language": language,
        }


@transaction.atomic
def queue_mail(
    *,
    key: str,
    to: AbstractBaseUser,
    template: str,
    context: dict[str, Any],
    subject: str | None = None,
    urgent: bool = True,
    private: bool = False,
) -> OutgoingMail:
    """Queue a notice to `to` once per `key` (at most 200 characters); the same key again changes nothing.

    `template` is a path without ending, such as "campaigns/email/review_invited". The notice leaves after
    the transaction is committed, the way the person wishes: by mail, by chat, in his digest, or not at all
    (it then stands among his notices). What is `urgent` waits neither for a digest nor for the end of quiet
    hours; what is `private` (a link that is a secret) goes by mail only. To somebody who has left it is
    queued and withheld.
    """
    known = OutgoingMail.objects.filter(key=key).first()
    if known is not None:
        return known
    parts = render_mail(to, template, context, subject)
    queue_outgoing([outgoing(to, key=key, urgent=urgent, private=private, **parts)])
    return OutgoingMail.objects.get(key=key)


@transaction.atomic
def queue_mails(
    people: Iterable[AbstractBaseUser],
    *,
    template: str,
    key: Callable[[Any], str],
    context: Callable[[Any], dict[str, Any]],
    urgent: bool = True,
) -> int:
    """As `queue_mail`, one notice per person, many at a time; the number queued.

    `key` and `context` are asked of each person. Five queries for up to 500 people.
    """
    wanted = {key(person): person for person in people}
    keys = list(wanted)
    for start in range(0, len(keys), BATCH):
        known = OutgoingMail.objects.filter(key__in=keys[start : start + BATCH])
        for one in known.values_list("key", flat=True):
            del wanted[one]
    prefetch_related_objects(list(wanted.values()), "notifications")
    mails = [
        outgoing(person, key=name, urgent=urgent, **render_mail(person, template, context(person)))
        for name, person in wanted.items()
    ]
    queue_outgoing(mails)
    return len(mails)


def outgoing(
    to: AbstractBaseUser, *, key: str, urgent: bool = True, private: bool = False, **parts: str
) -> OutgoingMail:
    """An unsaved notice on the way that `to` wishes; for many people prefetch `notifications` first."""
    route = "mail" if private else to.preferences.notice_route(urgent=urgent)
    told = {"state": State.SENT, "sent_at": Now()} if route == "app" else {}
    return OutgoingMail(key=key, recipient=to, urgent=urgent, private=private, route=route, **told, **parts)


def queue_outgoing(mails: Collection[OutgoingMail]) -> None:
    """Keep notices made by `outgoing`, and hint what goes out at once; keys that are taken change nothing."""
    OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True, batch_size=BATCH)
    for route in sorted({mail.route for mail in mails} & {"mail", "chat"}):
        hint_on_commit(OutgoingMail, route)


# What `refuse_known_bad` and `respect_quiet` ask of a person's wishes.
WISH_COLUMNS = ("quiet_from", "quiet_to", "refused_address", "refused_reason")


def refuse_known_bad(person: AbstractBaseUser) -> None:
    """Raise Refused (permanent) while the person's address is known to take no mail."""
    # Who has set nothing has no row, and needs no settings made for him to say so.
    wishes = getattr(person, "notifications", None)
    if wishes is not None and (reason := wishes.mail_refusal):
        raise Refused(reason, permanent=True)


def _letter(mail: OutgoingMail) -> Letter:
    refuse_known_bad(mail.recipient)
    if not mail.urgent:
        respect_quiet(mail.recipient)
    return compose(
        name=mail.recipient.get_full_name(),
        address=mail.recipient.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=mail.language,
        message_id=mail.message_id,
    )


def chat_message(
    person: AbstractBaseUser, title: str, text: str, link: str = "", label: str = ""
) -> ChatMessage:
    """A message for the person's chat. Raises Refused (permanent) if he has none any more."""
    wishes = person.preferences
    if not wishes.chat_url:
        raise Refused("The person has no chat any more.", permanent=True)
    return ChatMessage(wishes.chat_kind, wishes.chat_url, title, text, link, label)


def _chat(mail: OutgoingMail) -> ChatMessage:
    if not mail.urgent:
        respect_quiet(mail.recipient)
    return chat_message(mail.recipient, mail.subject, mail.body)


def _still_here(mails: QuerySet) -> QuerySet:
    return mails.filter(recipient__is_active=True)


def _undecided(rows: QuerySet) -> QuerySet:
    """Failed or uncertain ones to people who are here, unless somebody has said to leave it at that."""
    open_ones = rows.filter(state__in=[State.FAILED, State.UNCERTAIN], recipient__is_active=True)
    return open_ones.exclude(pk__in=set_aside_rows(OutgoingMail))


def _resolve(*, row: OutgoingMail, by: AbstractBaseUser, reason: str, to: State) -> None:
    """As `resolve`; what the state does not allow is a ValidationError as well."""
    try:
        resolve(row, to=to, by=by, reason=reason)
    except IllegalEdge as illegal:
        message = gettext("This message is “%(state)s”; that cannot be decided about it.")
        raise ValidationError(message % {"state": row.get_state_display()}) from illegal


_PEOPLE = ("recipient__notifications",)
# What `_letter` needs.
_COLUMNS = (
    *("message_id", "subject", "text", "html", "language", "urgent"),
    *(f"recipient__{name}" for name in ("email", "first_name", "last_name", "timezone")),
    *(f"recipient__notifications__{name}" for name in WISH_COLUMNS),
)
register_route(OutgoingMail, render=_letter, among=_still_here, related=_PEOPLE, columns=_COLUMNS)
register_route(
    OutgoingMail, name="chat", render=_chat, among=_still_here, related=_PEOPLE, courier=ChatCourier
)
register_handling(
    OutgoingMail,
    person="recipient",
    kind=gettext_lazy("Notice"),
    title=lambda mail: mail.subject,
    link=lambda mail: "",
    undecided=_undecided,
    again=partial(_resolve, to=State.RETRY),
    found=partial(_resolve, to=State.SENT),
    aside=set_aside,
    aside_label=gettext_lazy("Leave it at that"),
)
