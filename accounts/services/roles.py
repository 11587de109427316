"""Roles: granted and revoked by admins, audited, and never so that nobody is admin any more."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import hooks
from accounts.enums import Role
from accounts.models import Region, RoleGrant, Team, TeamMember, User
from accounts.permissions import FRONT
from accounts.services.demand import demand
from core import audit


@transaction.atomic
def grant_role(*, user: User, role: str, region: Region | None = None, by: User | None) -> RoleGrant:
    """Give a role in a region, or everywhere; what is already granted stays as it is.

    ValidationError for an unknown role, a person who has left, a region no longer in use and for an admin
    of one region only.
    """
    demand(by, "people.administer")
    _check_grant(user, role, region)
    grant, made = RoleGrant.objects.get_or_create(user=user, role=role, region=region)
    if made:
        _follow(user)
        _record(by, "person.role_granted", grant)
        hooks.tell([user.pk])
    return grant


def _check_grant(user: User, role: str, region: Region | None) -> None:
    if role not in Role.values:
        raise ValidationError({"role": _("There is no such role.")})
    if not user.is_active:
        raise ValidationError({"user": _("%(person)s has left.") % {"person": user}})
    if region is not None and not region.active:
        raise ValidationError({"region": _("The region is no longer in use.")})
    if role == Role.ADMIN and region is not None:
        raise ValidationError({"region": _("An admin is one everywhere. Please leave the region empty.")})


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: User | None) -> None:
    """Take a role away; teams that the person may no longer serve lose him as a member.

    ValidationError if nobody would be admin any more, or if he still leads a team that needs the role.
    """
    demand(by, "people.administer")
    user = User.objects.select_for_update().get(pk=grant.user_id)
    if grant.role == Role.ADMIN:
        refuse_last_admin(user)
    _record(by, "person.role_revoked", grant)
    grant.delete()
    _follow(user)
    _leave_teams(user, by)
    hooks.tell([user.pk])


def refuse_last_admin(user: User) -> None:
    """ValidationError if no other active person is admin; locks the grants that decide it."""
    admins = RoleGrant.objects.select_for_update().filter(role=Role.ADMIN)
    others = [g for g in admins.select_related("user") if g.user_id != user.pk and g.user.is_active]
    if not others:
        raise ValidationError(_("Somebody has to remain admin. Please make another person admin first."))


def may_serve(user: User, team: Team) -> bool:
    """True if the person holds a role of service, sales or branch staff in a region of the team."""
    regions = user.rights.regions(*FRONT)
    return regions is None or any(region.pk in regions for region in team.regions.all())


def _leave_teams(user: User, by: User | None) -> None:
    for team in Team.objects.of(user).prefetch_related("regions"):
        if may_serve(user, team):
            continue
        if user.pk in (team.lead_id, team.deputy_id):
            raise ValidationError(
                _("%(person)s leads %(team)s. Please name somebody else first.")
                % {"person": user, "team": team}
            )
        TeamMember.objects.filter(team=team, user=user).delete()
        audit.record(by=by, verb="team.member_removed", scope=team, subject=user, person=str(user))


def _follow(user: User) -> None:
    """Django's admin opens for admins only; the rights read so far are forgotten."""
    user.__dict__.pop("rights", None)
    is_admin = user.grants.filter(role=Role.ADMIN).exists()
    if user.is_staff != is_admin:
        user.is_staff = is_admin
        user.save(update_fields=["is_staff"])


def _record(by: User | None, verb: str, grant: RoleGrant) -> None:
    region = grant.region.code if grant.region else ""
    audit.record(by=by, verb=verb, scope=grant.user, role=grant.role, region=region)
