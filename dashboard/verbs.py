"""How the audit log says what happened in the portfolio."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from dashboard.enums import Rule

VERBS = {
    "load_rules.changed": _("changed the limits of the portfolio: %(changes)s"),
    "warning.set_aside": _("set a warning aside (%(warning)s): %(reason)s"),
    "warning.taken_up": _("took up a warning again (%(warning)s)"),
}


def changes_word(changes: Any) -> str:
    """`shortest run in days 7 → 10` for each limit that changed; names in the reader's language."""
    from dashboard.models import LoadRules

    names = {field.name: field.verbose_name for field in LoadRules._meta.fields}
    return ", ".join(
        f"{names.get(name, name)} {_shown(old)} → {_shown(new)}" for name, old, new in changes or []
    )


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def warning_word(key: str) -> str:
    """The rule of a warning's key, in words."""
    rule = key.partition("-")[0]
    return str(Rule(rule).label) if rule in Rule.values else key


WORDS = {"changes": changes_word, "warning": warning_word}
