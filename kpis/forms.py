"""Forms of the catalogue and of a campaign's targets."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from accounts.models import User
from campaigns.models import Campaign
from core import formats
from core.forms import DateField, FormHelper, Section, SingleLineField, VersionedFormMixin, house_field
from core.forms.fields import parse_amount
from kpis.enums import Source
from kpis.models import Kpi, Target
from kpis.services.targets import TargetPlan

SUPPLIERS = (Role.MARKETER, Role.EXPERT, Role.MANAGER, Role.PARTNER, Role.TEAM_LEAD)


class KpiForm(forms.ModelForm):
    """A definition, in both languages."""

    class Meta:
        model = Kpi
        fields = ["code", "name_de", "name_en", "question", "formula", "unit", "direction", "active"]
        formfield_callback = house_field
        help_texts = {
            "code": gettext_lazy("Stays the same: imports and exports name the KPI by it."),
            "question": gettext_lazy("A figure nobody asks for is not collected."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper(
            Section(gettext_lazy("Name"), "code", "name_de", "name_en"),
            Section(gettext_lazy("Definition"), "question", "formula", "unit", "direction", "active"),
        )


class TargetFields(forms.Form):
    """Fields of all targets in one form, so that two savers can be merged field by field.

    Rows are named by KPI: kpi_<id>_use, _value, _due_on, _source, _tool, _supplier.
    """

    def __init__(self, data: Any = None, *, instance: Campaign) -> None:
        self.instance = instance
        self.now = {row.kpi_id: row for row in instance.targets.select_related("kpi", "supplier")}
        super().__init__(data)
        self.kpis = {kpi.pk: kpi for kpi in Kpi.objects.filter(Q(active=True) | Q(pk__in=self.now))}
        self.people = [("", _("nobody yet")), *suppliers(self.now.values())]
        shown = [pk for pk in self.kpis if pk in self.now or f"kpi_{pk}_use" in self.data]
        self.rows = [self._add_row(self.kpis[pk], self.now.get(pk)) for pk in shown]

    def _add_row(self, kpi: Kpi, now: Target | None) -> "TargetRow":
        row = TargetRow(self, kpi)
        fields = target_fields(kpi, self.people)
        row_now = now or Target(kpi=kpi, due_on=self.instance.ends_on)
        begins = {
            "use": True,
            "value": row_now.value.normalize() if row_now.value is not None else None,
            "due_on": row_now.due_on,
            "source": row_now.source,
            "tool": row_now.tool,
            "supplier": str(row_now.supplier_id or ""),
        }
        for key, item in fields.items():
            self.fields[row.name(key)] = item
            self.initial[row.name(key)] = begins[key]
        return row

    def add_kpi(self, pk: str) -> "TargetRow | None":
        """One row more for a KPI without a target; None for anything else."""
        kpi = self.kpis.get(int(pk)) if pk.isdecimal() and len(pk) < 16 else None
        if kpi is None or any(row.kpi == kpi for row in self.rows):
            return None
        row = self._add_row(kpi, None)
        self.rows.append(row)
        if self.is_bound:
            self.data = self.data.copy()
            self.data[row.name("use")] = "on"
            self._errors = forms.utils.ErrorDict()
        return row

    @property
    def new_kpis(self) -> list[Kpi]:
        """KPIs that can still be added."""
        shown = {row.kpi.pk for row in self.rows}
        return [kpi for pk, kpi in self.kpis.items() if pk not in shown]


class TargetForm(VersionedFormMixin, TargetFields):
    """The KPIs of a campaign; everything may still be open, the approval asks for it."""

    def clean(self) -> dict[str, Any]:
        """A tool is named where one delivers."""
        super().clean()
        for row in self.rows:
            tool, source = self.cleaned_data.get(row.name("tool")), self.cleaned_data.get(row.name("source"))
            if tool and source != Source.TOOL and self.cleaned_data.get(row.name("use")):
                self.add_error(row.name("tool"), _("Only where a tool is the source."))
        return self.cleaned_data

    @property
    def targets(self) -> list[TargetPlan]:
        """What the form says; only without errors."""
        people = User.objects.in_bulk([int(pk) for pk in self._chosen()])
        return [
            row.plan(self.cleaned_data, people) for row in self.rows if self.cleaned_data[row.name("use")]
        ]

    def _chosen(self) -> set[str]:
        return {self.cleaned_data[row.name("supplier")] for row in self.rows} - {""}


class TargetRow:
    """A KPI in the form."""

    def __init__(self, form: TargetFields, kpi: Kpi) -> None:
        self.form, self.kpi = form, kpi

    def name(self, key: str) -> str:
        """The name of one of the row's fields."""
        return f"kpi_{self.kpi.pk}_{key}"

    def __getitem__(self, key: str) -> forms.BoundField:
        return self.form[self.name(key)]

    def plan(self, data: dict[str, Any], people: dict[int, User]) -> TargetPlan:
        """The row as the service takes it."""
        given = {key: data[self.name(key)] for key in ("value", "due_on", "source", "tool")}
        supplier = data[self.name("supplier")]
        return TargetPlan(kpi=self.kpi, supplier=people.get(int(supplier)) if supplier else None, **given)


def target_fields(kpi: Kpi, people: list[tuple[str, str]]) -> dict[str, forms.Field]:
    """The fields of one target."""
    name = {"kpi": kpi}
    return {
        "use": forms.BooleanField(label=_("%(kpi)s is a KPI of the campaign") % name, required=False),
        "value": ValueField(label=_("%(kpi)s: target") % name, required=False),
        "due_on": DateField(label=_("%(kpi)s: reached by") % name, required=False),
        "source": forms.ChoiceField(
            label=_("%(kpi)s: source") % name, choices=[("", _("not yet")), *Source.choices], required=False
        ),
        "tool": SingleLineField(label=_("%(kpi)s: name of the tool") % name, max_length=120, required=False),
        "supplier": forms.ChoiceField(
            label=_("%(kpi)s: who delivers the figure") % name, choices=people, required=False
        ),
    }


class ValueField(forms.DecimalField):
    """A target as people type it in their language, up to four decimals."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "ek-money", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=16, decimal_places=4, localize=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Without a tail of zeros."""
        return number_text(value) if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Decimal | None:
        """The number, None for nothing; ValidationError for what is none."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            return parse_amount(str(value)[:60], formats.language())
        except ValueError as error:
            raise ValidationError(_("Please write a number.")) from error


def number_text(value: Decimal) -> str:
    """A number as it stands in an input of the reader's language."""
    return formats.number(value, 4)


def suppliers(rows: Any) -> list[tuple[str, str]]:
    """People who may deliver a figure, and those who are named already."""
    people = User.objects.filter(is_active=True, grants__role__in=SUPPLIERS).distinct()
    found = {person.pk: person for person in people}
    found |= {row.supplier.pk: row.supplier for row in rows if row.supplier}
    return [(str(pk), str(person)) for pk, person in found.items()]
