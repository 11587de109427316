"""Builders: plan and budget of a campaign."""

from accounts.enums import Role
from campaigns.models import Campaign, CampaignPartner
from campaigns.services.budget import propose
from tests.authorization.objects import Place, Target, builds, plain
from tests.factories import BudgetFactory, CampaignFactory, ChannelFactory, DepartmentFactory, marketer

plain("campaigns:list")
plain("campaigns:create", post=200)


def campaign_in(place: Place) -> Campaign:
    """A draft of somebody else's in the region, shared with its reviewer and with the person's department."""
    campaign = CampaignFactory(owner=marketer(), in_regions=[place.region], shared_at="2026-08-01T08:00Z")
    if place.mine and place.role == Role.PARTNER:
        place.user.department = DepartmentFactory()
        place.user.save()
        CampaignPartner.objects.create(campaign=campaign, department=place.user.department)
    BudgetFactory(campaign=campaign, proposed=0)
    return campaign


@builds("campaigns:channel_row")
def channel_row(place: Place) -> Target:
    return Target(query=f"?new_channel={ChannelFactory().pk}", foreign=None)


@builds("campaigns:detail", "campaigns:activity")
def page(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


@builds("campaigns:panels")
def panels(place: Place) -> Target:
    """Asked for without htmx it leads to the page with everything on it."""
    return Target({"pk": campaign_in(place).pk}, get=302, foreign=404)


@builds("campaigns:budget")
def money(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk}, post=200)


@builds("campaigns:edit")
def edit(place: Place) -> Target:
    forbidden = (Role.EXPERT, Role.REVIEWER, Role.PARTNER)
    return Target({"pk": campaign_in(place).pk}, post=200, forbidden=forbidden)


@builds("campaigns:budget_propose")
def budget_propose(place: Place) -> Target:
    campaign = campaign_in(place)
    if place.mine:
        Campaign.objects.filter(pk=campaign.pk).update(owner=place.user)
    return Target({"pk": campaign.pk}, post=200)


@builds("campaigns:budget_approve", "campaigns:budget_reject")
def budget_decide(place: Place) -> Target:
    campaign = campaign_in(place)
    propose(budget=campaign.budget, amount=100, reason="", by=campaign.owner)
    return Target({"pk": campaign.pk}, post=200)
