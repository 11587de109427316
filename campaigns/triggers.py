"""What holds whoever writes: sums of money, launches by record only, history that stays."""

from core.triggers import act, append_only, refuse

BUDGET, ALLOCATION, REGION = "campaigns_budget", "campaigns_allocation", "campaigns_campaignregion"


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

TRIGGERS = [
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
    *append_only("campaigns_release"),
    *append_only("campaigns_launchrecord"),
    *append_only("campaigns_decision"),
    *append_only("campaigns_budgetround"),
    *append_only("campaigns_contentversion"),
    *append_only("campaigns_passageverdict"),
    *append_only("campaigns_reviewapproval"),
]
