"""Django's admin for people, teams, places and what happened."""

from accounts.admin import history, people, places, teams  # noqa: F401
