"""All rows of one campaign, with the hashes that the services would have noted."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.enums import Language
from accounts.models import Region
from campaigns.enums import Content, Phase, Running
from campaigns.listing_triggers import bits_of
from campaigns.services.content import SHOWN_CORE_FIELDS, canonical_hash, fill, show_value
from channels.models import Channel
from dashboard.demo.bulk import published, words
from dashboard.demo.bulk.sheets import sealed, text
from dashboard.demo.bulk.staff import Staff
from dashboard.demo.bulk.tables import Tables

Json = dict[str, Any]
STATE_OF = {Phase.LIVE: "approved", Phase.PAUSED: "approved", Phase.FINISHED: "approved"}
RELEASED = (Phase.APPROVED, Phase.LIVE, Phase.PAUSED, Phase.FINISHED, Phase.EVALUATED)
LAUNCHED = (Phase.LIVE, Phase.PAUSED, Phase.FINISHED, Phase.EVALUATED)
OVER = (Phase.FINISHED, Phase.EVALUATED)
RATES = {"EUR": Decimal("1"), "CHF": Decimal("1.10"), "GBP": Decimal("0.87")}


def moment(day: date, hour: int = 9) -> str:
    return f"{day.isoformat()} {hour:02d}:00:00"


@dataclass
class Place:
    """A region of the campaign while its rows are made."""

    id: int
    region: Region
    price: dict[str, str]
    shown: dict[str, str]

    def says(self, words_: str, language: str | None = None) -> str:
        return fill(words_, {"price": self.shown[language or self.region.language]})


@dataclass
class Line:
    """A channel of the campaign while its rows are made."""

    id: int
    channel: Channel
    expert: tuple[int, str]


class Maker:
    """Makes the rows of campaigns, one after the other."""

    def __init__(self, tables: Tables, staff: Staff, chance: random.Random) -> None:
        self.tables, self.staff, self.chance = tables, staff, chance

    def campaign(self, phase: Phase, first: date, last: date) -> None:
        """Append the rows of one campaign."""
        self.phase, self.first, self.last = phase, first, last
        self.made = first - timedelta(days=50)
        self.thing = self.chance.choice(words.PLACES)
        self.owner = self.chance.choice(self.staff.marketers)
        self.manager = self._manager()
        tables, number = self.tables, self.tables.campaigns.next_id()
        self.name = (
            f"{self.chance.choice(words.KINDS)}{self.chance.choice(words.THINGS)} {self.thing} {number}"
        )
        self.release = tables.releases.next_id() if phase in RELEASED else None
        self._where()
        self.id = self._campaign()
        self._message()
        self._places()
        self._lines()
        self._budget()
        self._variants()
        self._reviews()
        if self.release:
            self._release()
            self._briefings()
        tables.targets.add(self.id, self.staff.kpi, "25000", last.isoformat(), "person", self.owner[0])

    def _where(self) -> None:
        """Choose the campaign's regions and channels."""
        regions, channels = self.staff.regions, self.staff.channels
        count = self.chance.choices((1, 2, 4), (60, 30, 10))[0]
        self.regions = self.chance.sample(regions, min(count, len(regions)))
        self.channels = self.chance.sample(channels, self.chance.choices((1, 2, 3), (25, 50, 25))[0])

    def _manager(self) -> int:
        return self.chance.choice([pk for pk in self.staff.managers if pk != self.owner[0]])

    def _campaign(self) -> int:
        phase, made = self.phase, moment(self.made)
        pk = self.tables.campaigns.add(
            self.name,
            f"{self.thing} für alle, die bei jedem Wetter rausgehen.",
            self.owner[0],
            self.first.isoformat(),
            self.last.isoformat(),
            STATE_OF.get(phase, phase.value),
            phase.value,
            None if phase == Phase.DRAFT else moment(self.made + timedelta(days=12)),
            self.release,
            "Das Budget wird anderswo gebraucht." if phase == Phase.CANCELLED else "",
            made,
            made,
            UUID(int=self.chance.getrandbits(128), version=4).hex,
            # As the triggers would set them, which then have nothing to do.
            bits_of(region.pk for region in self.regions),
            bits_of(channel.pk for channel in self.channels),
        )
        self.group = self.chance.choice(self.staff.groups)
        self.tables.groups.add(pk, self.group[0])
        return pk

    def _message(self) -> None:
        made = moment(self.made + timedelta(days=5))
        self.core = {
            "language": "de",
            "claim": words.CLAIMS["de"].format(thing=self.thing),
            "promise": words.PROMISE.format(thing=self.thing),
            "proof": words.PROOF,
            "call_to_action": words.CALL,
            "tone": words.TONE,
        }
        core = self.tables.cores.add(self.id, *self.core.values(), made)
        self._version(Content.CORE, core, self.core, made, self.owner[0])
        self.fact = self.tables.facts.add(self.id, made)
        amount = Decimal(self.chance.randrange(19, 300))
        self.prices = {
            currency: {"amount": f"{(amount * rate).quantize(Decimal(1))}.00", "currency": currency}
            for currency, rate in RATES.items()
        }

    def _version(self, kind: Content, pk: int, content: Json, made: str, author: int) -> None:
        self.tables.versions.add(self.id, kind.value, pk, *sealed(content), author, made)

    def _places(self) -> None:
        running = {Phase.FINISHED: Running.FINISHED, Phase.EVALUATED: Running.FINISHED}.get(
            self.phase, Running.WAITING
        )
        self.places, values = [], {"*": self.prices["EUR"]}
        self.tables.values.add(self.fact, None, text(self.prices["EUR"]))
        for region in sorted(self.regions, key=lambda one: one.code):
            price = self.prices.get(region.currency, self.prices["EUR"])
            if price is not self.prices["EUR"]:
                self.tables.values.add(self.fact, region.pk, text(price))
                values[str(region.pk)] = price
            self.places.append(self._place(region, price, running))
        fact = {"key": "price", "kind": "price", "label": "Preis", "values": values}
        made = moment(self.made + timedelta(days=5))
        self._version(Content.FACT, self.fact, fact, made, self.owner[0])

    def _place(self, region: Region, price: dict[str, str], running: Running) -> Place:
        over = self.phase in OVER
        launch = self.tables.launches.add if self.phase in LAUNCHED else None
        pk = self.tables.regions.next_id()
        record = launch(pk, self.release, moment(self.first)) if launch else None
        self.tables.regions.add(
            self.id,
            region.pk,
            self.first.isoformat(),
            self.last.isoformat(),
            running.value,
            self.release if over else None,
            record if over else None,
            moment(self.last + timedelta(days=1), 0) if over else None,
        )
        if self.phase in (Phase.LIVE, Phase.PAUSED):
            self.tables.to_run.append((self.phase.value, self.release, record, pk))
        shown = {language: show_value("price", price, language) for language in Language.values}
        return Place(pk, region, price, shown)

    def _lines(self) -> None:
        self.lines = []
        for channel in sorted(self.channels, key=lambda one: (one.position, one.code)):
            expert = self.chance.choice(self.staff.experts[channel.pk])
            line = Line(self.tables.lines.add(self.id, channel.pk, expert[0]), channel, expert)
            self.tables.flights.add(line.id, self.first.isoformat(), self.last.isoformat())
            for place in self.places:
                self.tables.reach.add(line.id, place.id)
            self.lines.append(line)

    def _budget(self) -> None:
        amount, decided = (
            self.chance.randrange(8, 300) * 1000,
            self.phase not in (Phase.DRAFT, Phase.CANCELLED),
        )
        at, then = moment(self.made), moment(self.made + timedelta(days=4))
        approved = (f"{amount}.00", self.manager, then) if decided else (None, None, None)
        budget = self.tables.budgets.add(self.id, f"{amount}.00", *approved, then)
        self.tables.rounds.add(budget, 1, "proposal", f"{amount}.00", self.owner[0], at)
        if decided:
            self.tables.rounds.add(budget, 2, "approval", f"{amount}.00", self.manager, then)
        for line in self.lines:
            self.tables.allocations.add(budget, line.id, f"{amount * 9 // 10 // len(self.lines)}.00")

    def _variants(self) -> None:
        """A variant per channel and region, confirmed unless the campaign was still a draft."""
        self.said: dict[tuple[int, int], tuple[int, str, str]] = {}
        self.confirmed = self.phase not in (Phase.DRAFT, Phase.CANCELLED)
        for line in self.lines:
            for place in self.places:
                self._variant(line, place)

    def _variant(self, line: Line, place: Place) -> None:
        language = place.region.language
        said = {
            "headline": words.CLAIMS[language].format(thing=self.thing),
            "body": words.BODIES[language].format(thing=self.thing),
        }
        at = moment(self.made + timedelta(days=10))
        seal: tuple[Any, ...] = ("draft", None, None, "", "")
        if self.confirmed:
            basis = canonical_hash({"core": self.core, "facts": {"price": place.price}})
            seen = canonical_hash({"variant": said, "basis": basis})
            seal = ("confirmed", line.expert[0], at, seen, basis)
        pk = self.tables.variants.add(self.id, line.id, place.id, language, *said.values(), *seal, at)
        self.tables.uses.add(pk, self.fact)
        self._version(Content.VARIANT, pk, said, at, line.expert[0])
        self.said[line.id, place.id] = (pk, said["headline"], said["body"])

    def _reviews(self) -> None:
        if self.phase in (Phase.DRAFT, Phase.CANCELLED):
            return
        approved = self.phase != Phase.IN_REVIEW
        state = "approved" if approved else "invited"
        asked, due = self.made + timedelta(days=12), self.made + timedelta(days=19)
        self.reviewed: dict[int, str] = {}
        for place in self.places:
            reviewer = self.chance.choice(self.staff.reviewers[place.region.pk])
            shown, seen = sealed(self._region_content(place))
            self.reviewed[place.id] = seen
            language, told = place.region.language, words.UNDERSTOOD[place.region.language]
            review = self.tables.reviews.add(
                place.id,
                language,
                reviewer,
                state,
                not approved,
                moment(asked),
                self.owner[0],
                due.isoformat(),
                told if approved else "",
                moment(due),
            )
            if approved:
                self.tables.approvals.add(review, seen, shown, told, reviewer, moment(due))

    def _region_content(self, place: Place) -> Json:
        """As campaigns.services.content.region_content."""
        shown = place.shown[place.region.language]
        fact = {"label": "Preis", "kind": "price", "value": place.price, "text": shown}
        variants = {}
        for line in self.lines:
            _pk, headline, body = self.said[line.id, place.id]
            variants[line.channel.code] = {"headline": place.says(headline), "body": place.says(body)}
        return {
            "region": place.region.code,
            "language": place.region.language,
            "core": {name: place.says(self.core[name]) for name in SHOWN_CORE_FIELDS},
            "facts": {"price": fact},
            "variants": variants,
        }

    def _release(self) -> None:
        self.content = published.release(self)
        at = moment(self.made + timedelta(days=25))
        self.tables.releases.add(self.id, *sealed(self.content), self.manager, at)

    def _briefings(self) -> None:
        for place in self.places:
            published.briefing(self, place)
