"""Who did what, when: one append-only log, written in the transaction of the change itself."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.utils.translation import gettext as _

from core import formats
from core.models import AuditEvent

_VERBS: dict[str, str] = {}
_CLOCK: dict[str, str] = {}
_WORDS: dict[str, Mapping[str, Callable[[Any], Any]]] = {}
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIGURE = re.compile(r"-?\d+(\.\d+)?")
# Data that are figures; anything else that looks like one is a name or a number of order.
_FIGURES = ("value", "old", "new")


def register_verbs(
    verbs: Mapping[str, str],
    *,
    clock: Mapping[str, str] | None = None,
    words: Mapping[str, Callable[[Any], Any]] | None = None,
) -> None:
    """Tell the log how to say a verb: `{"budget.approved": _("approved the budget: %(amount)s")}` (lazy).

    `clock` has the sentences for what no person did; `words` turn codes among the data of these verbs into
    words, by name. Raises ValueError when another app has the verb already.
    """
    taken = sorted(verb for verb in verbs if _VERBS.get(verb, verbs[verb]) is not verbs[verb])
    if taken:
        raise ValueError(f"said already: {', '.join(taken)}")
    _VERBS.update(verbs)
    _CLOCK.update(clock or {})
    _WORDS.update(dict.fromkeys(verbs, words or {}))


def sentence(event: AuditEvent) -> str:
    """The event in words, in the reader's language, without its actor; the verb itself when unknown.

    What nobody did is a whole sentence: that of the clock, else one about the system.
    """
    template = _VERBS.get(event.verb)
    if template is None:
        return event.verb
    if event.actor_id is not None:
        return _filled(template, event)
    if event.verb in _CLOCK:
        return _filled(_CLOCK[event.verb], event)
    return _("The system %(did)s") % {"did": _filled(template, event)}


def _filled(template: str, event: AuditEvent) -> str:
    try:
        return str(template) % _said(event)
    except (KeyError, ValueError, TypeError):
        return str(template)


def _said(event: AuditEvent) -> dict[str, Any]:
    """The data as the reader writes days, figures and money."""
    said = {name: _in_words(name, value) for name, value in event.data.items()}
    if "amount" in said and "currency" in said:
        said["amount"] = formats.money(Decimal(event.data["amount"]), event.data["currency"])
    for name, words in _WORDS.get(event.verb, {}).items():
        if name in said:
            said[name] = words(event.data[name])
    return said


def _in_words(name: str, value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return formats.short_date(date.fromisoformat(value))
    if name in _FIGURES and isinstance(value, str) and _FIGURE.fullmatch(value):
        return formats.number(Decimal(value), 4)
    return value


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
