"""Several flights in one field: pairs of dates under one name, so that a script only has to copy a pair."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from campaigns.services.plan_data import Period
from core.forms import DateField


class FlightsInput(forms.Widget):
    """A pair of date inputs per flight and an empty one behind."""

    def format_value(self, value: Any) -> list[str]:
        """What the inputs hold, one after the other."""
        return [str(item) for item in value or []]

    def value_from_datadict(self, data: MultiValueDict, files: Any, name: str) -> list[str]:
        """All dates as sent; a plain dict (from a test or an import) may hold a list."""
        return list(data.getlist(name) if hasattr(data, "getlist") else data.get(name) or [])

    def value_omitted_from_data(self, data: MultiValueDict, files: Any, name: str) -> bool:
        """Never: no date at all means no flight."""
        return False

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """The pairs, each named for screen readers."""
        values = self.format_value(value)
        pairs = [
            (values[at], values[at + 1] if at + 1 < len(values) else "") for at in range(0, len(values), 2)
        ]
        own = attrs or {}
        css = own.get("class", "form-control")
        rows = [self._pair(own, name, css, at, pair) for at, pair in enumerate([*pairs, ("", "")], start=1)]
        return format_html('<div class="d-grid gap-2" data-pairs>{}</div>', format_html_join("", PAIR, rows))

    @staticmethod
    def _pair(attrs: dict[str, Any], name: str, css: str, at: int, pair: tuple[str, str]) -> dict[str, Any]:
        own_id = attrs.get("id", "")
        return {
            "css": css,
            "name": name,
            "first": pair[0],
            "last": pair[1],
            "id": own_id if at == 1 else f"{own_id}_{at}",
            "from_label": _("Flight %(number)d from") % {"number": at},
            "to_label": _("Flight %(number)d to") % {"number": at},
        }


PAIR = (
    '<div class="ek-pair" data-pair>'
    '<input type="date" class="{css}" name="{name}" value="{first}" id="{id}"'
    ' aria-label="{from_label}"><span aria-hidden="true">–</span>'
    '<input type="date" class="{css}" name="{name}" value="{last}" aria-label="{to_label}"></div>'
)


class FlightsField(forms.Field):
    """Gives a list of (from, to). Only one of the two dates is an error; empty pairs are left out."""

    widget = FlightsInput

    def prepare_value(self, value: Any) -> list[str]:
        """Flat texts, from pairs of dates or as they were sent."""
        flat: list[str] = []
        for item in value or []:
            flat += [day.isoformat() for day in item] if isinstance(item, tuple) else [item]
        return flat

    def to_python(self, value: list[str] | None) -> list[Period]:
        """Pairs of dates; ValidationError for what is no date."""
        texts = list(value or [])
        texts += [""] * (len(texts) % 2)
        return [pair for at in range(0, len(texts), 2) if (pair := self._pair(texts[at], texts[at + 1]))]

    @staticmethod
    def _pair(first: str, last: str) -> Period | None:
        days: list[date | None] = [DateField(required=False).clean(text) for text in (first, last)]
        if days == [None, None]:
            return None
        if None in days:
            raise ValidationError(_("A flight needs both a first and a last day."), code="half")
        return days[0], days[1]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as texts."""
        return self.prepare_value(initial) != [text for text in data or [] if text]
