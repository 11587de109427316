"""Money, numbers and dates as people in either language write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from core import formats

pytestmark = pytest.mark.once

NB = "\u00a0"


@pytest.mark.parametrize(
    ("lang", "amount", "currency", "exact", "shown"),
    [
        ("de", "240000", "EUR", False, f"240.000{NB}€"),
        ("de", "21.9", "EUR", False, f"21,90{NB}€"),
        ("de", "240000", "EUR", True, f"240.000,00{NB}€"),
        ("en", "240000", "EUR", False, "€240,000"),
        ("en", "1234.5", "GBP", False, "£1,234.50"),
        ("en", "179", "CHF", False, f"CHF{NB}179"),
        ("de", "-5", "EUR", False, f"-5{NB}€"),
        ("de", "1000", "JPY", False, f"1.000{NB}¥"),
    ],
)
def test_money(lang, amount, currency, exact, shown):
    with translation.override(lang):
        assert formats.money(Decimal(amount), currency, exact=exact) == shown


@pytest.mark.parametrize(
    ("lang", "value", "shown"),
    [("de", 84, f"84{NB}%"), ("en", 84, "84%"), ("de", 74.94, f"74,9{NB}%"), ("en", Decimal("0.05"), "0%")],
)
def test_percent(lang, value, shown):
    with translation.override(lang):
        assert formats.percent(value) == shown


@pytest.mark.parametrize(
    ("lang", "start", "end", "shown"),
    [
        ("de", date(2026, 9, 21), date(2026, 10, 31), f"21.09.{NB}– 31.10.2026"),
        ("de", date(2026, 12, 21), date(2027, 1, 3), f"21.12.2026{NB}– 03.01.2027"),
        ("en", date(2026, 9, 1), date(2026, 10, 31), f"1{NB}Sept{NB}– 31{NB}Oct{NB}2026"),
        ("de", date(2026, 9, 21), date(2026, 9, 21), "21.09.2026"),
        ("de", date(2026, 9, 21), None, "21.09.2026 –"),
        ("de", None, date(2026, 9, 21), "– 21.09.2026"),
        ("de", None, None, "–"),
    ],
)
def test_date_range(lang, start, end, shown):
    with translation.override(lang):
        assert formats.date_range(start, end) == shown


def test_a_point_in_time_is_shown_in_the_active_zone():
    moment = datetime(2026, 9, 16, 22, 30, tzinfo=UTC)
    with translation.override("de"), timezone.override("Europe/Zurich"):
        assert formats.clock(moment) == "00:30"
        assert formats.short_date(moment) == "17.09.2026"
    with timezone.override("America/New_York"):
        assert formats.local_day(moment) == date(2026, 9, 16)


def test_an_unknown_language_speaks_english():
    with translation.override("fr"):
        assert formats.language() == "en"
