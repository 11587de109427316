"""Builders: sign-in, mailbox, settings, teams, admin."""

from datetime import date

from accounts.enums import Role
from accounts.models import Absence
from tests.authorization.objects import FRONT, Place, Target, builds, plain
from tests.factories import TeamFactory, UserFactory

AWAY = {"starts_on": "2026-12-24", "ends_on": "2026-12-31"}

plain("healthz", "manifest", "worker", "offline")
plain("readyz", get=503)  # tests have no Redis
plain("set_theme", "set_language")
# Only the trial has a mailbox, and tests are none.
plain("mailbox:list", "mailbox:delete", get=404, post=404)
plain("mailbox:mail", "mailbox:html", kwargs={"key": "1"}, get=404, post=404)

# Whoever is signed in already is sent on.
plain("account_login", get=302, nobody=(200, 200))
plain("account_logout", nobody=(302, 302))
plain("account_inactive", "account_reset_password_done", "account_reset_password_from_key_done")
plain("account_reset_password", data={"email": "nobody@firm.example"})
plain("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x-y"}, post=200)
plain("account_change_password", post=200)

plain("settings", post=200)
plain("settings_absence_add", data=AWAY)
plain("settings_notifications", post=200)
plain("settings_chat_test", "notices")
# Tests have no secret of a mail service.
plain("mail_events", kwargs={"service": "postmark"}, post=404)
plain("operations:list")
plain("operations:decide", post=422)
plain("teams:list")
plain("teams:create", post=200)


@builds("admin:login")
def admin_login(place: Place) -> Target:
    """Leads admins in, others nowhere; whoever is not signed in to the sign-in."""
    status = 302 if place.role == Role.ADMIN else 404
    return Target(get=status, post=status, foreign=None, nobody=(302, 302))


def absence_of(user):
    return Absence.objects.create(user=user, starts_on=date(2026, 12, 24), ends_on=date(2026, 12, 31))


@builds("settings_absence_remove")
def own_absence(place: Place) -> Target:
    return Target({"pk": absence_of(place.user if place.mine else UserFactory()).pk})


def team_in(place: Place):
    """A team of the region; whoever may only keep his own teams leads it."""
    leads = place.mine and place.role in FRONT
    member = UserFactory(roles=["staff"])
    team = TeamFactory(in_regions=[place.region], with_members=[member], lead=place.user if leads else None)
    return team, member


@builds("teams:detail")
def team_detail(place: Place) -> Target:
    return Target({"pk": team_in(place)[0].pk})


@builds("teams:edit")
def team_edit(place: Place) -> Target:
    return Target({"pk": team_in(place)[0].pk}, post=200)


@builds("teams:member_add")
def member_add(place: Place) -> Target:
    return Target({"pk": team_in(place)[0].pk}, {"user": UserFactory(roles=["staff"]).pk})


@builds("teams:member_remove")
def member_remove(place: Place) -> Target:
    team, member = team_in(place)
    return Target({"pk": team.pk, "user_pk": member.pk})


@builds("teams:absences")
def member_absences(place: Place) -> Target:
    team, member = team_in(place)
    return Target({"pk": team.pk, "user_pk": member.pk}, AWAY)


@builds("teams:absence_remove")
def absence_remove(place: Place) -> Target:
    team, member = team_in(place)
    return Target({"pk": team.pk, "absence_pk": absence_of(member).pk})
