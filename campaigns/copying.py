"""What a campaign can take along from another one or a template: parts that this app and higher ones add.

    @parts.register("kpis")
    def kpis() -> Part:
        return Part("kpis", _("KPIs with their targets"), take=..., put=..., order=80)

`take` reads a campaign and gives plain data (JSON) or nothing; days are counted from the first one, so that
a template can begin at any time. `put` writes such data into a new campaign by the usual services. What the
plan itself consists of is made together with the campaign and has no `put` (services/copying.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from core.registry import Registry

if TYPE_CHECKING:
    from accounts.models import User
    from campaigns.models import Campaign

Data = Any


@dataclass
class Copy:
    """The campaign that is being made: where its days begin, and facts to be looked at before use."""

    campaign: "Campaign"
    by: "User"
    ticked: frozenset[str]
    unchecked: list[str] = field(default_factory=list)

    def day(self, offset: int | None) -> date | None:
        """The day that lies so many days after the campaign's first one."""
        return None if offset is None else self.campaign.starts_on + timedelta(days=offset)


@dataclass(frozen=True)
class Part:
    """A part with its tick: what it is called, how to read it, and how to write it into a new campaign.

    `needs` names a part without which this one cannot come along; `hint` says what to expect.
    """

    key: str
    title: str
    take: "Callable[[Campaign], Data]"
    put: "Callable[[Copy, Data], None] | None" = None
    order: int = 50
    needs: str = ""
    hint: str = ""


parts: "Registry[Callable[[], Part]]" = Registry()


def all_parts() -> list[Part]:
    """Every part, in the order of the ticks."""
    return sorted((make() for make in parts), key=lambda part: part.order)


def offset(start: date, day: date | None) -> int | None:
    """Days from a campaign's first day, for `take`."""
    return None if day is None else (day - start).days
