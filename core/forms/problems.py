"""What is wrong with a form, as one list with a link to each place."""

from typing import Any

from django import forms
from django.db.models.query import QuerySet


def summary(form: forms.BaseForm) -> list[tuple[str, str, str]]:
    """(id of the input, label, message) for every wrong field, in the order of the page."""
    return [
        (bound.id_for_label or bound.auto_id, str(bound.label), str(message))
        for bound in form
        if bound.name in form.errors and not bound.is_hidden
        for message in form.errors[bound.name]
    ]


def whole_form(form: forms.BaseForm) -> list[str]:
    """Messages that belong to no visible field."""
    hidden = [message for bound in form.hidden_fields() for message in bound.errors]
    return [str(message) for message in [*form.non_field_errors(), *hidden]]


def problems(*forms_: Any) -> dict[str, Any]:
    """Context of components/error_summary.html for forms and formsets together."""
    places: list[tuple[str, str, str]] = []
    messages: list[str] = []
    for item in forms_:
        singles = item.forms if isinstance(item, forms.BaseFormSet) else [item]
        if isinstance(item, forms.BaseFormSet) and item.is_bound:
            messages += [str(message) for message in item.non_form_errors()]
        for form in singles:
            if form.is_bound:
                places += summary(form)
                messages += whole_form(form)
    return {"summary": places, "messages": messages, "total": len(places) + len(messages)}


def words(value: Any) -> str:
    """A field's value as a person reads it, for lists of changes."""
    if isinstance(value, list | tuple | QuerySet):
        return ", ".join(str(item) for item in value)
    return "" if value is None else str(value)
