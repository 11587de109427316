"""German texts with a vocabulary like a company's: compounds, names, codes, questions that customers ask."""

import random


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    """
    Winter Sommer Regen Wander Kinder Damen Herren Daunen Fleece Trekking Lauf Rad Ski Reise Camping
    Freizeit Outdoor Schlaf Koch Garten Leder Woll Baumwoll Sport Arbeits Abend Schul Baby Strand Berg
    Kletter Jagd Angel Boots Hunde Familien Gäste Küchen Büro Wohn
    """
)
LAST = _words(
    """
    jacke hose schuh stiefel mantel mütze handschuh rucksack zelt schlafsack decke kissen tasche koffer
    socke hemd pullover weste gürtel brille lampe stuhl tisch schrank regal teppich vorhang matratze
    topf pfanne messer kocher flasche becher matte stock leine bürste schürze kleid
    """
)
WORDS = _words(
    """
    waschen trocknen bügeln umtauschen zurückgeben reparieren bezahlen bestellen abholen liefern Größe
    Farbe Garantie Rechnung Gutschein Rabatt Kundenkarte Filiale Lieferzeit Versandkosten Rücksendung
    Umtausch Kassenbon Ersatzteil Reißverschluss Imprägnierung Weichspüler Grad Woche Monat Kollege
    Lager Restposten Sonderangebot Nachlass Aktion Prospekt Katalog Anzeige Newsletter App Bonuspunkte
    Geschenk Verpackung Österreich Schweiz Straße grün blau grau schwarz weiß gelb größer kleiner
    schöner günstiger früher später
    """
)
ASKED = (
    "Kann ich {thing} auch {a}?",
    "Gibt es {thing} in {a} oder {b}?",
    "Warum steht im {b} ein anderer Preis für {thing}?",
    "Ich habe {thing} letzte Woche bezahlt, bekomme ich die Differenz zurück?",
    "Gilt {a} zusammen mit {b} für {thing}?",
    "Wie lange habe ich {b}, wenn {thing} nicht passt?",
    "Wo finde ich {thing} in der Filiale, bei {a}?",
)
ANSWERED = (
    "Ja, mit {a} und {b}, bis zum letzten Tag der Aktion. Bitte {name} nennen.",
    "Nein. {a} ist ausgenommen; biete stattdessen {b} an und verweise auf {name}.",
    "Nur mit Kundenkarte. Bei {a} hilft das Lager weiter, {b} geht auch im Webshop.",
)
SYLLABLES = _words(
    """
    ra ri ro ru sa si so la li lo ma mi mo na ni no ta ti to va vi vo ka ki ko ba be bo da de
    """
)


class Texts:
    """Texts by chance, the same ones in every run."""

    def __init__(self, seed: int = 26) -> None:
        self.chance = random.Random(seed)  # nosec B311 - texts of a benchmark

    def one(self, words: tuple[str, ...] | list[str]) -> str:
        """One of the words."""
        return self.chance.choice(words)

    def thing(self) -> str:
        """A compound such as `Winterjacke`."""
        return self.one(FIRST) + self.one(LAST)

    def name(self) -> str:
        """The name of a product line, of 27,000."""
        return "".join(self.one(SYLLABLES) for _part in range(3)).capitalize()

    def code(self, number: int) -> str:
        """A code of its own for each campaign."""
        return f"{self.name().upper()[:4]}{number}"

    def sentence(self, length: int) -> str:
        """Words one after the other."""
        return " ".join(self.one(WORDS) for _word in range(length)) + f" {self.thing()}."

    def pair(self, thing: str, name: str) -> dict[str, str]:
        """A question with its answer."""
        said = {"thing": thing, "a": self.one(WORDS), "b": self.one(WORDS), "name": name}
        return {"question": self.one(ASKED).format(**said), "answer": self.one(ANSWERED).format(**said)}
