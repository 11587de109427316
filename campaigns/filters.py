"""Filters of the campaign list, as they stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from urllib.parse import urlencode

from django.db import connection
from django.utils.dateparse import parse_date

from accounts.models import User
from campaigns.clauses import CAMPAIGN, Clause
from campaigns.enums import Phase
from campaigns.listing_triggers import bits_of
from campaigns.search import SHORTEST, words_of
from campaigns.triggers import DURATION

MINE = "me"


@dataclass(frozen=True)
class CampaignFilter:
    """What the list shows. What the address says wrongly is left out, never an error."""

    text: str = ""
    phase: str = ""
    region: int | None = None
    channel: int | None = None
    owner: str = ""
    starts: date | None = None
    ends: date | None = None

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> "CampaignFilter":
        """Read the filter from the part of an address behind the question mark."""
        return cls(
            text=query.get("text", "").replace("\x00", "")[:200].strip(),
            phase=query.get("phase", "") if query.get("phase") in Phase.values else "",
            region=_number(query.get("region", "")),
            channel=_number(query.get("channel", "")),
            owner=MINE if query.get("owner") == MINE else "",
            starts=_date(query.get("starts", "")),
            ends=_date(query.get("ends", "")),
        )

    @property
    def is_set(self) -> bool:
        """Whether anything is filtered."""
        return self != CampaignFilter()

    @property
    def too_short(self) -> bool:
        """Whether a text was given that has no word long enough to be searched."""
        return bool(self.text) and not words_of(self.text)

    @property
    def shortest(self) -> int:
        """Letters that a word needs to be searched."""
        return SHORTEST

    def clauses(self, user: User) -> list[Clause]:
        """What is asked of each campaign, the words of the text apart."""
        found = []
        if self.phase:
            found.append(Clause(f"{CAMPAIGN}.phase = %s", (self.phase,)))
        if self.owner:
            found.append(Clause(f"{CAMPAIGN}.owner_id = %s", (user.pk,)))
        if self.starts:
            found.append(_over_from(self.starts))
        if self.ends:
            found.append(Clause(f"{CAMPAIGN}.starts_on <= %s", (self.ends.isoformat(),)))
        if self.region:
            found.append(_at("region_bits", "campaigns_campaignregion", "region_id", self.region))
        if self.channel:
            found.append(_at("channel_bits", "campaigns_campaignchannel", "channel_id", self.channel))
        return found

    def query(self, **place: str) -> str:
        """The address part for this filter, and for a place in the list."""
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        kept = {name: str(value) for name, value in given.items() if value}
        return "?" + urlencode(kept | place)

    def without(self, name: str) -> "CampaignFilter":
        """The same without one filter."""
        return replace(self, **{name: getattr(CampaignFilter(), name)})


def _over_from(day: date) -> Clause:
    """Campaigns that are not over on `day`.

    They can have started no earlier than the longest campaign lasts; without that a list in order of the
    start would read every older one.
    """
    longest = f"(SELECT MAX({DURATION[connection.vendor]}) FROM {CAMPAIGN})"
    on_sqlite = connection.vendor == "sqlite"
    first = f"date(%s, '-' || {longest} || ' days')" if on_sqlite else f"(%s::date - {longest})"
    asked = f"({CAMPAIGN}.ends_on >= %s AND {CAMPAIGN}.starts_on >= {first})"
    return Clause(asked, (day.isoformat(), day.isoformat()))


def _at(bits: str, table: str, place: str, pk: int) -> Clause:
    """Campaigns with this region or channel: asked of the few that have its bit, one by one."""
    here = f"SELECT 1 FROM {table} x WHERE x.campaign_id = {CAMPAIGN}.id AND x.{place} = %s LIMIT 1"
    return Clause(f"({CAMPAIGN}.{bits} & %s <> 0 AND ({here}) IS NOT NULL)", (bits_of([pk]), pk))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
