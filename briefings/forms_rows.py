"""Rows that an author adds and removes: questions customers ask, and the check of understanding.

Two authors at once: a set carries hashes of the rows it was shown with (`SEEN`), so that rows the other one
has added meanwhile join mine, rows only he changed or removed change here too, and of a row that both
changed both forms stay. Nothing is lost silently.
"""

import json
import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from briefings.services.checking import OPTIONS_MAX, OPTIONS_MIN
from core.forms import PlainTextField, SingleLineField
from core.forms.versioned import short_hash

Row = dict[str, Any]
TEXT_MAX, QUESTION_MAX, QUESTIONS_MAX, OPTION_MAX, CHECKS_MAX = 10_000, 300, 60, 200, 10
SEEN = "SEEN"
_KEY = re.compile(r"[0-9a-f]{32}")


def _hash(row: Row) -> str:
    return short_hash(json.dumps(row, sort_keys=True, ensure_ascii=False))


class RowSet(forms.BaseFormSet):
    """Rows in the order of the page; a row without any entry is left out."""

    taken_over = 0
    saved_rows: list[Row] | None = None

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        """The deletion mark is set by a button, and works as a checkbox without scripts."""
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove")

    def rows(self) -> list[Row]:
        """All filled rows that stay; only what could be read, for a preview as well."""
        found = [form.row() for form in self.forms if not form.errors and not self._removed(form)]
        return [row for row in found if row is not None]

    @staticmethod
    def _removed(form: forms.Form) -> bool:
        return bool(getattr(form, "cleaned_data", {}).get("DELETE"))

    @property
    def seen(self) -> str:
        """Hashes of the rows that the person saw, for the hidden input `seen_name`."""
        if self.is_bound:
            return self.data.get(self.seen_name, "")
        return " ".join(
            _hash(row) for row in (self.shown_rows if self.saved_rows is None else self.saved_rows)
        )

    @property
    def seen_name(self) -> str:
        return f"{self.prefix}-{SEEN}"

    @property
    def shown_rows(self) -> list[Row]:
        """The stored rows that this set was made from."""
        return [self.form.stored(initial) for initial in self.initial or []]

    @classmethod
    def of(cls, rows: list[Row], prefix: str, data: Any = None) -> "RowSet":
        """The set of stored rows; bound if there is `data`."""
        # Without initial values a posted row counts whatever was stored before it.
        initial = [cls.form.entries(row) for row in rows] if data is None else None
        return cls(data, prefix=prefix, initial=initial)

    def merged(self, theirs: list[Row]) -> "RowSet":
        """My rows and those that somebody saved in between, to be looked at and saved again."""
        seen, mine = set(self.seen.split()), self.rows()
        kept = [row for row in mine if row in theirs or _hash(row) not in seen]
        added = [row for row in theirs if row not in kept and _hash(row) not in seen]
        both = self.of(kept + added, self.prefix)
        both.taken_over = len(added) + len(mine) - len(kept)
        both.saved_rows = theirs
        return both


