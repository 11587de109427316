"""Numbers, money and dates in the person's language, by Babel; cached, because lists print thousands of them.

Units keep their no-break space (`84 %`, `159 €`), so that no line breaks between figure and unit.
"""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import (
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
    get_currency_symbol,
)
from django.utils import timezone
from django.utils.translation import get_language

# English here is the shops' English: day before month, 24 hours.
LOCALES = {"en": "en_GB", "de": "de_DE"}
# No-break spaces keep a date in one line.
SHORT = {"en": ("d\u00a0MMM", "d\u00a0MMM\u00a0y"), "de": ("dd.MM.", "dd.MM.y")}
# German: the stand-alone weekday, which has no full stop of its own.
DAY = {"en": "EEE d MMM", "de": "ccc, dd.MM."}
MOMENT = {"en": "EEEE, d MMMM y, HH:mm zzz", "de": "EEEE, d. MMMM y, HH:mm zzz"}


def language() -> str:
    """The active interface language, `en` or `de`."""
    code = (get_language() or "en")[:2]
    return code if code in LOCALES else "en"


@lru_cache(maxsize=8)
def locale(lang: str) -> Locale:
    """Babel's locale for an interface language."""
    return Locale.parse(LOCALES[lang])


@lru_cache(maxsize=8192)
def _money(amount: Decimal, currency: str, lang: str, exact: bool) -> str:
    whole = not exact and amount == amount.to_integral_value()
    pattern = locale(lang).currency_formats["standard"].pattern
    if get_currency_symbol(currency, locale(lang))[-1].isalpha():
        pattern = pattern.replace("¤#", "¤\u00a0#")  # CHF 179, not CHF179
    if whole:
        pattern = pattern.replace(".00", "")
    return format_currency(amount, currency, pattern, locale=locale(lang), currency_digits=not whole)


def money(amount: Decimal | int, currency: str, *, exact: bool = False) -> str:
    """`amount` with its currency; whole amounts without decimals unless `exact`."""
    return _money(Decimal(amount), currency, language(), exact)


def money_digits(currency: str) -> int:
    """How many decimals the currency has (EUR 2, JPY 0)."""
    return get_currency_precision(currency)


@lru_cache(maxsize=8192)
def _number(value: Decimal, places: int, lang: str) -> str:
    pattern = "#,##0" + ("." + "#" * places if places else "")
    return format_decimal(value, pattern, locale=locale(lang))


def number(value: Decimal | float, places: int = 0) -> str:
    """`value` grouped, with at most `places` decimals."""
    return _number(Decimal(str(value)), places, language())


@lru_cache(maxsize=4096)
def _percent(value: Decimal, places: int, lang: str) -> str:
    pattern = "#,##0" + ("." + "#" * places if places else "")
    unit = "\u00a0%" if lang == "de" else "%"
    return format_percent(value / 100, pattern + unit, locale=locale(lang))


def percent(value: Decimal | float, places: int = 1) -> str:
    """`value` in percent points (84 is `84 %`), with at most `places` decimals."""
    return _percent(Decimal(str(value)), places, language())


@lru_cache(maxsize=8192)
def _date(day: dt.date, pattern: str, lang: str) -> str:
    return format_date(day, pattern, locale=locale(lang))


def local_day(moment: dt.date) -> dt.date:
    """The day of a date, or of an aware datetime in the active time zone."""
    return timezone.localtime(moment).date() if isinstance(moment, dt.datetime) else moment


def short_date(moment: dt.date, *, year: bool = True) -> str:
    """`31.10.2026` or `31 Oct 2026`; without the year `31.10.` or `31 Oct`."""
    lang = language()
    return _date(local_day(moment), SHORT[lang][1 if year else 0], lang)


def week_date(moment: dt.date) -> str:
    """`Mi, 16.09.` or `Wed 16 Sept`, with the year when it is not this one."""
    lang, day = language(), local_day(moment)
    pattern = (
        DAY[lang] if day.year == timezone.localdate().year else DAY[lang] + ("y" if lang == "de" else " y")
    )
    return _date(day, pattern, lang)


def clock(moment: dt.datetime) -> str:
    """The time of day in the active time zone, `16:42`."""
    return format_time(timezone.localtime(moment).time(), "HH:mm", locale=locale(language()))


def full_datetime(moment: dt.datetime) -> str:
    """The whole point in time with its zone, for titles and print."""
    lang = language()
    return format_datetime(timezone.localtime(moment), MOMENT[lang], locale=locale(lang))


def date_range(start: dt.date | None, end: dt.date | None) -> str:
    """`21.09. – 31.10.2026`; one open end becomes `–`, the first year is left out when both are the same."""
    if start is None and end is None:
        return "–"
    if start is None or end is None:
        return f"{short_date(start) if start else ''} – {short_date(end) if end else ''}".strip()
    first, last = local_day(start), local_day(end)
    if first == last:
        return short_date(last)
    return f"{short_date(first, year=first.year != last.year)} – {short_date(last)}".replace(
        " – ", "\u00a0– "
    )


def amount(value: Decimal, digits: int) -> str:
    """An amount without its currency, grouped and with exactly `digits` decimals: what stands in an input."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(value, pattern, locale=locale(language()))
