"""One crispy helper for every form: the page writes the form tag, the token and the save bar.

self.helper = FormHelper(
    Section(_("What it is about"), "name", "goal", help_text=_("Shown wherever the campaign appears.")),
    Section(_("Period"), "starts_on", "ends_on", columns=2),
)
"""

from typing import Any

from crispy_forms.helper import FormHelper as CrispyFormHelper
from crispy_forms.layout import Fieldset, Layout


class FormHelper(CrispyFormHelper):
    """Renders the fields of a form and, above them, what is wrong with it. Without a layout: all fields."""

    form_tag = False
    disable_csrf = True
    include_media = False
    render_hidden_fields = True

    def __init__(self, *layout: Any, summary: bool = True) -> None:
        """`summary=False` for the small forms of a formset, whose page shows one summary for all."""
        super().__init__()
        self.form_show_errors = True
        self.show_summary = summary
        if layout:
            self.layout = Layout(*layout)


class Section(Fieldset):
    """A titled group of fields: title and help on the left, fields on the right, in one or two columns."""

    template = "bootstrap5/layout/section.html"

    def __init__(
        self, legend: Any, *fields: Any, help_text: Any = "", columns: int = 1, **kwargs: Any
    ) -> None:
        super().__init__(legend, *fields, **kwargs)
        self.help_text = help_text
        self.grid = "ek-fieldset__grid ek-fieldset__grid--2" if columns == 2 else "ek-fieldset__grid"