class RowForm(forms.Form):
    """One row. `row()` is what is stored of it, None for an empty one; `entries` the other way round."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "form-control")

    def row(self) -> Row | None:
        """What is stored; only after cleaning."""
        raise NotImplementedError

    @staticmethod
    def entries(row: Row) -> Row:
        """A stored row as initial values."""
        return dict(row)

    @staticmethod
    def stored(entries: Row) -> Row:
        """`entries` as they were stored."""
        return dict(entries)


class QuestionForm(RowForm):
    """What a customer may ask, and the answer; a row without both is left out."""

    question = SingleLineField(label=_("Question"), required=False, max_length=QUESTION_MAX)
    answer = PlainTextField(label=_("Answer"), required=False, max_length=TEXT_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].widget.attrs["rows"] = 2

    def clean(self) -> Row:
        """Both or neither."""
        data = super().clean() or self.cleaned_data
        for here, there in (("question", "answer"), ("answer", "question")):
            if data.get(here) and not data.get(there) and there not in self.errors:
                self.add_error(there, _("Please write both, the question and its answer."))
        return data

    def row(self) -> Row | None:
        """Question and answer."""
        data = getattr(self, "cleaned_data", {})
        kept = {name: data.get(name, "") for name in ("question", "answer")}
        return kept if all(kept.values()) else None


class CheckForm(RowForm):
    """One question of the check: two to six answers, the right one or ones marked, and why it is right."""

    ONE, SEVERAL = "one", "several"

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    question = SingleLineField(label=_("Question"), required=False, max_length=QUESTION_MAX)
    kind = forms.ChoiceField(
        label=_("How many answers are right"),
        choices=[(ONE, _("exactly one")), (SEVERAL, _("one or several"))],
        required=False,
    )
    explanation = PlainTextField(
        label=_("Explanation"),
        required=False,
        max_length=TEXT_MAX,
        help_text=_("Shown after an answer: why it is so, and where it stands."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, OPTIONS_MAX + 1):
            option = SingleLineField(
                label=_("Answer %(n)s") % {"n": n}, required=False, max_length=OPTION_MAX
            )
            option.widget.attrs["class"] = "form-control"
            self.fields[f"option_{n}"] = option
            right = forms.BooleanField(label=_("Answer %(n)s is right") % {"n": n}, required=False)
            right.widget.attrs["class"] = "form-check-input"
            self.fields[f"right_{n}"] = right
        self.fields["explanation"].widget.attrs["rows"] = 2
        self.fields["kind"].widget.attrs["class"] = "form-select"

    @property
    def options(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """(text, whether it is right) for the page."""
        return [(self[f"option_{n}"], self[f"right_{n}"]) for n in range(1, OPTIONS_MAX + 1)]

    def has_changed(self) -> bool:
        """A row with nothing but the kind chosen is an empty one."""
        return any(name not in ("kind", "key") for name in self.changed_data)

    def _options(self, data: Row) -> list[Row]:
        found = [
            {"text": data.get(f"option_{n}", "").strip(), "right": bool(data.get(f"right_{n}"))}
            for n in range(1, OPTIONS_MAX + 1)
        ]
        return [one for one in found if one["text"]]

    def clean(self) -> Row:
        """A question with enough different answers of which as many are right as the kind says."""
        data = super().clean() or self.cleaned_data
        options = self._options(data)
        if not self._filled(data) or data.get("DELETE"):
            return data
        if not data.get("question"):
            self._refuse("question", _("Please write the question, too."))
        if len(options) < OPTIONS_MIN:
            self._refuse("option_2", _("Please give at least two answers to choose from."))
        elif len({one["text"].casefold() for one in options}) < len(options):
            self._refuse("option_1", _("Two answers are the same."))
        else:
            self._check_right(data, sum(one["right"] for one in options))
        return data

    def _filled(self, data: Row) -> bool:
        return bool(data.get("question") or data.get("explanation") or self._options(data))

    def _check_right(self, data: Row, right: int) -> None:
        if not right:
            self._refuse("right_1", _("Please mark the right answer."))
        elif right > 1 and data.get("kind") != self.SEVERAL:
            self._refuse("kind", _("You marked several answers as right; please choose “one or several”."))

    def _refuse(self, name: str, message: str) -> None:
        if name not in self.errors:
            self.add_error(name, ValidationError(message))

    def row(self) -> Row | None:
        """As Briefing.understanding keeps it; the key stays with a question whatever becomes of its words."""
        data = getattr(self, "cleaned_data", {})
        if not self._filled(data):
            return None
        key = data.get("key", "")
        return {
            "key": key if _KEY.fullmatch(key) else uuid4().hex,
            "question": data.get("question", ""),
            "multiple": data.get("kind") == self.SEVERAL,
            "options": self._options(data),
            "explanation": data.get("explanation", ""),
        }

    @staticmethod
    def entries(row: Row) -> Row:
        """A stored question as initial values; the stored one itself goes along."""
        found = {name: row[name] for name in ("key", "question", "explanation")}
        found["kind"] = CheckForm.SEVERAL if row["multiple"] else CheckForm.ONE
        for n, option in enumerate(row["options"], start=1):
            found |= {f"option_{n}": option["text"], f"right_{n}": option["right"]}
        return found | {"stored": row}

    @staticmethod
    def stored(entries: Row) -> Row:
        """The question that the entries were made from."""
        return entries["stored"]


class QuestionRows(RowSet):
    """The questions of a draft or template."""

    def pairs(self) -> list[tuple[str, str]]:
        """(question, answer) of all rows that stay."""
        return [(row["question"], row["answer"]) for row in self.rows()]


class CheckRows(RowSet):
    """The check of a draft."""

    def rows(self) -> list[Row]:
        """As RowSet; a key that is given twice is given anew, so that questions stay apart."""
        known: set[str] = set()
        found = super().rows()
        for row in found:
            if row["key"] in known:
                row["key"] = uuid4().hex
            known.add(row["key"])
        return found


_MORE = {"extra": 1, "can_delete": True, "validate_max": True}
QuestionFormSet = forms.formset_factory(QuestionForm, formset=QuestionRows, max_num=QUESTIONS_MAX, **_MORE)
CheckFormSet = forms.formset_factory(CheckForm, formset=CheckRows, max_num=CHECKS_MAX, **_MORE)
