"""Builders: the portfolio with its load, warnings and limits."""

from accounts.enums import Role
from tests.authorization.objects import Place, Target, builds, plain
from tests.authorization.planning import campaign_in

plain("portfolio", "portfolio_load", "portfolio_warnings")
plain("portfolio_limits", post=200)

# The campaign is somebody else's: only managers of its region speak for it.
NOT_MANAGING = (Role.MARKETER, Role.EXPERT, Role.ADMIN)


@builds("portfolio_campaign")
def card(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


@builds("portfolio_warning")
def warning(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk, "key": "short"})


@builds("portfolio_aside")
def aside(place: Place) -> Target:
    """Sent without a reason: refused at the field."""
    return Target({"pk": campaign_in(place).pk, "key": "short"}, post=422, forbidden=NOT_MANAGING)


@builds("portfolio_take_up")
def take_up(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk, "key": "short"}, forbidden=NOT_MANAGING)


@builds("portfolio_step")
def step(place: Place) -> Target:
    """Sent without what to do: refused."""
    return Target({"pk": campaign_in(place).pk}, post=422)
