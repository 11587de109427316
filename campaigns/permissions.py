"""Who may do what with a campaign that he can see; asked through accounts.permissions.can()."""

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import CAMPAIGN_READERS, rule
from accounts.rights import PLANNERS
from campaigns.enums import DecisionKind
from campaigns.models import (
    Campaign,
    CampaignRegion,
    Decision,
    SavedView,
    ShareLink,
    Strategy,
    Theme,
    Variant,
)

MANAGING = (Role.MANAGER, Role.ADMIN)
PLANS = (Role.MARKETER, *MANAGING)


def holds_in_campaign(user: User, campaign: Campaign, *roles: str) -> bool:
    """True if the person holds one of the roles in a region of the campaign (or everywhere)."""
    regions = user.rights.regions(*roles)
    if not regions:
        return regions is None
    return any(row.region_id in regions for row in campaign.regions.all())


def plans_its_own(user: User, owner: int) -> bool:
    """The owner (id) of a campaign, while he still plans campaigns."""
    return owner == user.pk and user.rights.has(*PLANS)


@rule("campaign.create")
def may_create(user: User, _campaign: Campaign | None = None) -> bool:
    """Marketers, managers and admins, in whichever region."""
    return user.rights.has(*PLANS)


@rule("campaign.edit")
def may_edit(user: User, campaign: Campaign) -> bool:
    """The owner while he still plans campaigns, and who plans or manages in one of its regions."""
    return plans_its_own(user, campaign.owner_id) or holds_in_campaign(user, campaign, *PLANS)


@rule("budget.propose")
def may_propose(user: User, campaign: Campaign) -> bool:
    """The owner."""
    return campaign.owner_id == user.pk


@rule("budget.decide")
def may_decide(user: User, campaign: Campaign) -> bool:
    """A manager of one of its regions who is not the owner."""
    return campaign.owner_id != user.pk and holds_in_campaign(user, campaign, Role.MANAGER)


@rule("money.record")
def may_record(user: User, campaign: Campaign) -> bool:
    """Who may plan the campaign enters its orders and invoices."""
    return may_edit(user, campaign)


# --- The campaign's life (services/transitions.py). A manager stands for a campaign when he is one in every
# region of it, for one region in that region. Somebody who has left the company may do nothing.


def is_owner(user: User, campaign: Campaign) -> bool:
    """The person who answers for the campaign, while he is with the company."""
    return bool(user.is_active and campaign.owner_id == user.pk)


def is_manager(user: User, campaign: Campaign) -> bool:
    """A manager in every region of the campaign."""
    if not user.rights.has(Role.MANAGER):
        return False
    return manages_all(user, {row.region_id for row in campaign.regions.all()})


def manages_all(user: User, region_ids: set[int]) -> bool:
    """A manager in every one of these regions (ids), of which there is at least one."""
    managed = user.rights.regions(Role.MANAGER)
    return managed is None or (bool(region_ids) and region_ids <= managed)


def is_other_manager(user: User, campaign: Campaign) -> bool:
    """A manager who is not the owner: nobody approves, or makes an exception for, what is his own."""
    return campaign.owner_id != user.pk and is_manager(user, campaign)


def is_owner_or_manager(user: User, campaign: Campaign) -> bool:
    """The owner, or a manager in every region."""
    return is_owner(user, campaign) or is_manager(user, campaign)


def runs_region(user: User, region: CampaignRegion) -> bool:
    """The owner, or a manager in this region: start, pause, resume, finish, replace."""
    return is_owner(user, region.campaign) or user.rights.has_in(region.region_id, Role.MANAGER)


def may_waive(user: User, region: CampaignRegion) -> bool:
    """A manager in this region who is not the owner."""
    return region.campaign.owner_id != user.pk and user.rights.has_in(region.region_id, Role.MANAGER)


# --- Links for people outside (services/share_links.py). Asked again at every opening.


@rule("link.make")
def may_share_plan(user: User, campaign: Campaign) -> bool:
    """The owner, and managers of all its regions, while they hold any role at all."""
    return bool(user.rights.roles) and is_owner_or_manager(user, campaign)


@rule("link.make_view")
def may_share_view(user: User, view: SavedView) -> bool:
    """Whoever saved the view, while he plans campaigns."""
    return view.owner_id == user.pk and user.rights.has(*PLANS)


@rule("link.revoke")
def may_revoke_link(user: User, link: ShareLink) -> bool:
    """Who made it, who could make it, and admins."""
    if link.by_id == user.pk or user.rights.has(Role.ADMIN):
        return True
    return link.campaign is not None and may_share_plan(user, link.campaign)


# --- The message (services/message.py).


@rule("message.edit")
def may_write_message(user: User, campaign: Campaign) -> bool:
    """Core message, facts and any variant: the owner, and marketers of one of its regions."""
    return campaign.owner_id == user.pk or holds_in_campaign(user, campaign, Role.MARKETER)


@rule("variant.edit")
def may_write_variant(user: User, variant: Variant) -> bool:
    """The expert named for its channel, and whoever may write the message."""
    return may_confirm_variant(user, variant) or may_write_message(user, variant.campaign)


@rule("variant.confirm")
def may_confirm_variant(user: User, variant: Variant) -> bool:
    """Nobody but the expert named for its channel."""
    return variant.campaign_channel.expert_id == user.pk


# --- Strategies, decisions, themes.


@rule("strategy.create")
def may_create_strategy(user: User, _strategy: Strategy | None = None) -> bool:
    """Who plans campaigns."""
    return user.rights.has(*PLANS)


@rule("strategy.edit")
def may_edit_strategy(user: User, strategy: Strategy) -> bool:
    """Its owner while he still plans, managers and admins."""
    return user.rights.has(*MANAGING) or (strategy.owner_id == user.pk and user.rights.has(*PLANS))


@rule("decision.write")
def may_write_decision(user: User, decision: Decision | None = None) -> bool:
    """Who may plan the campaign that it is about; about no campaign, whoever plans anywhere."""
    if decision is None or decision.campaign_id is None:
        return user.rights.has(*PLANS)
    return may_edit(user, decision.campaign)


@rule("decision.edit")
def may_edit_decision(user: User, decision: Decision) -> bool:
    """Its author while he plans, and who could decide it; only what people wrote, never what the gate did."""
    if decision.kind != DecisionKind.GENERAL:
        return False
    return (decision.by_id == user.pk and user.rights.has(*PLANS)) or may_settle(user, decision)


@rule("decision.decide")
def may_settle(user: User, decision: Decision) -> bool:
    """A manager of one of the campaign's regions; about no campaign, any manager."""
    if decision.campaign_id is None:
        return user.rights.has(Role.MANAGER)
    return holds_in_campaign(user, decision.campaign, Role.MANAGER)


@rule("theme.edit")
def may_edit_themes(user: User, _theme: Theme | None = None) -> bool:
    """Planners: marketers, experts, managers, admins."""
    return user.rights.has(*PLANNERS)


@rule("theme.discuss")
def may_discuss_themes(user: User, _theme: Theme | None = None) -> bool:
    """Everybody who sees the board."""
    return user.rights.has(*CAMPAIGN_READERS)
