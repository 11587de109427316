"""Two people edit one record: the second save gets 409 and a form that lets the person merge.

    form = PlanForm(request.POST or None, instance=campaign)
    if request.method == "POST" and form.is_valid():
        try:
            save_plan(campaign=campaign, expected=form.seen_version, by=request.user, **form.cleaned_data)
        except StaleVersion as stale:
            form.show_conflict(stale.current, by=..., at=stale.current.changed_at)
            return render(request, TEMPLATE, {"form": form}, status=409)

The form carries the version it was shown with and a short hash of every value, so that it knows who changed
what: fields that only the other person touched are taken over, those that both touched are asked.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.db.models.query import QuerySet
from django.utils.translation import gettext_lazy as _

from core.forms.problems import words

VERSION, BASE, TAKE = "version", "base", "take-"


@dataclass(frozen=True)
class Change:
    """A field that was saved in between; `clash` when the person changed it, too, and differently."""

    name: str
    field_id: str
    label: str
    theirs: str
    yours: str
    clash: bool


@dataclass(frozen=True)
class Conflict:
    """Who saved what in between, and when."""

    by: Any
    at: dt.datetime | None
    changes: list[Change]


def canonical(value: Any) -> str:
    """A value as text that is the same from the database, from a form's initial and from its cleaned data."""
    if value is None or value == "":
        return ""
    if isinstance(value, models.Model):
        return str(value.pk)
    if isinstance(value, list | tuple | set | QuerySet):
        return ",".join(sorted(canonical(item) for item in value))
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(timespec="minutes")
    return str(value).replace("\r\n", "\n")


def short_hash(value: Any) -> str:
    """Eight characters that differ when the value does."""
    return hashlib.blake2s(canonical(value).encode(errors="surrogatepass"), digest_size=4).hexdigest()


def as_posted(field: forms.Field, value: Any) -> list[str]:
    """What a browser would send for `value`."""
    if isinstance(field, forms.BooleanField):
        return ["on"] if value else []
    prepared = field.prepare_value(value)
    if isinstance(prepared, list | tuple | QuerySet):
        return [canonical(item) for item in prepared]
    shown = field.widget.format_value(prepared) if hasattr(field.widget, "format_value") else prepared
    if isinstance(shown, list | tuple):
        return [str(item) for item in shown if item not in (None, "")]
    return ["" if shown is None else str(shown)]


class VersionedFormMixin:
    """For ModelForms of a VersionedModel. `conflict` is set after `show_conflict`, else None."""

    conflict: Conflict | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[VERSION] = forms.IntegerField(
            widget=forms.HiddenInput,
            min_value=0,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value"),
                _("This form lost its version. Please reload the page; copy your entries first."),
            ),
        )
        self.fields[BASE] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial[VERSION] = getattr(self.instance, "version", 0)
        self.initial[BASE] = self._hashes()
        if self.is_bound:
            self._take_theirs()

    @property
    def seen_version(self) -> int:
        """The version that the person saw; only after `is_valid()`."""
        return self.cleaned_data[VERSION]

    @property
    def values(self) -> dict[str, Any]:
        """The cleaned entries without the fields that only serve the comparison."""
        return {name: value for name, value in self.cleaned_data.items() if name not in (VERSION, BASE)}

    def _own_fields(self) -> list[str]:
        return [name for name in self.fields if name not in (VERSION, BASE)]

    def _hashes(self) -> str:
        """Hash of every initial value, as `name:hash` pairs."""
        return " ".join(
            f"{name}:{short_hash(self.get_initial_for_field(self.fields[name], name))}"
            for name in self._own_fields()
        )

    def _take_theirs(self) -> None:
        """Where the person chose the saved value in an earlier conflict, use what is saved now."""
        chosen = [
            name for name in self._own_fields() if self.data.get(TAKE + self.add_prefix(name)) == "theirs"
        ]
        if chosen:
            self._replace({name: self.get_initial_for_field(self.fields[name], name) for name in chosen})

    def _replace(self, values: dict[str, Any]) -> None:
        """Put values into the posted data, as if the person had entered them."""
        data = self.data.copy()
        for name, value in values.items():
            data.setlist(self.add_prefix(name), as_posted(self.fields[name], value))
        self.data = data

    def show_conflict(self, current: models.Model, *, by: Any = None, at: dt.datetime | None = None) -> None:
        """Compare with `current`, the record as saved in between, and get ready to be shown and sent again.

        The person's entries stay; what only the other one changed is taken over; the version moves on,
        so that the next save merges. `current` is fresh, not the instance that this form has changed.
        """
        seen = dict(pair.split(":", 1) for pair in self.cleaned_data.get(BASE, "").split() if ":" in pair)
        theirs = self._values_of(current)
        changed = [name for name in theirs if name in seen and seen[name] != short_hash(theirs[name])]
        mine = {name for name in changed if short_hash(self.cleaned_data.get(name)) != seen[name]}
        agreed = {n for n in mine if canonical(self.cleaned_data.get(n)) == canonical(theirs[n])}
        shown = [name for name in changed if name not in agreed]
        changes = [self._change(name, theirs[name], clash=name in mine) for name in shown]
        self.conflict = Conflict(by, at, changes)
        self._replace({name: theirs[name] for name in shown if name not in mine})
        self._move_on(current, theirs)

    def _values_of(self, current: models.Model) -> dict[str, Any]:
        """The record's values under this form's field names."""
        fresh = type(self)(instance=current, **self.form_kwargs())
        return {name: fresh.get_initial_for_field(fresh.fields[name], name) for name in fresh._own_fields()}

    def form_kwargs(self) -> dict[str, Any]:
        """What else this form's `__init__` needs (the acting user, say)."""
        return {}

    def _change(self, name: str, theirs: Any, *, clash: bool) -> Change:
        bound, field = self[name], self.fields[name]
        return Change(
            name=self.add_prefix(name),
            field_id=bound.id_for_label or bound.auto_id,
            label=str(bound.label),
            theirs=self._in_words(field, theirs),
            yours=self._in_words(field, self.cleaned_data.get(name)),
            clash=clash,
        )

    @staticmethod
    def _in_words(field: forms.Field, value: Any) -> str:
        """Choices by their label, records by their name, the rest as it stands in the input."""
        if isinstance(field, forms.ModelChoiceField):
            keys = value if isinstance(value, list | tuple | QuerySet) else [value]
            pks = [getattr(key, "pk", key) for key in keys if key not in (None, "")]
            return words(list(field.queryset.filter(pk__in=pks)))
        if isinstance(field, forms.ChoiceField):
            labels = dict(field.choices)
            return words([labels.get(key, key) for key in (value if isinstance(value, list) else [value])])
        return ", ".join(as_posted(field, value))

    def _move_on(self, current: models.Model, theirs: dict[str, Any]) -> None:
        data = self.data.copy()
        data[self.add_prefix(VERSION)] = str(current.version)
        data[self.add_prefix(BASE)] = " ".join(
            f"{name}:{short_hash(value)}" for name, value in theirs.items()
        )
        self.data = data
