"""What stands above a form: errors with links, and a conflict with another person's save."""

from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from core.forms.problems import problems

register = template.Library()


@register.simple_tag
def form_problems(*forms: Any) -> SafeString:
    """`{% form_problems form formset %}`: one summary for all, and a conflict if there is one.

    It stands in place of the one that a form's helper would show above its fields.
    """
    for form in forms:
        # A helper without a layout counts as empty, and so as false.
        if (helper := getattr(form, "helper", None)) is not None:
            helper.show_summary = False
    html = ""
    conflict = next((form.conflict for form in forms if getattr(form, "conflict", None)), None)
    if conflict:
        html = render_to_string("components/conflict.html", {"conflict": conflict})
    found = problems(*forms)
    if found["total"]:
        html += render_to_string("components/error_summary.html", found)
    return mark_safe(html)


@register.filter
def addon(field: BoundField) -> str:
    """What stands behind an input (a currency), if its widget says so."""
    return getattr(field.field.widget, "addon", "")
