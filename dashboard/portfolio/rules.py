"""What a person may do with the portfolio."""

from accounts.models import User
from accounts.permissions import MANAGING, PLANNING, rule
from campaigns.models import Campaign
from campaigns.permissions import is_owner_or_manager


@rule("portfolio.see")
def may_see(user: User, _object: object = None) -> bool:
    """Who plans or manages campaigns."""
    return user.rights.has(*PLANNING)


@rule("load_rules.edit")
def may_set_limits(user: User, _rules: object = None) -> bool:
    """Managers and admins."""
    return user.rights.has(*MANAGING)


@rule("warning.set_aside")
def may_set_aside(user: User, campaign: Campaign) -> bool:
    """The owner of the campaign that the warning is about, and managers of all its regions."""
    return is_owner_or_manager(user, campaign)
