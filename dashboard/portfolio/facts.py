"""What is known of a campaign to judge it: plain values, so that the same facts give the same answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from dashboard.models import LoadRules

DAY = timedelta(days=1)


class Stay(NamedTuple):
    """A region of a campaign with its days there, both included."""

    region: int
    code: str
    first: date
    last: date


class Flight(NamedTuple):
    """Days on which a channel carries a campaign in some regions."""

    channel: int
    regions: frozenset[int]
    first: date
    last: date


class Booking(NamedTuple):
    """The expert of a channel with the days that he works for the campaign."""

    user: int
    channel: int
    first: date
    last: date


class Offer(NamedTuple):
    """A product in one region with what it costs: prices and discounts as (kind, token, figure).

    Figures are compared only within a kind: `discount`, or `price EUR`.
    """

    region: int
    product: str
    terms: tuple[tuple[str, str, str], ...]


class Crew(NamedTuple):
    """A team with the regions that it serves."""

    team: int
    regions: frozenset[int]


@dataclass(frozen=True, slots=True)
class Planned:
    """A campaign with all that warnings look at. `movable`: its plan is open and it runs nowhere yet."""

    pk: int
    name: str
    first: date
    last: date
    phase: str = "draft"
    version: int = 1
    owner: int = 0
    goal: int | None = None
    movable: bool = True
    stays: tuple[Stay, ...] = ()
    targets: tuple[int, ...] = ()
    flights: tuple[Flight, ...] = ()
    bookings: tuple[Booking, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def order(self) -> tuple[date, int]:
        """Who comes first: the one that starts earlier, then the one that was planned earlier."""
        return self.first, self.pk

    def shifted(self, days: int) -> tuple[date, date]:
        """First and last day, so many days later."""
        return self.first + days * DAY, self.last + days * DAY


class Limits(NamedTuple):
    """The limits as plain values; None never warns."""

    shortest_days: int | None = 7
    target_most: int | None = 3
    region_most: int | None = None
    channel_most: int | None = None
    expert_most: int | None = None
    owner_most: int | None = None
    team_most: int | None = None
    shared_days: int | None = 0
    same_offer: bool = True

    @classmethod
    def of(cls, rules: LoadRules) -> "Limits":
        """The limits of a record."""
        return cls(*(getattr(rules, name) for name in cls._fields))


def hull(stretches: Iterable[tuple[date, date]]) -> tuple[date, date] | None:
    """From the first to the last day of all stretches; None without any."""
    found = list(stretches)
    return (min(first for first, _last in found), max(last for _first, last in found)) if found else None
