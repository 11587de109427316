"""Teams: who serves which audience in which regions."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import Region, Team, TeamMember, User
from accounts.permissions import MANAGING
from accounts.services.demand import demand
from accounts.services.roles import may_serve
from core import audit

FIELDS = ("name", "audience", "lead", "deputy", "active")


@transaction.atomic
def add_member(*, team: Team, user: User, by: User | None) -> TeamMember:
    """Take a person into a team; he gets the briefings in force at once. Twice is the same as once.

    ValidationError if he has left or holds no staff role in any region of the team.
    """
    demand(by, "team.manage", team)
    _check_serves(team, user, "user")
    membership, made = TeamMember.objects.get_or_create(team=team, user=user)
    if made:
        audit.record(by=by, verb="team.member_added", scope=team, subject=user, person=str(user))
        hooks.tell([user.pk])
    return membership


@transaction.atomic
def remove_member(*, team: Team, user: User, by: User | None) -> None:
    """Let a person leave a team; what is queued to him is withheld. Nothing happens if he is no member.

    ValidationError for lead and deputy, who are members as long as they lead.
    """
    demand(by, "team.manage", team)
    if user.pk in (team.lead_id, team.deputy_id):
        text = _("%(person)s leads %(team)s. Please name somebody else first.")
        raise ValidationError(text % {"person": user, "team": team})
    gone, _rows = TeamMember.objects.filter(team=team, user=user).delete()
    if gone:
        audit.record(by=by, verb="team.member_removed", scope=team, subject=user, person=str(user))
        hooks.tell([user.pk])


@transaction.atomic
def save_team(
    *, team: Team, regions: Iterable[Region], by: User | None, expected: int | None = None, **values: Any
) -> Team:
    """Create a team, or change it if its stored version is still `expected` (else StaleVersion).

    ValidationError if `by` does not manage all its regions, if there is none, or if lead or deputy may not
    serve there.
    """
    demand(by, "team.create" if team.pk is None else "team.edit", stored_or_new(team))
    chosen = list(regions)
    before = _people(team)
    _check_regions(chosen, by)
    for name in FIELDS:
        setattr(team, name, values.get(name, getattr(team, name)))
    verb = "team.created" if team.pk is None else "team.changed"
    if team.pk is None:
        team.save()
    else:
        team.save_versioned(expected=team.version if expected is None else expected, fields=FIELDS)
    team.regions.set(chosen)
    team.__dict__.pop("_prefetched_objects_cache", None)
    _check_leaders(team)
    audit.record(by=by, verb=verb, scope=team, name=team.name, regions=[r.code for r in chosen])
    hooks.tell(before | _people(team))
    return team


def stored_or_new(team: Team) -> Team:
    """The team as stored: a form may already have changed the lead on the instance it was given."""
    return team if team.pk is None else Team.objects.select_for_update().get(pk=team.pk)


def _people(team: Team) -> set[int]:
    if team.pk is None:
        return set()
    stored = Team.objects.get(pk=team.pk)
    members = set(TeamMember.objects.filter(team=stored).values_list("user", flat=True))
    return members | {pk for pk in (stored.lead_id, stored.deputy_id) if pk}


def _check_regions(chosen: list[Region], by: User | None) -> None:
    if not chosen:
        raise ValidationError({"regions": _("Please name at least one region.")})
    managed = None if by is None else by.rights.regions(*MANAGING)
    foreign = [r for r in chosen if managed is not None and r.pk not in managed]
    if foreign:
        names = ", ".join(region.name for region in foreign)
        raise ValidationError({"regions": _("You do not manage %(regions)s.") % {"regions": names}})


def _check_leaders(team: Team) -> None:
    if team.lead_id and team.lead_id == team.deputy_id:
        raise ValidationError({"deputy": _("Lead and deputy have to be two people.")})
    for field in ("lead", "deputy"):
        person = getattr(team, field)
        if person is not None:
            _check_serves(team, person, field)


def _check_serves(team: Team, user: User, field: str) -> None:
    if not user.is_active:
        raise ValidationError({field: _("%(person)s has left.") % {"person": user}})
    if not may_serve(user, team):
        text = _("%(person)s is no service, sales or branch staff in a region of this team.")
        raise ValidationError({field: text % {"person": user}})
