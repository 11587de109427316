"""Fields take what people type, give it back unharmed, and refuse with words that help."""

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation

from core.forms import DateField, MoneyField, PlainTextField, SingleLineField

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("lang", "typed", "amount"),
    [
        ("de", "1.234,56", "1234.56"),
        ("en", "1,234.56", "1234.56"),
        ("de", "1.234", "1234"),
        ("en", "1,234", "1234"),
        ("de", "12.50", "12.50"),
        ("en", "12,50", "12.50"),
        ("de", "240000", "240000"),
        ("de", "240 000,5 €", "240000.5"),
        ("en", "£1,000", "1000"),
        ("de", "CHF 1'234.50", "1234.50"),
        ("de", "0", "0"),
    ],
)
def test_money_as_people_write_it(lang, typed, amount):
    with translation.override(lang):
        assert MoneyField(currency="EUR").clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("-5", "min_value"),
        ("−5", "min_value"),
        ("1e9", "invalid"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("12,3456,7", "invalid"),
        ("abc", "invalid"),
        ("9" * 5000, "max_digits"),
        ("99999999999", "max_digits"),
        ("1.234,567", "max_decimal_places"),
        ("", "required"),
    ],
)
def test_money_refused(typed, code):
    with translation.override("de"), pytest.raises(ValidationError) as refused:
        MoneyField(currency="EUR").clean(typed)
    assert code in {error.code for error in refused.value.error_list}


def test_money_is_shown_grouped_and_kept_as_typed():
    class Form(forms.Form):
        budget = MoneyField(currency="EUR")

    with translation.override("de"):
        assert 'value="240.000,00"' in str(Form(initial={"budget": Decimal("240000")})["budget"])
        assert 'value="24o"' in str(Form({"budget": "24o"})["budget"])
        same = Form({"budget": "240.000,00"}, initial={"budget": Decimal("240000")})
        assert not same.has_changed()


def test_text_comes_back_as_written_with_one_kind_of_line_end():
    assert PlainTextField().clean("  a\r\nb\rc \t") == "  a\nb\nc \t"


@pytest.mark.parametrize(
    "text", ["\u202eabc", "﷽", "a\u200bb", "Ω≈ç√∫", "👩‍👩‍👧", "\ufeff", "＜script＞", "<b>"]
)
def test_strange_but_harmless_text_is_taken(text):
    assert SingleLineField().clean(f"x{text}") == f"x{text}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ab\ncd\x07", "Please remove the control character U+0007 (line 2, character 3)."),
        ("\x00", "Please remove the control character U+0000 (line 1, character 1)."),
        ("a\x85", "Please remove the control character U+0085 (line 1, character 2)."),
        ("a\ud800", "Please remove the control character U+D800 (line 1, character 2)."),
    ],
)
def test_control_characters_are_refused_with_their_place(text, message):
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        PlainTextField().clean(text)
    assert message in refused.value.messages


@pytest.mark.parametrize("text", ["", "  ", "\n\t"])
def test_required_means_not_blank(text):
    with pytest.raises(ValidationError) as refused:
        PlainTextField().clean(text)
    assert refused.value.error_list[0].code == "required"


def test_too_long_says_by_how_much():
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        SingleLineField(max_length=3).clean("abcde")
    assert refused.value.messages == ["This is too long: 5 characters, at most 3 are possible."]


def test_one_line():
    assert SingleLineField().clean("pasted\r\n") == "pasted"
    with translation.override("en"), pytest.raises(ValidationError) as refused:
        SingleLineField().clean("a\nb")
    assert refused.value.messages == ["Please write this in one line."]


@pytest.mark.parametrize("typed", ["2026-09-21", "21.09.2026"])
def test_dates(typed):
    assert DateField().clean(typed).isoformat() == "2026-09-21"


@pytest.mark.parametrize("typed", ["2026-02-30", "soon", "99999-01-01"])
def test_no_dates(typed):
    with pytest.raises(ValidationError):
        DateField().clean(typed)
