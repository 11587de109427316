"""Who did what, when: one append-only log, written in the transaction of the change itself."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models

from core.models import AuditEvent

_VERBS: dict[str, str] = {}


def register_verbs(verbs: dict[str, str]) -> None:
    """Tell the log how to say a verb: `{"budget.approved": _("approved the budget: %(amount)s")}` (lazy)."""
    _VERBS.update(verbs)


def sentence(event: AuditEvent) -> str:
    """The event in words, in the reader's language, without its actor; the verb itself when unknown."""
    template = _VERBS.get(event.verb)
    if template is None:
        return event.verb
    try:
        return str(template) % event.data
    except (KeyError, ValueError, TypeError):
        return str(template)


def scope_of(instance: models.Model) -> str:
    """The scope under which all events of one record stand, such as "campaigns.campaign:12"."""
    return f"{instance._meta.label_lower}:{instance.pk}"


def record(
    *,
    by: AbstractBaseUser | None,
    verb: str,
    scope: models.Model | str,
    subject: models.Model | None = None,
    **data: Any,
) -> AuditEvent:
    """Append an event. `by` is None for what the clock did; `data` must be JSON (strings, numbers, lists)."""
    return AuditEvent.objects.create(
        actor=by,
        verb=verb,
        scope=scope if isinstance(scope, str) else scope_of(scope),
        subject="" if subject is None else scope_of(subject),
        data=data,
    )
