"""What holds whoever writes: sums of money, launches by record only, history that stays."""

from campaigns.decision_triggers import TRIGGERS as DECISIONS
from campaigns.listing_triggers import TRIGGERS as LISTING
from campaigns.money_triggers import TRIGGERS as MONEY
from campaigns.partner_triggers import TRIGGERS as PARTNERS
from campaigns.stage_triggers import TRIGGERS as STAGES
from core.triggers import Trigger, act, append_only, refuse

BUDGET, ALLOCATION, REGION = "campaigns_budget", "campaigns_allocation", "campaigns_campaignregion"
CAMPAIGN = "campaigns_campaign"


def _add(sign: str, row: str) -> str:
    # A difference, not a new sum: under PostgreSQL a waiting writer then adds to what the first one left.
    # ROUND keeps SQLite's floating point at whole cents.
    change = f"ROUND(allocated {sign} {row}.amount, 2)"
    return f"UPDATE {BUDGET} SET allocated = {change} WHERE id = {row}.budget_id;"


_NO_LAUNCH = """NEW.running IN ('live', 'paused') AND NOT EXISTS (
    SELECT 1 FROM campaigns_launchrecord l
    WHERE l.id = NEW.launch_id AND l.campaign_region_id = NEW.id AND l.release_id = NEW.release_id)"""
_FOREIGN_RELEASE = """NOT EXISTS (
    SELECT 1 FROM campaigns_release r JOIN campaigns_campaignregion c ON c.campaign_id = r.campaign_id
    WHERE r.id = NEW.release_id AND c.id = NEW.campaign_region_id)"""
_FOREIGN_CHANNEL = """NOT EXISTS (
    SELECT 1 FROM campaigns_budget b JOIN campaigns_campaignchannel c ON c.campaign_id = b.campaign_id
    WHERE b.id = NEW.budget_id AND c.id = NEW.campaign_channel_id)"""

# The edges of services/transitions.py; a row may be made in any state, but not moved along another edge.
_STATE_EDGES = (
    ("draft", "in_review"),
    ("in_review", "draft"),
    ("in_review", "approved"),
    ("approved", "draft"),
    *((state, "cancelled") for state in ("draft", "in_review", "approved")),
    *((state, "evaluated") for state in ("draft", "in_review", "approved")),
)
_RUNNING_EDGES = (
    ("waiting", "live"),
    ("live", "paused"),
    ("paused", "live"),
    ("live", "finished"),
    ("paused", "finished"),
)
FLIGHT = "campaigns_flight"
_OUTSIDE_CAMPAIGN = f"""EXISTS (
    SELECT 1 FROM campaigns_campaignchannel l JOIN {CAMPAIGN} c ON c.id = l.campaign_id
    WHERE l.id = NEW.campaign_channel_id AND (NEW.starts_on < c.starts_on OR NEW.ends_on > c.ends_on))"""
_KEEP_REMOVAL = f"""INSERT INTO {FLIGHT}removal
    (flight_id, campaign_id, channel_id, starts_on, ends_on, removed_at)
    SELECT OLD.id, l.campaign_id, l.channel_id, OLD.starts_on, OLD.ends_on, CURRENT_TIMESTAMP
    FROM campaigns_campaignchannel l WHERE l.id = OLD.campaign_channel_id;"""
_CLOSED_CAMPAIGN = f"""NEW.running = 'live' AND OLD.running <> 'live' AND EXISTS (
    SELECT 1 FROM {CAMPAIGN} c WHERE c.id = NEW.campaign_id AND c.state IN ('cancelled', 'evaluated'))"""


def _off_the_edges(column: str, edges: tuple[tuple[str, str], ...]) -> str:
    allowed = " OR ".join(f"(OLD.{column} = '{a}' AND NEW.{column} = '{b}')" for a, b in edges)
    return f"OLD.{column} <> NEW.{column} AND NOT ({allowed})"


# A change is discarded: back to the release that was approved, and to no other one.
_DISCARDED = (
    "(OLD.state = 'draft' AND NEW.state = 'approved'"
    " AND OLD.release_id IS NOT NULL AND OLD.release_id = NEW.release_id)"
)


SEARCH = "campaigns_campaignsearch"
# How many days lie between a campaign's first and last day.
DURATION = {"postgresql": "ends_on - starts_on", "sqlite": "julianday(ends_on) - julianday(starts_on)"}
_UNLIST = f"INSERT INTO {SEARCH}({SEARCH}, rowid, name) VALUES ('delete', OLD.id, OLD.name);"
_LIST = f"INSERT INTO {SEARCH}(rowid, name) VALUES (NEW.id, NEW.name);"


