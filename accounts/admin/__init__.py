"""Django's admin for people, teams, places and what happened."""

from accounts.admin import history, notifications, people, places, teams  # noqa: F401
