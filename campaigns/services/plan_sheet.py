"""The plan as a table: one row per flight of a channel, with what is said of the whole campaign repeated.

The columns are the same for export and import, so that an exported file, imported again, changes nothing.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Prefetch

from campaigns.models import Campaign, CampaignChannel
from campaigns.services.plan_data import ZERO
from core import formats

# By field the column's name in English and in German, as exported, then what else people write.
COLUMNS: dict[str, tuple[str, ...]] = {
    "id": ("ID", "Nummer", "Campaign ID", "Kampagnennummer"),
    "name": ("Campaign", "Kampagne", "Campaign name", "Kampagnenname", "Name", "Titel", "Title"),
    "starts_on": ("First day", "Erster Tag", "Campaign start", "Kampagnenstart", "Start", "Beginn"),
    "ends_on": ("Last day", "Letzter Tag", "Campaign end", "Kampagnenende", "End", "Ende"),
    "goal": ("Goal", "Ziel"),
    "theme": ("Theme", "Thema", "Topic"),
    "purpose": ("What it is about", "Worum es geht", "Purpose", "Zweck", "Beschreibung", "Description"),
    "owner": ("Owner", "Verantwortlich", "Owner e-mail", "Owner's e-mail", "E-Mail Verantwortliche"),
    "regions": ("Regions", "Regionen", "Region", "Markets", "Märkte", "Land", "Länder"),
    "target_groups": ("Target groups", "Zielgruppen", "Target group", "Zielgruppe", "Audience"),
    "partners": ("Partner departments", "Partnerabteilungen", "Partners", "Partner"),
    "currency": ("Currency", "Währung", "Waehrung"),
    "budget": ("Budget", "Gesamtbudget", "Total budget", "Proposed budget", "Vorgeschlagenes Budget"),
    "channel": ("Channel", "Kanal", "Medium"),
    "expert": ("Expert", "Experte", "Expertin", "Kanalexperte", "Channel expert", "Expert's e-mail"),
    "reach": ("Regions of the channel", "Regionen des Kanals", "Channel regions", "Kanalregionen"),
    "from": ("From", "Von", "Flight from", "Flight von", "Schaltung von"),
    "to": ("To", "Bis", "Until", "Flight to", "Flight bis", "Schaltung bis"),
    "allocation": ("Allocation", "Zuteilung", "Channel budget", "Kanalbudget", "Allocated"),
}
NEEDED = ("name", "starts_on", "ends_on")
# Fields that belong to a channel's row; the others are said of the whole campaign.
OF_CHANNEL = ("channel", "expert", "reach", "from", "to", "allocation")
OF_CAMPAIGN = tuple(key for key in COLUMNS if key not in OF_CHANNEL)
CHUNK = 200


def label(field: str) -> str:
    """A column's name in the person's language."""
    return COLUMNS[field][1 if formats.language() == "de" else 0]


def header() -> list[str]:
    """Names of all columns, in the order of `lines`."""
    return [label(field) for field in COLUMNS]


def joined(values: Iterable[object]) -> str:
    """Several names in one cell: `DE; AT`, with quotation marks where a name has a semicolon itself."""
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="").writerow([str(value) for value in values])
    return out.getvalue().replace(";", "; ") if '"' not in out.getvalue() else out.getvalue()


def parted(text: str) -> list[str]:
    """The names in one cell, as `joined` wrote them or a person did (semicolons or lines)."""
    rows = csv.reader(text.splitlines(), delimiter=";", skipinitialspace=True)
    return [part.strip() for row in rows for part in row if part.strip()]


def lines(ids: Iterable[int]) -> Iterator[list[Any]]:
    """Rows of these campaigns, in this order; read in portions, so that any number fits into memory."""
    wanted = list(ids)
    for first in range(0, len(wanted), CHUNK):
        portion = wanted[first : first + CHUNK]
        found = {row.pk: row for row in _campaigns(portion)}
        for pk in portion:
            if pk in found:
                yield from _lines_of(found[pk])


def _campaigns(ids: list[int]) -> Iterable[Campaign]:
    channels = CampaignChannel.objects.select_related("channel", "expert", "allocation")
    channels = channels.prefetch_related("flights", "regions__region")
    found = Campaign.objects.filter(pk__in=ids).select_related("goal", "theme", "owner", "budget")
    return found.prefetch_related(
        "target_groups",
        "partners__department",
        "regions__region",
        Prefetch("channels", queryset=channels),
    )


def _lines_of(campaign: Campaign) -> Iterator[list[Any]]:
    about = _about(campaign)
    channels = list(campaign.channels.all())
    if not channels:
        yield [*about, None, None, None, None, None, None]
    for channel in channels:
        yield from ([*about, *values] for values in _channel(channel, len(campaign.regions.all())))


def _about(campaign: Campaign) -> list[Any]:
    budget = getattr(campaign, "budget", None)
    return [
        str(campaign.pk),
        campaign.name,
        campaign.starts_on,
        campaign.ends_on,
        campaign.goal and campaign.goal.title,
        campaign.theme and campaign.theme.title,
        campaign.purpose or None,
        campaign.owner.email,
        "; ".join(_region(campaign, row) for row in campaign.regions.all()) or None,
        joined(campaign.target_groups.all()) or None,
        "; ".join(row.department.code for row in campaign.partners.all() if row.department) or None,
        budget.currency if budget else None,
        (budget.proposed or None) if budget else None,
    ]


def _region(campaign: Campaign, row: Any) -> str:
    """Its code, and its own days where they are not the campaign's."""
    if (row.starts_on, row.ends_on) == (campaign.starts_on, campaign.ends_on):
        return row.region.code
    return f"{row.region.code} {row.starts_on.isoformat()} – {row.ends_on.isoformat()}"


def _channel(row: CampaignChannel, regions: int) -> Iterator[list[Any]]:
    """A row per flight; the allocation stands in the first one, as sums of the column should be right."""
    carried = list(row.regions.all())
    reach = None if len(carried) == regions else "; ".join(item.region.code for item in carried)
    amount = row.allocation.amount if hasattr(row, "allocation") else ZERO
    expert = row.expert and row.expert.email
    flights = [(flight.starts_on, flight.ends_on) for flight in row.flights.all()] or [(None, None)]
    for place, (starts_on, ends_on) in enumerate(flights):
        yield [row.channel.code, expert, reach, starts_on, ends_on, None if place else amount]
