"""Who stands where in a campaign's team, and what he may do there (rules of accounts.permissions)."""

from django.db.models import Q, QuerySet

from accounts.enums import Role
from accounts.models import User
from accounts.permissions import rule
from campaigns.enums import ContributionKind, ContributionState
from campaigns.models import Campaign, CampaignPartner, Contribution
from campaigns.permissions import may_edit
from campaigns.services.transitions import CLOSED

# What still waits for somebody.
WAITING = (ContributionState.OPEN, ContributionState.GIVEN)


def stands_for(user: User, row: CampaignPartner | Contribution) -> bool:
    """Whether the person is the one who is named, or a partner of the department that is."""
    if row.person_id is not None:
        return row.person_id == user.pk
    same = row.department_id is not None and row.department_id == user.department_id
    return same and user.rights.has(Role.PARTNER)


def partnerships(user: User) -> QuerySet[CampaignPartner]:
    """The invitations by which the person plans along, his own and his department's."""
    mine = Q(person=user)
    if user.rights.has(Role.PARTNER) and user.department_id:
        mine |= Q(department=user.department_id)
    return CampaignPartner.objects.filter(mine)


def is_partner(user: User, campaign: Campaign) -> bool:
    """Whether the person plans along by an invitation, his own or his department's."""
    return any(stands_for(user, row) for row in campaign.partners.all())


def is_of_team(user: User, campaign: Campaign) -> bool:
    """Who answers for the campaign: whoever may plan it, and the experts named for its channels."""
    if may_edit(user, campaign):
        return True
    return any(row.expert_id == user.pk for row in campaign.channels.all())


def is_over(campaign: Campaign) -> bool:
    """Nothing is planned any more: the campaign was called off, or its evaluation is closed."""
    return campaign.state in CLOSED


@rule("team.invite")
def may_invite(user: User, campaign: Campaign) -> bool:
    """Who plans the campaign, from the first draft until it is closed, also while its plan is approved."""
    return not is_over(campaign) and may_edit(user, campaign)


@rule("team.talk")
def may_talk(user: User, campaign: Campaign) -> bool:
    """Everybody who sees the campaign asks and contributes until it is closed."""
    return not is_over(campaign)


@rule("team.topics")
def may_choose_topics(user: User, campaign: Campaign) -> bool:
    """Partners, each for himself."""
    return is_partner(user, campaign)


@rule("contribution.answer")
def may_answer(user: User, note: Contribution) -> bool:
    """Who is asked; what is addressed to nobody is answered by the campaign's team."""
    if is_over(note.campaign) or note.kind == ContributionKind.OFFERED:
        return False
    return stands_for(user, note) if note.to else is_of_team(user, note.campaign)


@rule("contribution.close")
def may_close(user: User, note: Contribution) -> bool:
    """Who plans the campaign takes up what was contributed, or declines it."""
    return not is_over(note.campaign) and may_edit(user, note.campaign)


@rule("contribution.withdraw")
def may_withdraw(user: User, note: Contribution) -> bool:
    """Who said it; what a partner was asked for, also everybody who plans the campaign."""
    if is_over(note.campaign):
        return False
    asked = note.kind == ContributionKind.ASKED
    return note.by_id == user.pk or (asked and may_edit(user, note.campaign))
