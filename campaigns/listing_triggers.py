"""What the list reads instead of a campaign's regions and channels: a bit for each, kept by triggers.

An index that has these bits answers most filters by itself. More places than bits share one, so a bit only
says that a look is worth it (campaigns/filters.py, querysets.py look).
"""

from collections.abc import Iterable

from core.triggers import Trigger, act

CAMPAIGN = "campaigns_campaign"
# As many as a signed 64-bit number can add up.
BITS = 62
# The column of the campaign, the table of its places, and the column that names one.
KEPT = (
    ("region_bits", "campaigns_campaignregion", "region_id"),
    ("channel_bits", "campaigns_campaignchannel", "channel_id"),
)


def bits_of(ids: Iterable[int]) -> int:
    """The bits of regions or channels with these ids."""
    found = 0
    for pk in ids:
        found |= 1 << pk % BITS
    return found


def refill(column: str, table: str, place: str) -> str:
    """SQL that gives every campaign the bits of its places."""
    return f"UPDATE {CAMPAIGN} SET {column} = {_all(table, place)}"


def _bit(place: str) -> str:
    return f"(CAST(1 AS bigint) << CAST({place} % {BITS} AS integer))"


def _all(table: str, place: str) -> str:
    # Different bits add up to what OR would give; both databases can add.
    bits = f"CAST(COALESCE(SUM(DISTINCT {_bit(f'x.{place}')}), 0) AS bigint)"
    return f"(SELECT {bits} FROM {table} x WHERE x.campaign_id = {CAMPAIGN}.id)"


def _kept(column: str, table: str, place: str) -> list[Trigger]:
    new, name = _bit(f"NEW.{place}"), f"ek_{column}"
    again = refill(column, table, place)
    moved = f"(OLD.campaign_id <> NEW.campaign_id OR OLD.{place} <> NEW.{place})"
    return [
        act(
            name=f"{name}_insert",
            table=table,
            event="INSERT",
            body=f"UPDATE {CAMPAIGN} SET {column} = {column} | {new}"
            f" WHERE id = NEW.campaign_id AND {column} & {new} = 0;",
        ),
        act(name=f"{name}_delete", table=table, event="DELETE", body=f"{again} WHERE id = OLD.campaign_id;"),
        act(
            name=f"{name}_update",
            table=table,
            event="UPDATE",
            body=f"{again} WHERE id IN (OLD.campaign_id, NEW.campaign_id) AND {moved};",
        ),
    ]


TRIGGERS = [trigger for kept in KEPT for trigger in _kept(*kept)]
