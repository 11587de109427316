"""Builders: plan and budget of a campaign."""

from datetime import date
from decimal import Decimal

from accounts.enums import Role
from accounts.models import User
from campaigns.models import (
    Campaign,
    CampaignTemplate,
    Commitment,
    Expense,
    PlanImport,
    Scenario,
    SpendingImport,
    Stage,
)
from campaigns.services.budget import allocate, approve, propose
from campaigns.services.costs import Cost
from campaigns.services.spending import commit, spend
from tests.authorization.objects import Place, Target, builds, invited, plain
from tests.factories import (
    BudgetFactory,
    CampaignChannelFactory,
    CampaignFactory,
    ChannelFactory,
    manager,
    marketer,
)

plain("campaigns:list")
plain("campaigns:create", post=200)


def campaign_in(place: Place) -> Campaign:
    """A draft of somebody else's in the region, shared with its reviewer and with the person's department."""
    campaign = CampaignFactory(owner=marketer(), in_regions=[place.region], shared_at="2026-08-01T08:00Z")
    invited(place, campaign)
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


@builds("campaigns:budget_counter")
def budget_counter(place: Place) -> Target:
    return budget_decide(place)


@builds("campaigns:budget_accept")
def budget_accept(place: Place) -> Target:
    return budget_propose(place)


FORBIDDEN = (Role.EXPERT, Role.REVIEWER, Role.PARTNER)


@builds("campaigns:spending", "campaigns:budget_history", "campaigns:scenarios")
def money_pages(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


@builds(
    "campaigns:budget_move", "campaigns:commitment_new", "campaigns:expense_new", "campaigns:scenario_new"
)
def money_forms(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk}, post=200, forbidden=FORBIDDEN)


plain("campaigns:plan_import", post=200)
plain("campaigns:templates")


@builds("campaigns:copy", "campaigns:template_keep")
def copied(place: Place) -> Target:
    forbidden = (Role.EXPERT, Role.REVIEWER, Role.PARTNER)
    return Target({"pk": campaign_in(place).pk}, post=200, forbidden=forbidden)


@builds("campaigns:stages")
def stages(place: Place) -> Target:
    forbidden = (Role.EXPERT, Role.REVIEWER, Role.PARTNER)
    return Target({"pk": campaign_in(place).pk}, post=200, forbidden=forbidden)


@builds("campaigns:stage_decide")
def stage_decide(place: Place) -> Target:
    campaign = campaign_in(place)
    stage = Stage.objects.create(campaign=campaign, position=0, name="Pilot")
    forbidden = (Role.MARKETER, Role.EXPERT, Role.REVIEWER, Role.PARTNER, Role.ADMIN)
    return Target({"pk": campaign.pk, "stage_pk": stage.pk}, post=200, forbidden=forbidden)


@builds("campaigns:fact_checked")
def fact_checked(place: Place) -> Target:
    forbidden = (Role.EXPERT, Role.REVIEWER, Role.PARTNER, Role.MANAGER, Role.ADMIN)
    return Target({"pk": campaign_in(place).pk}, post=302, forbidden=forbidden)


def template_of(user: User) -> CampaignTemplate:
    days = {"starts_on": date(2026, 9, 21), "ends_on": date(2026, 10, 31)}
    return CampaignTemplate.objects.create(name=f"Launch {user.pk}", parts={}, by=user, **days)


@builds("campaigns:from_template")
def from_template(place: Place) -> Target:
    return Target({"template_pk": template_of(place.user).pk}, post=200, foreign=None)


@builds("campaigns:template_drop")
def template_drop(place: Place) -> Target:
    return Target({"template_pk": template_of(place.user).pk}, post=302, foreign=None)


@builds("campaigns:plan_export")
def plan_export(_place: Place) -> Target:
    return Target({"kind": "csv"}, foreign=None)


@builds("campaigns:plan_preview", "campaigns:plan_columns")
def plan_file(place: Place) -> Target:
    """A file of one's own with one campaign; somebody else's is not there."""
    rows = [[2, ["Spring", "2026-09-21", "2026-10-31"]]]
    by = place.user if place.mine else marketer()
    made = PlanImport.objects.create(name="a", header=["Campaign", "Start", "Ende"], rows=rows, by=by)
    return Target({"import_pk": made.pk}, post=302)


@builds("campaigns:money_import")
def money_import(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk, "kind": "expenses"}, post=200, forbidden=FORBIDDEN)


@builds("campaigns:money_import_preview")
def money_import_preview(place: Place) -> Target:
    campaign = campaign_in(place)
    made = SpendingImport.objects.create(
        budget=campaign.budget, kind="expenses", name="a", rows=[], by=place.user
    )
    return Target(
        {"pk": campaign.pk, "kind": "expenses", "import_pk": made.pk}, get=200, post=302, forbidden=FORBIDDEN
    )


@builds("campaigns:money_export")
def money_export(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk, "what": "history", "kind": "csv"})


def _paid(place: Place) -> Expense:
    campaign = campaign_in(place)
    channel = CampaignChannelFactory(campaign=campaign)
    values = {"supplier": "Print", "number": str(channel.pk), "on": date(2026, 9, 1), "currency": "EUR"}
    cost = Cost(channel=channel, amount=Decimal(5), **values)
    return spend(budget=campaign.budget, cost=cost, by=campaign.owner)


@builds("campaigns:expense_correct")
def expense(place: Place) -> Target:
    made = _paid(place)
    return Target({"pk": made.budget.campaign_id, "cost_pk": made.pk}, post=200, forbidden=FORBIDDEN)


@builds("campaigns:expense_reverse")
def expense_reverse(place: Place) -> Target:
    made = _paid(place)
    return Target({"pk": made.budget.campaign_id, "cost_pk": made.pk}, post=200)


def _ordered(place: Place) -> Commitment:
    campaign = campaign_in(place)
    channel = CampaignChannelFactory(campaign=campaign)
    boss = manager()
    propose(budget=campaign.budget, amount=100, reason="", by=campaign.owner)
    approve(budget=campaign.budget, by=boss)
    allocate(budget=campaign.budget, amounts={channel.pk: Decimal(100)}, by=boss)
    values = {"supplier": "Print", "number": str(channel.pk), "on": date(2026, 9, 1), "currency": "EUR"}
    return commit(budget=campaign.budget, cost=Cost(channel=channel, amount=Decimal(5), **values), by=boss)


@builds("campaigns:commitment_correct")
def commitment(place: Place) -> Target:
    made = _ordered(place)
    return Target({"pk": made.budget.campaign_id, "cost_pk": made.pk}, post=200, forbidden=FORBIDDEN)


@builds("campaigns:commitment_close")
def commitment_close(place: Place) -> Target:
    made = _ordered(place)
    return Target({"pk": made.budget.campaign_id, "cost_pk": made.pk}, post=200)


def _scenario(place: Place, **answers: object) -> Target:
    campaign = campaign_in(place)
    made = Scenario.objects.create(budget=campaign.budget, name="More mail", by=campaign.owner)
    return Target({"pk": campaign.pk, "scenario_pk": made.pk}, **answers)


@builds("campaigns:scenario_edit")
def scenario_edit(place: Place) -> Target:
    return _scenario(place, post=200, forbidden=FORBIDDEN)


@builds("campaigns:scenario_choose")
def scenario_choose(place: Place) -> Target:
    return _scenario(place, post=200)


@builds("campaigns:scenario_drop")
def scenario_drop(place: Place) -> Target:
    return _scenario(place)
