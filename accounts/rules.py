"""What a person may do with people and teams that he can see; asked through accounts.permissions.can."""

from accounts.enums import Role
from accounts.models import Team, User
from accounts.permissions import MANAGING, rule


def _manages_one_of(user: User, region_ids: set[int]) -> bool:
    managed = user.rights.regions(*MANAGING)
    return managed is None or bool(managed & region_ids)


def _regions(team: Team) -> set[int]:
    return {region.pk for region in team.regions.all()}


@rule("people.administer")
def administer_people(user: User, obj: object) -> bool:
    """Grant and revoke roles, let people leave and come back: admins."""
    return user.rights.has(Role.ADMIN)


@rule("team.create")
def create_team(user: User, obj: object) -> bool:
    """Managers and admins; for which regions, `save_team` checks."""
    return user.rights.has(*MANAGING)


@rule("team.edit")
def edit_team(user: User, team: Team) -> bool:
    """Name, audience, regions, lead: managers of all its regions and admins."""
    managed = user.rights.regions(*MANAGING)
    return managed is None or (user.rights.has(*MANAGING) and _regions(team) <= managed)


@rule("team.manage")
def manage_team(user: User, team: Team) -> bool:
    """Members and their absences: its lead and deputy, managers of one of its regions, admins."""
    return user.pk in (team.lead_id, team.deputy_id) or _manages_one_of(user, _regions(team))


@rule("absence.edit")
def edit_absences(user: User, person: User) -> bool:
    """A person's absences: himself and whoever manages one of his teams."""
    if user.pk == person.pk or user.rights.regions(*MANAGING) is None:
        return True
    return any(manage_team(user, team) for team in Team.objects.of(person).prefetch_related("regions"))


@rule("settings.edit")
def edit_settings(user: User, person: User) -> bool:
    """Everybody his own."""
    return user.pk == person.pk
