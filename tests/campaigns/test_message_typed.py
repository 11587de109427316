"""Figures typed by hand are found and compared with the facts."""

import pytest

from campaigns.services.content import ShownFact
from campaigns.services.typed import typed_figures

PRICE = ShownFact("price", "Preis", "price", {"amount": "159.00", "currency": "EUR"}, "159 €")
PERCENT = ShownFact("rabatt", "Rabatt", "discount", {"percent": "20"}, "20 %")
UNTIL = ShownFact("bis", "Gültig bis", "date", {"date": "2026-10-31"}, "31.10.2026")
FACTS = [PRICE, PERCENT, UNTIL]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Jetzt 159 € sparen", [("159 €", "price")]),
        (
            "Jetzt 159,00\u00a0€, EUR 159.-, €159.00",
            [("159,00\u00a0€", "price"), ("EUR 159.-", "price"), ("€159.00", "price")],
        ),
        ("statt 1.199,90 Euro", [("1.199,90 Euro", "")]),
        ("CHF 1'790.– ab morgen", [("CHF 1'790.–", "")]),
        ("20 % oder 25 Prozent", [("20 %", "rabatt"), ("25 Prozent", "")]),
        ("bis 31.10. und 31.10.2026", [("31.10.", "bis"), ("31.10.2026", "bis")]),
        ("bis 31. Oktober 2026, 30. Oktober", [("31. Oktober 2026", "bis"), ("30. Oktober", "")]),
        ("until 31 October, 1st Nov 2027", [("31 October", "bis"), ("1st Nov 2027", "")]),
        ("{{price}} bis {{bis}} mit {{ 20 % }}", []),
        ("20.000 mm Wassersäule, 60 Tage, 4,7 Sterne", []),
    ],
)
def test_typed_figures(text, found):
    assert [(one.text, one.key) for one in typed_figures(text, FACTS)] == found


def test_a_kind_without_a_fact_is_not_judged():
    assert typed_figures("159 € bis 31.10.", [PERCENT]) == []


def test_long_text_is_read_quickly():
    assert typed_figures("1" * 50_000 + " 1.1" * 20_000, FACTS) == []
