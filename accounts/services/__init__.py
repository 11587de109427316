"""Every write about people: roles, teams, absences, settings. `by` is None for what no person did (demo)."""

from accounts.services.absences import add_absence, remove_absence
from accounts.services.notifications import allow_address, save_notifications, send_test
from accounts.services.passwords import send_password_link
from accounts.services.people import create_person, deactivate, reactivate, save_person, save_settings
from accounts.services.reference import save_record
from accounts.services.roles import grant_role, revoke_role
from accounts.services.teams import add_member, remove_member, save_team

__all__ = [
    "add_absence",
    "add_member",
    "allow_address",
    "create_person",
    "deactivate",
    "grant_role",
    "reactivate",
    "remove_absence",
    "remove_member",
    "revoke_role",
    "save_notifications",
    "save_person",
    "save_record",
    "save_settings",
    "save_team",
    "send_password_link",
    "send_test",
]
