"""Builders: strategies, decisions and themes."""

from accounts.enums import Role
from campaigns.enums import DecisionState
from campaigns.models import Campaign, Decision, Milestone, Strategy, Theme
from tests.authorization.objects import Place, Target, builds, plain
from tests.authorization.planning import campaign_in
from tests.factories import marketer

plain("strategy:list")
plain("strategy:create", "decisions:create", "themes:create", post=200)
plain("decisions:list", "themes:board")


def strategy() -> Strategy:
    """Somebody else's."""
    return Strategy.objects.create(
        title="Nearer", starts_on="2026-01-01", ends_on="2027-12-31", owner=marketer()
    )


@builds("strategy:detail", "strategy:pdf")
def strategy_page(place: Place) -> Target:
    return Target({"pk": strategy().pk}, foreign=None)


@builds("strategy:edit")
def strategy_edit(place: Place) -> Target:
    """Empty it is shown again; a marketer changes only his own."""
    kwargs = {"pk": strategy().pk, "part": "about"}
    return Target(kwargs, post=200, foreign=None, forbidden=(Role.MARKETER,))


@builds("strategy:part")
def strategy_part(place: Place) -> Target:
    kwargs = {"pk": strategy().pk, "kind": "goals"}
    return Target(kwargs, post=200, foreign=None, forbidden=(Role.MARKETER,))


@builds("strategy:remove")
def strategy_remove(place: Place) -> Target:
    made = Milestone.objects.create(strategy=strategy(), on="2026-05-01", title="Agreed")
    kwargs = {"pk": made.strategy_id, "kind": "milestones", "part_pk": made.pk}
    return Target(kwargs, foreign=None, forbidden=(Role.MARKETER,))


@builds("campaigns:decisions")
def campaign_decisions(place: Place) -> Target:
    return Target({"pk": campaign_in(place).pk})


def decision(campaign: Campaign | None, state: DecisionState = DecisionState.ASKED) -> Decision:
    """Somebody else's, about the campaign."""
    about = {"title": "No TV", "what": "We leave TV out.", "why": "Nobody watches.", "campaign": campaign}
    return Decision.objects.create(state=state, by=marketer(), **about)


@builds("decisions:detail")
def decision_page(place: Place) -> Target:
    """A team lead sees what his department is asked only."""
    made = decision(campaign_in(place))
    if place.role == Role.TEAM_LEAD and place.mine:
        made = Decision.objects.create(state=DecisionState.ASKED, by=place.user, title="x", what="x", why="x")
    return Target({"pk": made.pk})


@builds("decisions:edit")
def decision_edit(place: Place) -> Target:
    made = decision(campaign_in(place), DecisionState.DRAFT)
    return Target({"pk": made.pk}, post=200, forbidden=(Role.MARKETER, Role.ADMIN))


@builds("decisions:step")
def decision_step(place: Place) -> Target:
    """Taking it back: its author and managers."""
    made = decision(campaign_in(place))
    return Target({"pk": made.pk, "step": "back"}, forbidden=(Role.MARKETER, Role.ADMIN))


@builds("decisions:answer")
def decision_answer(place: Place) -> Target:
    """Nobody here belongs to the department that is asked."""
    made = decision(campaign_in(place))
    if place.role == Role.TEAM_LEAD and place.mine:
        made = Decision.objects.create(state=DecisionState.ASKED, by=place.user, title="x", what="x", why="x")
    return Target({"pk": made.pk}, post=403)


def theme() -> Theme:
    """An idea."""
    return Theme.objects.create(title="Rain")


@builds("themes:detail", "themes:edit")
def theme_page(place: Place) -> Target:
    return Target({"pk": theme().pk}, post=200, foreign=None)


@builds("themes:vote")
def theme_vote(place: Place) -> Target:
    return Target({"pk": theme().pk}, {"vote": "1"}, foreign=None)


@builds("themes:move")
def theme_move(place: Place) -> Target:
    return Target({"pk": theme().pk}, {"state": "discussed", "version": "1"}, foreign=None)
