"""Forms in the house style: helper, fields for money, text and dates, errors, saving by version."""

from core.forms.fields import (
    DateField,
    DateTimeField,
    MoneyField,
    PlainTextField,
    RecordsField,
    SingleLineField,
    house_field,
)
from core.forms.helper import FormHelper, Section
from core.forms.versioned import VersionedFormMixin

__all__ = [
    "DateField",
    "DateTimeField",
    "FormHelper",
    "MoneyField",
    "PlainTextField",
    "RecordsField",
    "Section",
    "SingleLineField",
    "VersionedFormMixin",
    "house_field",
]