def _duration_index() -> Trigger:
    """Gives the longest campaign at once (campaigns/filters.py).

    No trigger, but made again like one: SQLite loses with a rebuilt table what Django does not know of.
    """
    made = f"CREATE INDEX IF NOT EXISTS campaign_days ON {CAMPAIGN} "
    return Trigger(
        "campaign_days",
        CAMPAIGN,
        (f"{made} (({DURATION['postgresql']}))",),
        (f"{made} ({DURATION['sqlite']})",),
    )


def _listed(event: str, name: str, body: str) -> Trigger:
    """Keeps SQLite's search index in step with the names (campaigns/search.py); PostgreSQL does it itself."""
    # Not ek_: it must also run where tests put the others aside to empty the tables.
    statements = (
        f"DROP TRIGGER IF EXISTS {name}",
        f"CREATE TRIGGER {name} AFTER {event} ON {CAMPAIGN} FOR EACH ROW BEGIN {body} END",
    )
    return Trigger(name, CAMPAIGN, (), statements)


TRIGGERS = [
    *DECISIONS,
    *LISTING,
    *MONEY,
    *STAGES,
    *PARTNERS,
    _duration_index(),
    _listed("INSERT", "campaignsearch_insert", _LIST),
    _listed("DELETE", "campaignsearch_delete", _UNLIST),
    _listed("UPDATE OF name", "campaignsearch_update", _UNLIST + _LIST),
    act(name="ek_allocation_insert", table=ALLOCATION, event="INSERT", body=_add("+", "NEW")),
    act(name="ek_allocation_delete", table=ALLOCATION, event="DELETE", body=_add("-", "OLD")),
    act(
        name="ek_allocation_update",
        table=ALLOCATION,
        event="UPDATE",
        body=f"UPDATE {BUDGET} SET allocated = ROUND(allocated + NEW.amount - OLD.amount, 2)"
        " WHERE id = NEW.budget_id;",
    ),
    refuse(
        name="ek_allocation_moves_not",
        table=ALLOCATION,
        event="UPDATE",
        when="NEW.budget_id <> OLD.budget_id",
        message="An allocation stays in its budget",
    ),
    refuse(
        name="ek_allocation_own_campaign",
        table=ALLOCATION,
        event="INSERT",
        when=_FOREIGN_CHANNEL,
        message="An allocation goes to a channel of the same campaign",
    ),
    refuse(
        name="ek_region_insert_running",
        table=REGION,
        event="INSERT",
        when=_NO_LAUNCH,
        message="A region runs only by a launch record of its release",
    ),
    refuse(
        name="ek_region_update_running",
        table=REGION,
        event="UPDATE",
        when=_NO_LAUNCH,
        message="A region runs only by a launch record of its release",
    ),
    refuse(
        name="ek_launch_own_release",
        table="campaigns_launchrecord",
        event="INSERT",
        when=_FOREIGN_RELEASE,
        message="A region launches only a release of its own campaign",
    ),
    refuse(
        name="ek_campaign_state_edges",
        table=CAMPAIGN,
        event="UPDATE",
        when=f"{_off_the_edges('state', _STATE_EDGES)} AND NOT {_DISCARDED}",
        message="A campaign does not move from this state to that one",
    ),
    refuse(
        name="ek_region_running_edges",
        table=REGION,
        event="UPDATE",
        when=_off_the_edges("running", _RUNNING_EDGES),
        message="A region does not move from this state to that one",
    ),
    refuse(
        name="ek_region_of_closed_campaign",
        table=REGION,
        event="UPDATE",
        when=_CLOSED_CAMPAIGN,
        message="A closed campaign goes live nowhere",
    ),
    *(
        refuse(
            name=f"ek_flight_{event.lower()}_in_campaign",
            table=FLIGHT,
            event=event,
            when=_OUTSIDE_CAMPAIGN,
            message="A flight lies within its campaign",
        )
        for event in ("INSERT", "UPDATE")
    ),
    act(name="ek_flight_removed", table=FLIGHT, event="DELETE", body=_KEEP_REMOVAL),
    *append_only("campaigns_release"),
    *append_only("campaigns_launchrecord"),
    *append_only("campaigns_budgetround"),
    *append_only("campaigns_contentversion"),
    *append_only("campaigns_passageverdict"),
    *append_only("campaigns_reviewapproval"),
]
