"""Mails to people: rendered in their language with absolute links, queued once, sent by core.delivery."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation

from core.delivery.hints import hint_on_commit
from core.delivery.letters import Letter, compose, one_line
from core.delivery.models import OutgoingMail
from core.delivery.routes import register_route

SUBJECT_LENGTH = 250


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
) -> OutgoingMail:
    """Queue a mail to `to` once per `key` (at most 200 characters); the same key again changes nothing.

    `template` is a path without ending, such as "campaigns/email/review_invited". The mail leaves after
    the transaction is committed. To somebody who has left it is queued and withheld.
    """
    known = OutgoingMail.objects.filter(key=key).first()
    if known is not None:
        return known
    mail = OutgoingMail(key=key, recipient=to, **render_mail(to, template, context, subject))
    OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
    hint_on_commit(OutgoingMail)
    return OutgoingMail.objects.get(key=key)


def _letter(mail: OutgoingMail) -> Letter:
    return compose(
        name=mail.recipient.get_full_name(),
        address=mail.recipient.email,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        language=mail.language,
        message_id=mail.message_id,
    )


def _still_here(mail: OutgoingMail) -> bool:
    return mail.recipient.is_active


register_route(OutgoingMail, render=_letter, entitled=_still_here, related=("recipient",))
