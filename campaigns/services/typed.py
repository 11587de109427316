"""Figures typed by hand where a fact of the offer should stand: they can come to differ."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from campaigns.enums import FactKind
from campaigns.services.content import ShownFact

_AMOUNT = r"\d[\d.,'’]{0,14}(?:[–-](?!\d))?"
_MONEY = r"€|£|\bEUR\b|\bGBP\b|\bCHF\b|\bEuro\b"
_PRICE = re.compile(
    rf"(?P<before>{_MONEY})[ \u00a0]?(?P<a>{_AMOUNT})|(?P<b>{_AMOUNT})[ \u00a0]?(?P<after>{_MONEY})"
)
_PERCENT = re.compile(r"(?P<a>\d{1,3}(?:[.,]\d{1,2})?)[ \u00a0]?(?:%|Prozent\b|percent\b|per cent\b)")
_MONTHS = r"jan|feb|mär|mar|apr|mai|may|jun|jul|aug|sep|okt|oct|nov|dez|dec"
_DATE = re.compile(
    rf"\b(?P<d>\d{{1,2}})\. ?(?:(?P<m>\d{{1,2}})\.|(?P<name>{_MONTHS})[a-z]{{0,6}}) ?(?P<y>\d{{4}})?"
    rf"|\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th)? (?P<name2>{_MONTHS})[a-z]{{0,6}} ?(?P<y2>\d{{4}})?",
    re.IGNORECASE,
)
_MONTH_NUMBERS = {
    "jan": 1,
    "feb": 2,
    "mär": 3,
    "mar": 3,
    "apr": 4,
    "mai": 5,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "okt": 10,
    "oct": 10,
    "nov": 11,
    "dez": 12,
    "dec": 12,
}
_TOKENS = re.compile(r"\{\{[^{}\n]{1,80}\}\}")


@dataclass(frozen=True)
class Typed:
    """A figure typed by hand. `key` is the fact that says just this, empty when it contradicts them all."""

    text: str
    kind: str
    key: str
    facts: tuple[str, ...]


def _decimal(text: str) -> Decimal | None:
    plain = re.sub(r"[–\-'’]", "", text).rstrip(".,")
    if re.search(r"[.,]\d{1,2}$", plain):
        head, tail = re.split(r"[.,](?=\d{1,2}$)", plain)
        plain = re.sub(r"[.,]", "", head) + "." + tail
    else:
        plain = re.sub(r"[.,]", "", plain)
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def _says_price(found: re.Match[str], fact: ShownFact) -> bool:
    return _decimal(found["a"] or found["b"]) == Decimal(fact.raw["amount"])


def _says_percent(found: re.Match[str], fact: ShownFact) -> bool:
    return _decimal(found["a"]) == Decimal(fact.raw["percent"])


def _says_date(found: re.Match[str], fact: ShownFact) -> bool:
    day = date.fromisoformat(fact.raw["date"])
    name = (found["name"] or found["name2"] or "").lower()
    month = _MONTH_NUMBERS.get(name) or int(found["m"])
    year = found["y"] or found["y2"]
    same_day = (int(found["d"] or found["d2"]), month) == (day.day, day.month)
    return same_day and (year is None or int(year) == day.year)


_KINDS: list[tuple[str, re.Pattern[str], Callable[[re.Match[str], ShownFact], bool]]] = [
    (FactKind.PRICE, _PRICE, _says_price),
    (FactKind.DISCOUNT, _PERCENT, _says_percent),
    (FactKind.DATE, _DATE, _says_date),
]


def typed_figures(text: str, facts: Iterable[ShownFact]) -> list[Typed]:
    """Prices, percentages and dates in the text (outside of tokens) of which the offer has facts.

    A kind of which the offer has no fact is not judged.
    """
    plain, known, found = _TOKENS.sub(" ", text), list(facts), []
    for kind, pattern, says in _KINDS:
        of_kind = [fact for fact in known if fact.kind == kind]
        for match in pattern.finditer(plain) if of_kind else ():
            key = next((fact.key for fact in of_kind if says(match, fact)), "")
            found.append(Typed(match[0].strip(), kind, key, tuple(fact.key for fact in of_kind)))
    return list(dict.fromkeys(found))
