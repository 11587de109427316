"""How the audit log says what happens to plans and budgets (registered in AppConfig.ready)."""

from django.utils.translation import gettext_lazy as _

PLANNING = {
    "campaign.created": _("created the campaign"),
    "stages.planned": _("planned the stages %(names)s"),
    "stage.go": _("let the rollout go on after %(stage)s: %(reason)s"),
    "stage.change": _("asked for changes after %(stage)s: %(reason)s"),
    "stage.stop": _("stopped the rollout after %(stage)s: %(reason)s"),
    "campaign.copied": _("took over parts of %(name)s"),
    "campaign.template_kept": _("kept the campaign as the template %(name)s"),
    "template.changed": _("changed the template %(old_name)s, now %(name)s"),
    "fact.checked": _("found that %(label)s still holds"),
    "campaign.changed": _("changed what the campaign is about"),
    "campaign.moved": _("moved the campaign: %(starts_on)s to %(ends_on)s"),
    "campaign.handed_over": _("handed the campaign over to %(owner)s"),
    "campaign.target_groups": _("set the target groups: %(names)s"),
    "partner.invited": _("invited %(department)s as a partner"),
    "partner.person_invited": _("invited %(person)s as a partner"),
    "partner.person_removed": _("removed %(person)s from the partners"),
    "contribution.asked": _("asked %(to)s for a contribution: “%(text)s”"),
    "contribution.offered": _("contributed: “%(text)s”"),
    "contribution.question": _("asked %(to)s: “%(text)s”"),
    "contribution.question_team": _("asked the campaign's team: “%(text)s”"),
    "contribution.given": _("contributed what was asked for: “%(text)s”"),
    "contribution.unable": _("cannot contribute what was asked for: “%(text)s”, because: “%(reason)s”"),
    "contribution.answered": _("answered: “%(text)s”"),
    "contribution.taken": _("took up a contribution of %(name)s: “%(text)s”"),
    "contribution.declined": _("declined a contribution of %(name)s: “%(text)s”, because: “%(reason)s”"),
    "contribution.withdrawn": _("took back: “%(text)s”"),
    "partner.removed": _("removed %(department)s from the partners"),
    "region.added": _("added %(region)s, %(starts_on)s to %(ends_on)s"),
    "region.moved": _("moved %(region)s to %(starts_on)s to %(ends_on)s"),
    "region.removed": _("removed %(region)s"),
    "channel.added": _("added the channel %(channel)s"),
    "channel.removed": _("removed the channel %(channel)s"),
    "channel.left_out": _("left out the channel %(channel)s: %(reason)s"),
    "channel.expert_named": _("named %(expert)s as expert for %(channel)s"),
    "channel.expert_withdrawn": _("left %(channel)s without an expert"),
    "flights.changed": _("changed the flights of %(channel)s"),
    "flight.added": _("added a flight of %(channel)s: %(starts_on)s to %(ends_on)s"),
    "flight.moved": _("moved a flight of %(channel)s to %(starts_on)s to %(ends_on)s"),
    "flight.removed": _("removed the flight of %(channel)s from %(starts_on)s to %(ends_on)s"),
    "feed.made": _("made an address for a calendar feed"),
    "feed.revoked": _("revoked the address of the calendar feed"),
    "link.made": _("made a link for %(label)s, open until %(until)s"),
    "link.revoked": _("revoked the link for %(label)s"),
    "flight.hours": _("set the hours of a flight of %(channel)s: %(hours)s"),
}
MONEY = {
    "budget.proposal": _("proposed a budget of %(amount)s"),
    "budget.approval": _("approved a budget of %(amount)s"),
    "budget.rejection": _("rejected the proposed budget of %(amount)s"),
    "budget.counter": _("answered with a counter-proposal of %(amount)s"),
    "budget.acceptance": _("accepted the counter-proposal of %(amount)s"),
    "allocation.changed": _("allocated %(amount)s to %(channel)s"),
    "allocation.moved": _("moved %(amount)s from %(source)s to %(target)s: %(reason)s"),
    "allocation.to_reserve": _("moved %(amount)s from %(source)s to the reserve: %(reason)s"),
    "allocation.from_reserve": _("moved %(amount)s from the reserve to %(target)s: %(reason)s"),
    "commitment.made": _("committed %(amount)s to %(supplier)s for %(channel)s"),
    "commitment.closed": _("closed the commitment %(number)s to %(supplier)s; %(amount)s are free again"),
    "commitment.corrected": _("corrected the commitment %(number)s to %(supplier)s: %(reason)s"),
    "expense.recorded": _("recorded an invoice of %(supplier)s for %(channel)s: %(amount)s"),
    "expense.reversed": _("reversed the invoice %(number)s of %(supplier)s: %(reason)s"),
    "spending.commitments_imported": _("imported commitments of %(amount)s from %(file)s"),
    "spending.expenses_imported": _("imported expenses of %(amount)s from %(file)s"),
    "limit.lifted": _("lifted the approval limit %(name)s"),
    "scenario.dropped": _("threw the scenario %(name)s away"),
    "scenario.chosen": _("chose the scenario %(name)s: %(reason)s"),
}
LIFE = {
    "campaign.submitted": _("put the campaign into review"),
    "campaign.returned": _("sent the campaign back to draft: %(reason)s"),
    "campaign.approved": _("approved release %(number)s"),
    "campaign.release_given_up": _("gave up release %(number)s"),
    "campaign.change_started": _("started a change beside release %(number)s"),
    "campaign.change_discarded": _("discarded the change; release %(number)s counts again"),
    "campaign.cancelled": _("cancelled the campaign: %(reason)s"),
    "campaign.evaluated": _("closed the evaluation"),
    "campaign.share_agreed": _("agreed that %(new)s percent have to confirm, instead of %(old)s percent"),
    "region.started": _("started %(region)s with release %(number)s"),
    "region.resumed": _("let %(region)s go on with release %(number)s"),
    "region.replaced": _("changed %(region)s over to release %(number)s"),
    "region.paused": _("paused %(region)s: %(reason)s"),
    "region.finished": _("finished %(region)s"),
    "campaign.replacement_waits": _(
        "Release %(number)s waits to replace the one in force in %(regions)s: something is still open"
    ),
    "region.held": _("%(region)s is held: something is still open"),
    "gate.waived": _("made an exception for %(region)s with release %(number)s"),
}
# What beat does has no actor before it.
CLOCK = {
    "region.started": _("%(region)s is live with release %(number)s"),
    "region.replaced": _("%(region)s changed over to release %(number)s"),
    "region.finished": _("%(region)s has finished"),
    "region.held": LIFE["region.held"],
    "campaign.replacement_waits": _(
        "Release %(number)s waits to replace the one in force in %(regions)s: something is still open"
    ),
}
STRATEGY = {
    "strategy.created": _("wrote the strategy “%(title)s”"),
    "strategy.changed": _("changed the strategy"),
    "milestone.added": _("added the milestone “%(title)s”"),
    "milestone.changed": _("changed the milestone “%(title)s”"),
    "milestone.removed": _("removed the milestone “%(title)s”"),
    "duty.added": _("said what a department carries: %(title)s"),
    "duty.changed": _("changed what a department carries: %(title)s"),
    "duty.removed": _("removed what a department carries: %(title)s"),
    "goal.added": _("added the goal “%(title)s”"),
    "goal.changed": _("changed the goal “%(title)s”"),
    "goal.removed": _("took the goal “%(title)s” out of use"),
    "decision.written": _("drafted the decision “%(title)s”"),
    "decision.changed": _("changed the draft of the decision “%(title)s”"),
    "decision.asked": _("asked for sign-off on “%(title)s”: %(departments)s"),
    "decision.agreed": _("agreed for %(department)s to “%(title)s”"),
    "decision.refused": _("did not agree for %(department)s to “%(title)s”"),
    "decision.taken_back": _("took the decision “%(title)s” back to change it"),
    "decision.withdrawn": _("withdrew the decision “%(title)s”"),
    "decision.decided": _("decided “%(title)s”"),
    "decision.superseded": _("superseded the decision “%(title)s” by a newer one"),
    "theme.added": _("added the theme “%(title)s”"),
    "theme.changed": _("changed the theme “%(title)s”"),
    "theme.moved": _("moved the theme “%(title)s” to “%(column)s”"),
}


def column_word(state: str) -> str:
    """The name of a column of the board, for the log."""
    from campaigns.enums import ThemeState

    return str(ThemeState(state).label) if state in ThemeState.values else state
