"""Days of a region's calendar, as an admin types them: one per line."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST_DAYS = 400
_PATTERNS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")


class DaysField(forms.Field):
    """Days, one per line, as a sorted list of ISO dates."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        # Django's admin asks a JSON field for these.
        kwargs.pop("encoder", None)
        kwargs.pop("decoder", None)
        super().__init__(**kwargs | {"required": False, "show_hidden_initial": False})
        self.widget.attrs |= {"rows": 4, "cols": 14}

    def prepare_value(self, value: Any) -> str:
        """One day per line; what was typed stays as it was typed."""
        return "\n".join(value) if isinstance(value, list) else value or ""

    def to_python(self, value: Any) -> list[str]:
        """ISO dates; ValidationError naming the first line that is no date."""
        lines = [line.strip() for line in str(value or "").splitlines() if line.strip()]
        if len(lines) > MOST_DAYS:
            raise ValidationError(_("Please give at most %(most)d days."), params={"most": MOST_DAYS})
        return sorted({_day(line).isoformat() for line in lines})

    def has_changed(self, initial: Any, data: Any) -> bool:
        """True if the days differ, however they are written."""
        try:
            return self.to_python(data) != sorted(initial or [])
        except ValidationError:
            return True


def _day(line: str) -> date:
    for pattern in _PATTERNS:
        try:
            return datetime.strptime(line, pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValidationError(
        _("“%(line)s” is no date. Please write it like 2026-12-24."), params={"line": line[:40]}
    )
