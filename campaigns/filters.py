"""Filters of the campaign list, as they stand in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from django.db import connection
from django.db.models import DateField, Exists, OuterRef
from django.db.models.expressions import RawSQL
from django.utils.dateparse import parse_date

from accounts.models import User
from campaigns.enums import Phase
from campaigns.models import CampaignChannel, CampaignRegion
from campaigns.querysets import CampaignQuerySet
from campaigns.search import SHORTEST, narrowed, words_of
from campaigns.triggers import DURATION

MINE = "me"


class Matches(NamedTuple):
    """Campaigns that match: to be read in order, and to be counted (None: too many for that)."""

    rows: CampaignQuerySet
    counted: CampaignQuerySet | None


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

    def apply(self, campaigns: CampaignQuerySet, user: User) -> "Matches":
        """The campaigns that match."""
        if self.phase:
            campaigns = campaigns.filter(phase=self.phase)
        if self.owner:
            campaigns = campaigns.filter(owner=user)
        if self.starts:
            campaigns = campaigns.filter(ends_on__gte=self.starts, starts_on__gte=_earliest(self.starts))
        if self.ends:
            campaigns = campaigns.filter(starts_on__lte=self.ends)
        own = {"campaign": OuterRef("pk")}
        if self.region:
            campaigns = campaigns.filter(Exists(CampaignRegion.objects.filter(**own, region=self.region)))
        if self.channel:
            campaigns = campaigns.filter(Exists(CampaignChannel.objects.filter(**own, channel=self.channel)))
        return Matches(*narrowed(campaigns, self.text))

    def query(self, **place: str) -> str:
        """The address part for this filter, and for a place in the list."""
        given = {item.name: getattr(self, item.name) for item in fields(self)}
        kept = {name: str(value) for name, value in given.items() if value}
        return "?" + urlencode(kept | place)

    def without(self, name: str) -> "CampaignFilter":
        """The same without one filter."""
        return replace(self, **{name: getattr(CampaignFilter(), name)})


def _earliest(day: date) -> RawSQL:
    """The first day on which a campaign that is not over on `day` can have started.

    Without it a list in order of the start would read every older campaign.
    """
    longest = f"(SELECT MAX({DURATION[connection.vendor]}) FROM campaigns_campaign)"
    on_sqlite = connection.vendor == "sqlite"
    sql = f"date(%s, '-' || {longest} || ' days')" if on_sqlite else f"(%s::date - {longest})"
    return RawSQL(sql, [day.isoformat()], output_field=DateField())


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _date(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
