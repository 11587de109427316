"""Who may do what with a briefing that he can see; asked through accounts.permissions.can()."""

from accounts.enums import Role
from accounts.models import Team, User
from accounts.permissions import ACCESS, MANAGING, can, rule
from briefings.models import Briefing
from campaigns.models import Campaign


@rule("briefing.write")
def may_write(user: User, campaign: Campaign) -> bool:
    """Draft, edit, publish, remind and decide about mails: whoever plans this campaign."""
    return can(user, "campaign.edit", campaign)


@rule("briefing_template.write")
def may_write_templates(user: User, _nothing: None = None) -> bool:
    """Templates belong to the whole company: whoever plans campaigns somewhere."""
    return user.rights.has(Role.MARKETER, *MANAGING)


def may_answer(user: User) -> bool:
    """True for whom the list of customers' questions opens: whoever plans campaigns somewhere."""
    return ACCESS["briefings:asked"].may_see(user.rights.roles)


@rule("briefing.oversee")
def may_oversee(user: User, briefing: Briefing) -> bool:
    """See who of a team has confirmed: leads and deputies of teams that serve its audience and region."""
    return bool(led_teams(user, briefing))


def led_teams(user: User, briefing: Briefing) -> list[Team]:
    """The serving teams that the person leads or deputises."""
    serving = Team.objects.serving(briefing.audience, briefing.campaign_region.region_id)
    return list(serving.led_by(user).order_by("name"))
