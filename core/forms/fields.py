"""Form fields that take what people really type and say clearly what they refuse."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core import formats

# Thousands and decimal sign of the interface languages.
SIGNS = {"de": (".", ","), "en": (",", ".")}
EXAMPLE = {"de": "1.234,56", "en": "1,234.56"}
SPACES = re.compile(r"[\s\u00a0\u202f'’]")
MAX_DIGITS = 12


def parse_amount(text: str, lang: str) -> Decimal:
    """The amount a person meant: `1.234,56` in German, `1,234.56` in English, `12.50` in both.

    Spaces and Swiss apostrophes group, too. ValueError for what cannot be read without guessing.
    """
    plain = SPACES.sub("", text).replace("\u2212", "-")
    group, point = SIGNS[lang]
    grouped = rf"-?\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(point)}\d+)?"
    if re.fullmatch(grouped, plain):
        plain = plain.replace(group, "")
    elif not re.fullmatch(rf"-?\d+(?:{re.escape(point)}\d+)?|-?\d+[.,]\d{{1,2}}", plain):
        raise ValueError(text)
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(text) from error


class MoneyInput(forms.TextInput):
    """A right-aligned amount with its currency behind it."""

    def __init__(self, currency: str = "", attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "decimal", "class": "ek-money", "autocomplete": "off"} | (attrs or {}))
        self.addon = currency

    def format_value(self, value: Any) -> str | None:
        """Grouped with all decimals; what a person typed stays as typed."""
        if isinstance(value, Decimal | int):
            return formats.amount(Decimal(value), formats.money_digits(self.addon or "EUR"))
        return value


class MoneyField(forms.DecimalField):
    """An amount of money as Decimal, never negative, never more than 12 digits or the currency's decimals."""

    widget = MoneyInput

    def __init__(self, *, currency: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", MAX_DIGITS)
        kwargs.setdefault("decimal_places", 2)
        kwargs.setdefault("min_value", Decimal(0))
        kwargs.pop("localize", None)
        super().__init__(**kwargs)
        messages = kwargs.get("error_messages") or {}
        self.error_messages |= {"invalid": _("Please write an amount like %(example)s.")} | messages
        self._say_limits(kwargs["max_digits"] - kwargs["decimal_places"])
        if currency:
            self.set_currency(currency)

    def set_currency(self, currency: str) -> None:
        """Show `currency` (ISO 4217) behind the amount."""
        self.widget.addon = currency

    def _say_limits(self, whole_digits: int) -> None:
        for validator in self.validators:
            if getattr(validator, "code", "") == "min_value" and validator.limit_value == 0:
                validator.message = _("An amount cannot be negative.")
        self.too_large = Decimal(10) ** whole_digits

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No number attributes: the input is text, so that people may write separators."""
        return {}

    def to_python(self, value: Any) -> Decimal | None:
        """The amount, None for nothing; ValidationError for what is no amount or far too large."""
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        lang = formats.language()
        text = str(value)
        for unit in (self.widget.addon, "€", "£", "CHF", "EUR"):
            text = text.replace(unit, "") if unit else text
        try:
            amount = parse_amount(text[:60], lang)
        except ValueError as error:
            params = {"example": EXAMPLE[lang]}
            raise ValidationError(self.error_messages["invalid"], code="invalid", params=params) from error
        if abs(amount) >= self.too_large:
            raise ValidationError(
                _("That is too much. The largest amount is %(limit)s."),
                code="max_digits",
                params={"limit": formats.number(self.too_large - 1)},
            )
        return amount


def refuse_controls(text: str, allowed: str) -> None:
    """ValidationError naming line and place of the first control character that is not in `allowed`."""
    for line_no, line in enumerate(text.split("\n") if "\n" in allowed else [text], start=1):
        for place, char in enumerate(line, start=1):
            if unicodedata.category(char) in ("Cc", "Cs") and char not in allowed:
                raise ValidationError(
                    _("Please remove the control character U+%(code)s (line %(line)d, character %(place)d)."),
                    code="control",
                    params={"line": line_no, "place": place, "code": f"{ord(char):04X}"},
                )


class PlainTextField(forms.CharField):
    """Text of any length and script, given back exactly as written (line ends become one kind)."""

    widget = forms.Textarea
    allowed = "\n\t"

    def __init__(self, **kwargs: Any) -> None:
        kwargs["strip"] = False
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _(
                    "This is too long: %(show_value)d characters, at most %(limit_value)d are possible."
                )

    def to_python(self, value: Any) -> str:
        """The text with `\\n` line ends; only white space counts as empty."""
        text = super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")
        return text if text.strip() else self.empty_value

    def validate(self, value: str) -> None:
        """Refuse control characters, with their place."""
        super().validate(value)
        refuse_controls(value or "", self.allowed)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength: a pasted text is kept whole and the error says by how much it is too long."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        if isinstance(widget, forms.Textarea):
            attrs.setdefault("rows", 5)
        return attrs


class SingleLineField(PlainTextField):
    """Text in one line: names and titles."""

    widget = forms.TextInput
    allowed = ""

    def to_python(self, value: Any) -> str:
        """The text; a line break at the very end, as pasted from a table, is dropped."""
        return super().to_python(value).rstrip("\n")

    def validate(self, value: str) -> None:
        """Refuse line breaks with words of their own."""
        if "\n" in (value or ""):
            raise ValidationError(_("Please write this in one line."), code="one_line")
        super().validate(value)


class DateField(forms.DateField):
    """A day: the browser's own calendar, and also what people type in either language."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"])
        super().__init__(**kwargs)
        self.error_messages |= {"invalid": _("This is no date. Please choose a day from the calendar.")}


class DateTimeField(forms.DateTimeField):
    """A point in time in the person's zone."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"type": "datetime-local"}
        kwargs.setdefault("widget", forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs=attrs))
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"])
        super().__init__(**kwargs)
        self.error_messages |= {"invalid": _("This is no date with a time of day.")}


# No key of ours has so many digits, whatever its sign or its way to be written.
_LONGEST_KEY = 18


class RecordsField(forms.ModelMultipleChoiceField):
    """Several records; a number that no record can have is refused as any other wrong one.

    Django asks the database for it, which answers with an error of its own, and fails on thousands of digits.
    """

    def clean(self, value: Any) -> Any:
        """The chosen records. Raises ValidationError for what is none."""
        for one in value or ():
            if len(str(one)) > _LONGEST_KEY:
                raise ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": str(one)[:20]},
                )
        return super().clean(value)


def house_field(db_field: models.Field, **kwargs: Any) -> forms.Field | None:
    """`formfield_callback = house_field` in a ModelForm's Meta: our fields for text and dates."""
    if db_field.choices or isinstance(db_field, models.EmailField | models.URLField | models.SlugField):
        return db_field.formfield(**kwargs)
    if isinstance(db_field, models.TextField):
        kwargs["form_class"] = PlainTextField
        kwargs.setdefault("widget", forms.Textarea)
    elif isinstance(db_field, models.CharField):
        kwargs["form_class"] = SingleLineField
    elif isinstance(db_field, models.DateTimeField):
        kwargs["form_class"] = DateTimeField
    elif isinstance(db_field, models.DateField):
        kwargs["form_class"] = DateField
    elif isinstance(db_field, models.ManyToManyField):
        kwargs["form_class"] = RecordsField
    return db_field.formfield(**kwargs)
